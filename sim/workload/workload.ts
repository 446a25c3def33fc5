/**
 * One way in for every workload: a trace, a fio job file or a named preset
 * becomes windows of I/Os with buffers.
 */
import type { MemoryMap } from "../machine.ts";
import type { IoBatch } from "./batch.ts";
import {
  type BatchPosition,
  clearWindow,
  fillWindow,
  Placement,
} from "./placement.ts";
import {
  DEFAULT_PLACEMENT,
  type PlacementOptions,
} from "./placement_options.ts";
import { readTraceFile } from "./read_trace.ts";
import type { WorkloadTally, WorkloadWarning } from "./tally.ts";
import { createWindow, type IoWindow, type WindowCapacity } from "./window.ts";

/** What a workload runs on. */
export interface WorkloadOptions {
  /** Seed of the run, an integer. */
  readonly seed: number;
  /** The machine's memory. */
  readonly memoryMap: MemoryMap;
  /** Name of a placement preset, or parameters; the workload's own if absent. */
  readonly placement?: string | Partial<PlacementOptions>;
}

/** I/Os with buffers, ready for the path. */
export interface Workload {
  /** Name of the preset or path of the file. */
  readonly name: string;
  /** One line: where the I/Os come from and where their buffers lie. */
  readonly description: string;
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

/** I/Os without buffers. */
interface IoSource {
  readonly description: string;
  readonly batches: AsyncGenerator<IoBatch, void>;
  readonly tally: WorkloadTally;
  readonly warnings: readonly WorkloadWarning[];
}

/**
 * Opens a workload.
 *
 * @param nameOrPath A file: a trace of any known format, perhaps gzipped.
 * @param options Seed, memory and placement.
 * @returns The workload.
 * @throws {SyntaxError} If the file is malformed; while reading, if the
 *   malformed part stands further down.
 * @throws {RangeError} If a name is not known, or the placement does not fit.
 */
export async function openWorkload(
  nameOrPath: string,
  options: WorkloadOptions,
): Promise<Workload> {
  const placement = new Placement(
    options.placement ?? DEFAULT_PLACEMENT,
    options,
  );
  const trace = await readTraceFile(nameOrPath);
  const source = {
    description: trace.format.name,
    batches: trace.batches,
    tally: trace.tally,
    warnings: trace.warnings,
  };
  return {
    name: nameOrPath,
    description: `${source.description}; ${placement.summary}`,
    tally: source.tally,
    warnings: source.warnings,
    windows: (capacity) => windows(source, { placement, capacity }),
  };
}

async function* windows(
  source: IoSource,
  options: { placement: Placement; capacity: WindowCapacity },
): AsyncGenerator<IoWindow, void> {
  const { placement, capacity } = options;
  const { tally } = source;
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
}
