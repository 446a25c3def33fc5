/**
 * One way in for every workload: a trace, a fio job file or a named preset
 * becomes windows of I/Os with buffers.
 */
import { defined } from "../../layouts/defined.ts";
import { capacitySchema } from "./window_form.ts";
import { ioSourceSchema, workloadSchema } from "./workload_form.ts";
import { checkString, checkValue } from "../../layouts/option_check.ts";
import type { MemoryMap } from "../memory/memory_map.ts";
import { printableLine } from "../text/printable.ts";
import { nearText } from "../text/unknown_name.ts";
import { isFioJobFile } from "./fio_job.ts";
import { openJobFile } from "./fio_source.ts";
import { firstIos, type IoSource, jobSource } from "./io_source.ts";
import type { EventSelection } from "./event_choice.ts";
import { type BatchPosition, clearWindow, fillWindow } from "./fill_window.ts";
import { Placement } from "./placement.ts";
import {
  DEFAULT_PLACEMENT,
  type PlacementOptions,
  placementOptions,
} from "./placement_options.ts";
import {
  readOpenedStream,
  readOpenedTrace,
  type TraceOptions,
  type TraceReading,
} from "./read_trace.ts";
import { type PresetSubmitter, WORKLOAD_PRESETS } from "./synthetic.ts";
import type { WorkloadTally, WorkloadWarning } from "./tally.ts";
import { isFile, isRegularFile, openFile } from "./trace_files.ts";
import type { TraceFormat } from "./trace_format.ts";
import { findTraceFormat } from "./trace_formats.ts";
import { type HeadedStream, openStream } from "../text/headed_stream.ts";
import { createWindow, type IoWindow, type WindowCapacity } from "./window.ts";

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
   * Format of a trace: its word, such as `spc`, or what `blkparse -f` had; told
   * by the content if absent.
   */
  readonly format?: string;
  /**
   * Which events of a block trace are its I/Os; the best that it holds if
   * absent.
   */
  readonly events?: EventSelection;
  /** Workloads that are streams and no files, by name. */
  readonly inputs?: WorkloadInputs;
}

/** What a workload runs on. */
export interface WorkloadOptions extends WorkloadReading {
  /** Seed of the run, an integer. */
  readonly seed: number;
  /** The machine's memory. */
  readonly memoryMap: MemoryMap;
  /** Name of a placement preset, or parameters; the workload's own if absent. */
  readonly placement?: string | Partial<PlacementOptions>;
  /**
   * The first reads and writes alone, with what comes between them; a preset
   * makes as many, however many are its own number.
   */
  readonly ios?: number;
}

/** I/Os with buffers, ready for the path. */
export interface Workload {
  /** Name of the preset or path of the file. */
  readonly name: string;
  /**
   * One line: where the I/Os come from and where their buffers lie; after the
   * last window also that they are the first ones, if so.
   */
  readonly description: string;
  /** Where the buffers lie. */
  readonly placement: PlacementOptions;
  /** The same in words. */
  readonly placementText: string;
  /** I/Os in flight; null for a trace, which does not say. */
  readonly depth: number | null;
  /** I/Os submitted under one plug; null for a trace. */
  readonly batch: number | null;
  /** Counts; complete after the last window. */
  readonly tally: WorkloadTally;
  /** Remarks; complete after the last window. */
  readonly warnings: readonly WorkloadWarning[];
  /**
   * Gives the I/Os, once, window by window. It is one window that is filled
   * again, so each is valid until the next is asked for.
   *
   * @param capacity How much a window holds.
   * @returns The windows; none is empty.
   */
  windows(capacity: WindowCapacity): AsyncGenerator<IoWindow, void>;
}

