/**
 * The part of a run that decides its paths, beside layout, ABI, P2P detection
 * and the place of memory, which each contender of a cell has for itself.
 */
import { z } from "zod";
import { someText, wholeNumber } from "../../layouts/option_check.ts";
import {
  DEFAULT_API,
  SUBMIT_APIS,
  type SubmitApi,
} from "../block/direct_io.ts";
import { queueLimitsSchema } from "../block/queue_form.ts";
import type { QueueLimits } from "../block/queue_limits.ts";
import { field } from "../text/field.ts";
import { countText, nameText } from "../text/field_text.ts";
import {
  DEFAULT_KERNEL,
  kernelProfiles,
  NATIVE_KERNELS,
} from "../kernel/profile.ts";
import { deviceWords } from "./device_limits.ts";
import { machineSchema, type MachineSetup } from "./machine_fields.ts";
import { type Submitter, SUBMITTERS } from "./submitter.ts";

/** The part of a run that decides its paths. */
export interface PathFields {
  /** Kernel version whose structures and rules are used. */
  readonly kernel: string;
  /** Limits of the queue; those of NVMe with MDTS 7 on the kernel if absent. */
  readonly limits: QueueLimits;
  /** I/Os in flight; see `depthOf()` for one that is not given. */
  readonly depth: number;
  /** I/Os submitted under one plug; 1 for no plug. */
  readonly batch: number;
  /**
   * Whether I/O is on pinned user memory, on registered buffers, of the page
   * cache or on pages of a user inside the kernel; what each workload has by
   * itself if absent.
   */
  readonly submitter?: Submitter;
  /** How a program submits; io_uring if absent. */
  readonly api?: SubmitApi;
  /** The controller and the buses. */
  readonly machine: MachineSetup;
}

/** I/Os in flight of a program that waits for none of them. */
const DEFAULT_DEPTH = 32;

const SUBMITTER_WORDS: Readonly<Record<Submitter, string>> = {
  user: "pinned user memory",
  registered: "registered buffers",
  pagecache: "page cache",
  kernel: "pages of a kernel user",
};

/**
 * Says how a program submits, where that does not go without saying.
 *
 * @param api How, as texts of an untrusted file may name it.
 * @returns A short phrase, or nothing.
 */
export function submittedText(api: string | undefined): string | undefined {
  return api === undefined || api === DEFAULT_API
    ? undefined
    : `submitted by ${api}`;
}

/** Its fields; a run has them among others. */
export const pathShape = {
  limits: field(queueLimitsSchema.optional(), {
    flag: "--limit",
    value: "<name=value>",
    help: "set a queue limit, comma-separated; names as in sysfs, listed below",
    group: "machine",
    entries: { what: "queue limit", most: 2 ** 32 - 1 },
    words: deviceWords,
    header: (limits) =>
      limits &&
      `requests of ${limits.maxSectors / 2} KiB and ${limits.maxSegments} ` +
        "segments at most",
    native: true,
  }),
  depth: field(wholeNumber(1, 256).default(DEFAULT_DEPTH), {
    flag: "--depth",
    value: "<n>",
    help: "I/Os in flight; always 1 with pread",
    group: "submit",
    text: countText(1, 256),
    header: (depth) => `depth ${depth}`,
    example: 8,
    native: true,
  }),
  batch: field(wholeNumber(1, 256).default(1), {
    flag: "--batch",
    value: "<n>",
    help: "I/Os submitted together, in one plug",
    group: "submit",
    text: countText(1, 256),
    header: (batch) => batch === 1 ? "no plug" : `${batch} I/Os per plug`,
    example: 4,
    native: true,
  }),
  submitter: field(z.enum(SUBMITTERS).optional(), {
    flag: "--submitter",
    value: "<name>",
    help: `whose memory the buffers are: ${
      SUBMITTERS.join(", ")
    } (default: the workload's)`,
    group: "submit",
    text: nameText("submitter", SUBMITTERS),
    header: (submitter) => submitter && SUBMITTER_WORDS[submitter],
    example: "registered",
    native: {
      covers: (submitter) => submitter !== "pagecache",
      found: "--submitter pagecache",
      expected: "user, registered or kernel",
    },
  }),
  api: field(z.enum(SUBMIT_APIS).optional(), {
    flag: "--api",
    value: "<name>",
    help: `how a program submits I/O: ${
      SUBMIT_APIS.join(", ")
    }; pread includes pwrite (default: ${DEFAULT_API})`,
    group: "submit",
    text: nameText("API", SUBMIT_APIS),
    isUsual: (api) => api === DEFAULT_API,
    header: (api) => submittedText(api),
    example: "aio",
    native: true,
  }),
  kernel: field(someText().default(DEFAULT_KERNEL), {
    flag: "--kernel",
    value: "<version>",
    help: `kernel whose rules and structures are used: ${
      kernelProfiles.join(", ")
    }`,
    group: "compared",
    text: nameText("kernel", kernelProfiles),
    example: "6.12",
    native: {
      covers: (kernel) => NATIVE_KERNELS.some((known) => known === kernel),
      found: (kernel) => `--kernel ${kernel}`,
      expected: NATIVE_KERNELS.join(" or "),
    },
  }),
  // Each of its fields says what it is.
  machine: machineSchema.default({ sgl: false, iommu: false }).describe(
    "what the I/Os run on beside the device's limits",
  ),
} satisfies Record<keyof PathFields, z.ZodType>;

/**
 * Returns how many I/Os are in flight.
 *
 * @returns The depth that was asked for; else 1 of a system call that waits for
 *   its I/O, and the default of all others.
 */
export function depthOf(
  { depth, api }: Partial<Pick<PathFields, "depth" | "api">>,
): number {
  return depth ?? (api === "pread" ? 1 : DEFAULT_DEPTH);
}

/**
 * The part of a run that decides its paths: each key, and nothing beside them.
 */
export const pathFieldsSchema: z.ZodType<PathFields> = z.strictObject(
  pathShape,
) as unknown as z.ZodType<PathFields>;
