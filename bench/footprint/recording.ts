/**
 * What one I/O touched in a real kernel, as it was recorded: the form of a
 * recording, as far as the lab reads it.
 */
import { z } from "zod";
import { shownText } from "../../sim/text/json_form.ts";

export interface RecordedStructure {
  /** Distinct lines of 64 bytes that the I/O shown touched. */
  readonly lines: number;
  /** Those of each I/O that was recorded in a row. */
  readonly linesOfIos: readonly number[];
  readonly linesRead: number;
  readonly linesWritten: number;
  /** Loads, without those of init_on_alloc. */
  readonly reads: number;
  /** Stores, without those of init_on_alloc. */
  readonly writes: number;
  /**
   * The part of an object that was touched; none where that was not recorded.
   */
  readonly fields: readonly RecordedField[];
}

/** Loads and stores of one size at one place in objects of a structure. */
export interface RecordedField {
  /** Its name; "" where it was not recorded. */
  readonly name: string;
  /** Byte offset in the object. */
  readonly offset: number;
  /** Bytes of an access. */
  readonly size: number;
  readonly reads: number;
  readonly writes: number;
}

export interface RecordedWorkload {
  readonly name: string;
  /** What was done, as `name api=... op=... bytes=... kind=...`. */
  readonly description: string;
  /** Distinct lines of kernel memory. */
  readonly lines: number;
  readonly structures: ReadonlyMap<string, RecordedStructure>;
}

/** One boot of a kernel. */
export interface Recording {
  readonly file: string;
  /** What the boot was called, such as `7.2.prp`; "" where it was not. */
  readonly run: string;
  /** Which descriptors the controller took, `prp` or `sgl`; "" if not said. */
  readonly controller: string;
  /** Release of the kernel, such as `7.2.13+deb14-amd64`. */
  readonly kernel: string;
  /** How QEMU was started, with the kernel's command line. */
  readonly machine: string;
  /** Attributes of the queues, as `disk name value`. */
  readonly queue: readonly string[];
  readonly workloads: readonly RecordedWorkload[];
}

const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

/** Objects are smaller than that. */
const FARTHEST_FIELD = 1 << 20;

const field = z.object({
  // A place as the guest computed it: 64 bits and, rarely, of another object.
  offset: z.number(),
  name: z.string().default(""),
  size: z.number().int().min(0).max(4096),
  reads: count,
  writes: count,
});

const structure = z.object({
  lines: count,
  ["lines_not_bulk"]: count,
  ["lines_read"]: count,
  ["lines_written"]: count,
  reads: count,
  writes: count,
  ["lines_all"]: z.array(count).optional(),
  fields: z.array(field).max(100_000).optional(),
}).refine(
  (one) =>
    one.lines_read <= one.lines && one.lines_written <= one.lines &&
    one.lines_not_bulk <= one.lines &&
    one.lines_read + one.lines_written >= one.lines,
  { error: "expected lines that were read, written, or both" },
).transform((one): RecordedStructure => ({
  lines: one.lines,
  linesOfIos: one.lines_all ?? [],
  linesRead: one.lines_read,
  linesWritten: one.lines_written,
  reads: one.reads,
  writes: one.writes,
  // What is in front of the object is not its own; -2 stands for zeroing.
  fields: (one.fields ?? []).filter(({ offset }) =>
    offset >= 0 && offset <= FARTHEST_FIELD
  ),
}));

const workload = z.object({
  // What says nothing is not a cell of the lab, and no reason to stop reading.
  desc: shownText().or(z.literal("")),
  ["distinct_lines"]: z.object({ ["all_kernel_data"]: count }),
  structures: z.record(shownText(200), structure),
});

/** The part of a recording that is read. */
export const recordingForm = z.object({
  run: shownText(200).optional(),
  controller: shownText(200).optional(),
  kernel: shownText(200),
  // The command line of QEMU may end with a line feed.
  qemu: z.string().max(1 << 16),
  queue: z.array(shownText(1000)).max(10_000),
  workloads: z.record(shownText(200), workload),
});