/**
 * Opens a workload. A file goes before a preset of the same name.
 *
 * @param nameOrPath Name of a preset, or a file: a trace of any known format
 *   or a fio job file, gzipped or not; or `-` for standard input.
 * @param options Seed, memory and placement, and how files are read.
 * @returns The workload.
 * @throws {SyntaxError} If the file is malformed; while reading, if the
 *   malformed part stands further down.
 * @throws {RangeError} If a name is not known, or the placement does not fit
 *   the machine.
 * @throws {Deno.errors.IsADirectory} If the path is a directory.
 *
 * @example 100 I/Os of a preset
 * ```ts
 * import { defaultMemoryMap, openWorkload } from "@bvec/lab";
 * import { assertEquals } from "@std/assert";
 *
 * const workload = await openWorkload("128k-scattered", {
 *   seed: 1,
 *   memoryMap: defaultMemoryMap(true),
 *   ios: 100,
 * });
 * for await (const window of workload.windows({ ios: 100, pieces: 3200 })) {
 *   assertEquals(window.counts[1], 3200); // 32 pages each
 * }
 * ```
 */
export async function openWorkload(
  nameOrPath: string,
  options: WorkloadOptions,
): Promise<Workload> {
  checkString("open a workload", "nameOrPath", nameOrPath);
  checkValue("open a workload", workloadSchema, options, "options");
  const { seed, memoryMap, placement: own } = options;
  const source = await openIoSource(nameOrPath, options);
  let placement: Placement;
  try {
    placement = new Placement(own === undefined ? source.placement : own, {
      seed,
      memoryMap,
    });
  } catch (error) {
    await source.close();
    throw error;
  }
  return {
    name: nameOrPath,
    get description() {
      // Another placement has other buffers.
      const own = options.placement === undefined && source.buffers
        ? ` ${source.buffers}`
        : "";
      return `${source.title}${own}; buffers: ${placement.summary}`;
    },
    placement: placement.options,
    placementText: placement.summary,
    depth: source.depth,
    batch: source.batch,
    tally: source.rows.tally,
    warnings: source.rows.warnings,
    windows: (capacity) => {
      checkValue("make windows", capacitySchema, capacity, "capacity");
      return windows(source, { placement, capacity });
    },
  };
}

/**
 * Tells where the buffers of a workload will lie, before it is opened.
 *
 * @param name Name of a preset, or a path.
 * @param placement The placement that is asked for, if any.
 * @returns All parameters.
 * @throws {RangeError} If the placement is not known or outside its limits.
 *
 * @example Whether P2P memory is needed
 * ```ts
 * import { workloadPlacement } from "./workload.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(workloadPlacement("1m-p2p").p2pIoShare, 1);
 * ```
 */
export function workloadPlacement(
  name: string,
  placement?: string | Partial<PlacementOptions>,
): PlacementOptions {
  checkString("place a workload", "name", name);
  const own = WORKLOAD_PRESETS.get(name)?.placement;
  return placementOptions(
    placement === undefined ? own ?? DEFAULT_PLACEMENT : placement,
  );
}

/**
 * Tells how much host memory the buffers of a workload need, so that a
 * machine can be made large enough.
 *
 * @param name Name of a preset, or a path.
 * @param placement The placement that is asked for, if any.
 * @returns Bytes of the buffer pool.
 * @throws {RangeError} If the placement is not known or outside its limits.
 *
 * @example The workload that outgrows the caches
 * ```ts
 * import { workloadPoolBytes } from "./workload.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(workloadPoolBytes("4k-1g-pool"), 2 ** 30);
 * ```
 */
export function workloadPoolBytes(
  name: string,
  placement?: string | Partial<PlacementOptions>,
): number {
  return workloadPlacement(name, placement).poolBytes;
}

/**
 * Tells in folios of which order the buffers of a workload lie, so that the
 * machine's struct pages can be made alike.
 *
 * @param name Name of a preset, or a path.
 * @param placement The placement that is asked for, if any.
 * @returns The order; 0 for single pages.
 * @throws {RangeError} If the placement is not known or outside its limits.
 *
 * @example Huge pages
 * ```ts
 * import { workloadFolioOrder } from "./workload.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(workloadFolioOrder("4k", "huge"), 9);
 * ```
 */
