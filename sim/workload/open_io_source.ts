/**
 * Opens the I/Os of a workload: by its name a preset, by its content a trace or
 * a fio job file.
 */
import { checkValue } from "../../layouts/option_check.ts";
import { checkString } from "../../layouts/value_text.ts";
import { type HeadedStream, openStream } from "../text/headed_stream.ts";
import { printableLine } from "../text/printable.ts";
import { nearText } from "../text/unknown_name.ts";
import type { EventSelection } from "./event_choice.ts";
import { isFioJobFile } from "./fio_job.ts";
import { openJobFile } from "./fio_source.ts";
import { firstIos, type IoSource, jobSource } from "./io_source.ts";
import { DEFAULT_PLACEMENT } from "./placement_options.ts";
import {
  readOpenedStream,
  readOpenedTrace,
  type TraceOptions,
  type TraceReading,
} from "./read_trace.ts";
import { WORKLOAD_PRESETS } from "./synthetic.ts";
import { isFile, isRegularFile, openFile } from "./trace_files.ts";
import type { TraceFormat } from "./trace_format.ts";
import { findTraceFormat } from "./trace_formats.ts";
import { ioSourceSchema } from "./workload_form.ts";

/** Name of the workload that is read from standard input. */
export const STANDARD_INPUT = "-";

/**
 * Workloads that are streams and no files, such as standard input by the name
 * `-`: each function gives its stream from the beginning.
 */
export type WorkloadInputs = ReadonlyMap<
  string,
  () => AsyncIterable<Uint8Array>
>;

/** How the files of workloads are read. */
export interface WorkloadReading {
  /**
   * Format of a trace: its word, such as `spc`, or the format string of
   * `blkparse -f`; detected from the content if absent.
   */
  readonly format?: string | undefined;
  /**
   * Which events of a block trace are its I/Os; the best that it holds if
   * absent.
   */
  readonly events?: EventSelection | undefined;
  /** Workloads that are streams and no files, by name. */
  readonly inputs?: WorkloadInputs | undefined;
}

/** What the I/Os of a workload are opened with. */
export interface IoSourceOptions extends WorkloadReading {
  /** Seed of the run, an integer. */
  readonly seed: number;
  /**
   * The first reads and writes alone, with what comes between them; a preset
   * makes as many, however many are its own number.
   */
  readonly ios?: number | undefined;
}

/**
 * Opens the I/Os of a workload without buffers. A file goes before a preset of
 * the same name.
 *
 * @param nameOrPath Name of a preset, or a file; or `-` for standard input.
 * @param options Seed, how many reads and writes, if not all, and how files are
 *   read.
 * @throws {SyntaxError} If the file is malformed at its beginning.
 * @throws {RangeError} If a name is not known, or there is no event to choose.
 *
 * @example Two I/Os of a preset
 * ```ts
 * import { openIoSource } from "./open_io_source.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const { batches } = await openIoSource("seqread-128k", { seed: 1, ios: 2 });
 * for await (const batch of batches) {
 *   assertEquals(batch.lengthBytes[1], 131072);
 * }
 * ```
 */
export async function openIoSource(
  nameOrPath: string,
  options: IoSourceOptions,
): Promise<IoSource> {
  checkString("open a workload", "nameOrPath", nameOrPath);
  checkValue("open a workload", ioSourceSchema, options, "options");
  const { seed, ios } = options;
  const limited = (source: IoSource) =>
    ios === undefined ? source : firstIos(source, ios);
  const input = options.inputs?.get(nameOrPath);
  if (input !== undefined) {
    return limited(await inputSource(nameOrPath, input(), options));
  }
  if (nameOrPath === STANDARD_INPUT) {
    throw new RangeError(
      `Cannot open workload "${STANDARD_INPUT}": found no standard input, ` +
        "expected it among the inputs; or ./- for a file of that name",
    );
  }
  const file = async () => limited(await fileSource(nameOrPath, options));
  if (await isFile(nameOrPath)) return await file();
  const preset = WORKLOAD_PRESETS.get(nameOrPath);
  if (preset !== undefined) {
    refuseReading(options, { name: nameOrPath, what: "a preset" });
    const job = ios === undefined ? preset.job : { ...preset.job, ios };
    return jobSource([job], {
      seed,
      title: preset.title,
      buffers: preset.buffers,
      placement: preset.placement,
    });
  }
  try {
    // A directory, or a file that may not be read, says so itself.
    return await file();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    const names = [...WORKLOAD_PRESETS.keys()];
    throw new RangeError(
      `Cannot open workload "${nameOrPath}": found no such file and no such ` +
        `preset${nearText(nameOrPath, names)}, expected a file or one of: ${
          names.join(", ")
        }`,
    );
  }
}

type FileOptions = Omit<IoSourceOptions, "ios">;

async function fileSource(
  path: string,
  options: FileOptions,
): Promise<IoSource> {
  const format = formatOf(options);
  const stream = await openStream(path, await openFile(path));
  if (format === undefined && isFioJobFile(stream.head)) {
    // A pipe may be named, too, as a shell's <(zcat x.fio.gz) is.
    const isOnDisk = await isRegularFile(path);
    return await jobFileSource(path, stream, {
      ...options,
      path: isOnDisk ? path : undefined,
    });
  }
  return traceSource(
    await readOpenedTrace(path, stream, traceOptions(options, format)),
    options,
  );
}

/** The source of a stream, which is recognised by its content. */
async function inputSource(
  input: string,
  bytes: AsyncIterable<Uint8Array>,
  options: FileOptions,
): Promise<IoSource> {
  const name = input === STANDARD_INPUT ? "standard input" : input;
  const format = formatOf(options);
  const stream = await openStream(name, bytes);
  if (format === undefined && isFioJobFile(stream.head)) {
    return await jobFileSource(name, stream, options);
  }
  const source = traceSource(
    await readOpenedStream(name, stream, traceOptions(options, format)),
    options,
  );
  return { ...source, title: printableLine(`${source.title} from ${name}`) };
}

/** A job file; one that is a stream has no path and so no folder of its own. */
async function jobFileSource(
  name: string,
  stream: HeadedStream,
  options: FileOptions & { readonly path?: string | undefined },
): Promise<IoSource> {
  const { path = STANDARD_INPUT } = options;
  try {
    refuseReading(options, { name, what: "a fio job file" });
  } catch (error) {
    await stream.chunks.return();
    throw error;
  }
  return await openJobFile(name, stream, { seed: options.seed, path });
}

function traceSource(
  trace: TraceReading,
  { events = "auto" }: FileOptions,
): IoSource {
  return {
    title: trace.format.name + (events === "auto" ? "" : `, ${events} events`),
    placement: DEFAULT_PLACEMENT,
    depth: null,
    batch: null,
    rows: trace,
    batches: trace.batches,
    limit: trace.limit,
    close: trace.close,
  };
}

function formatOf({ format }: WorkloadReading): TraceFormat | undefined {
  return format === undefined ? undefined : findTraceFormat(format);
}

function traceOptions(
  { events }: WorkloadReading,
  format: TraceFormat | undefined,
): TraceOptions {
  return { format, events };
}

/** What is not a trace has neither a format of traces nor events. */
function refuseReading(
  { format, events = "auto" }: WorkloadReading,
  { name, what }: { name: string; what: string },
): void {
  const asked = format !== undefined
    ? `in the format ${format}`
    : events !== "auto"
    ? `by its ${events} events`
    : undefined;
  if (asked === undefined) return;
  throw new RangeError(
    printableLine(
      `Cannot read workload "${name}" ${asked}: found ${what}, expected a trace`,
    ),
  );
}
