/**
 * One way in for every workload: a trace, a fio job file or a named preset
 * becomes windows of I/Os with buffers.
 */
import { checkValue } from "../../layouts/option_check.ts";
import { checkString } from "../../layouts/value_text.ts";
import type { MemoryMap } from "../memory/memory_map.ts";
import { type BatchPosition, clearWindow, fillWindow } from "./fill_window.ts";
import type { IoSource } from "./io_source.ts";
import { type IoSourceOptions, openIoSource } from "./open_io_source.ts";
import { Placement } from "./placement.ts";
import type { PlacementOptions } from "./placement_options.ts";
import type { WorkloadTally, WorkloadWarning } from "./tally.ts";
import {
  createWindow,
  type IoWindow,
  requireCapacity,
  type WindowCapacity,
} from "./window.ts";
import { workloadSchema } from "./workload_form.ts";

/** What a workload runs on. */
export interface WorkloadOptions extends IoSourceOptions {
  /** The machine's memory. */
  readonly memoryMap: MemoryMap;
  /**
   * Name of a placement preset, or parameters; the workload's own if absent.
   */
  readonly placement?: string | Partial<PlacementOptions> | undefined;
}

/** I/Os with buffers, ready for the path. */
export interface Workload {
  /** Name of the preset or path of the file. */
  readonly name: string;
  /**
   * One line: where the I/Os come from and where their buffers are; after the
   * last window also whether they are only the first ones.
   */
  readonly description: string;
  /** Where the buffers are. */
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
   * Yields the I/Os once, window by window. A single window is refilled, so
   * each is valid only until the next is requested.
   *
   * @param capacity How much a window holds.
   * @returns The windows; none is empty.
   */
  windows(capacity: WindowCapacity): AsyncGenerator<IoWindow, void>;
}

/**
 * Opens a workload. A file takes precedence over a preset of the same name.
 *
 * @param nameOrPath Name of a preset, or a file: a trace of any known format
 *   or a fio job file, gzipped or not; or `-` for standard input.
 * @param options Seed, memory and placement, and how files are read.
 * @returns The workload.
 * @throws {SyntaxError} If the file is malformed; thrown while reading if the
 *   malformed part comes later.
 * @throws {RangeError} If a name is unknown, or the placement does not fit the
 *   machine.
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
      requireCapacity("make windows", capacity);
      return windows(source, { placement, capacity });
    },
  };
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