export function workloadFolioOrder(
  name: string,
  placement?: string | Partial<PlacementOptions>,
): number {
  return workloadPlacement(name, placement).folioOrder;
}

/**
 * Tells whose memory a workload is on where nobody asks for a submitter: a
 * preset of registered buffers registers them.
 *
 * @param name Name of a preset, or a path.
 * @param placement The placement that is asked for, if any.
 * @returns `registered` for such a preset, unless its buffers are P2P memory by
 *   the placement, which no kernel registers; `user` otherwise.
 * @throws {RangeError} If the placement is not known or outside its limits.
 *
 * @example A hot set of registered buffers
 * ```ts
 * import { workloadSubmitter } from "./workload.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(workloadSubmitter("4k-hot"), "registered");
 * assertEquals(workloadSubmitter("4k-hot", "some-p2p"), "user");
 * assertEquals(workloadSubmitter("128k-scattered"), "user");
 * ```
 */
export function workloadSubmitter(
  name: string,
  placement?: string | Partial<PlacementOptions>,
): PresetSubmitter {
  const own = WORKLOAD_PRESETS.get(name)?.submitter ?? "user";
  const { p2pIoShare, mixedIoShare } = workloadPlacement(name, placement);
  return p2pIoShare + mixedIoShare > 0 ? "user" : own;
}

/**
 * Opens the I/Os of a workload without buffers. A file goes before a preset of
 * the same name.
 *
 * @param nameOrPath Name of a preset, or a file; or `-` for standard input.
 * @param options Seed, how many reads and writes, if not all, and how files are
 *   read.
 * @returns The I/Os.
 * @throws {SyntaxError} If the file is malformed at its beginning.
 * @throws {RangeError} If a name is not known, or there is no event to choose.
 *
 * @example Two I/Os of a preset
 * ```ts
 * import { openIoSource } from "./workload.ts";
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
  options: Pick<WorkloadOptions, "seed" | "ios"> & WorkloadReading,
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

type SourceOptions = Pick<WorkloadOptions, "seed"> & WorkloadReading;

async function fileSource(
  path: string,
  options: SourceOptions,
): Promise<IoSource> {
  const format = formatOf(options);
  const stream = await openStream(path, await openFile(path));
  if (format === undefined && isFioJobFile(stream.head)) {
    // A pipe may be named, too, as a shell's <(zcat x.fio.gz) is.
    const isOnDisk = await isRegularFile(path);
    return await jobFileSource(path, stream, {
      ...options,
      ...(isOnDisk ? { path } : {}),
    });
  }
  return traceSource(
    await readOpenedTrace(path, stream, traceOptions(options, format)),
    options,
  );
}

/** The source of a stream: what it is, its content tells. */
async function inputSource(
  input: string,
  bytes: AsyncIterable<Uint8Array>,
  options: SourceOptions,
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
  options: SourceOptions & { readonly path?: string },
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
  { events = "auto" }: SourceOptions,
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
  return {
    ...defined({ format, events }),
  };
}

/** What is no trace has neither a format of traces nor events. */
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

async function* windows(
  source: IoSource,
  options: { placement: Placement; capacity: WindowCapacity },
): AsyncGenerator<IoWindow, void> {
  const { placement, capacity } = options;
  const { tally, warnings } = source.rows;
  const window = createWindow(capacity);
  const position: BatchPosition = { row: 0, doneBytes: 0 };
  for await (const batch of source.batches) {
    position.row = 0;
    while (fillWindow(window, batch, { placement, position, tally })) {
      yield window;
      clearWindow(window);
    }
  }
  if ((window.counts[0] ?? 0) > 0) yield window;
  if (tally.ios === 0) {
    warnings.push({
      code: "no-ios",
      message: "the workload holds no I/O",
      hint: "see what was skipped",
    });
  }
}
