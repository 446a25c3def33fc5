/**
 * The measured half of cells in C: workers for their builds, and who gets what
 * was found.
 */
import type { Contender } from "../contender/contender.ts";
import { BASELINE } from "../setup/baseline.ts";
import { BuildCell, type BuildCellOptions } from "./build_cell.ts";
import { isolateBytes, isolatesIn } from "./isolate_room.ts";
import type { IsolateKey } from "./isolates.ts";
import { buildsOf } from "./options.ts";
import { timeBuilds } from "./time_builds.ts";
import type { TimedCell } from "./timed_cell.ts";
import {
  baselineSetup,
  type ContendersToTime,
  CONTROL,
  sharedTiming,
} from "./timing_options.ts";

/** Builds that are measured at once, each on the clock of its own thread. */
const LANES = 2;

/** Called with progress while cells are timed. */
export interface TimeInCEvents<Cell> {
  /**
   * Called with each cell as soon as all of its builds are done, while others
   * may still be timed; and at the end of those that were ended early.
   */
  readonly onTimed: (cell: Cell, timed: TimedCell) => Promise<void>;
  /**
   * Called before each pass but the first; returns what there is of a cell, and
   * nothing for one without a build.
   */
  readonly onPass?: (
    timesOf: (cell: Cell) => TimedCell | undefined,
  ) => Promise<void>;
}

/**
 * Times audited cells in C, builds of all of them in turn. All contenders of a
 * build are side by side in one worker.
 *
 * @param cells The cells; their isolates, room, clock and interrupt are those
 *   of the first.
 * @throws {Error} If a worker failed or a path gave a wrong answer.
 */
export async function timeInC<Cell extends ContendersToTime>(
  cells: readonly Cell[],
  { onTimed, onPass }: TimeInCEvents<Cell>,
): Promise<void> {
  const [first] = cells;
  if (first === undefined) return;
  const { run, isolates, room, clock, signal } = first.options;
  const baseline = baselineSetup(first.setups);
  const sizeBytes = Math.max(...cells.map(buildBytes));
  const lanes = Math.min(
    LANES,
    Math.max(...cells.map(({ options }) => buildsOf(options.run, "native"))),
    navigator.hardwareConcurrency,
    Math.max(1, isolatesIn(room, sizeBytes)),
  );
  const keys = Array.from({ length: lanes }, (_, lane): IsolateKey => ({
    setup: baseline,
    role: `builds ${lane}`,
    sizeBytes,
  }));
  const stage = cells.length === 1
    ? "timing"
    : `timing ${cells.length} cells in turn`;
  const waiting = new Map(
    cells.map((cell) => [new BuildCell(buildCellOptions(cell, stage)), cell]),
  );
  const tell = async (build: BuildCell) => {
    const cell = waiting.get(build);
    waiting.delete(build);
    if (cell !== undefined) await onTimed(cell, build.timed(lanes));
  };
  const timesOf = (cell: Cell) => {
    const [build] = [...waiting].find(([, own]) => own === cell) ?? [];
    const timed = build?.timed(lanes);
    return timed?.samples.length === 0 ? undefined : timed;
  };
  try {
    const workers: Contender[] = [];
    for (const key of keys) workers.push(await isolates.get(key));
    await timeBuilds([...waiting.keys()], {
      workers,
      budgetNs: cells.reduce((sum, { options }) => sum + options.budgetNs, 0),
      seed: run.seed,
      clock,
      signal,
      onDone: tell,
      onPass: onPass && (() => onPass(timesOf)),
    });
  } finally {
    for (const key of keys) await isolates.release(key, first.options.isKept);
    // Interrupted, or ended by what happened to another cell.
    for (const build of [...waiting.keys()]) await tell(build);
  }
}

/** Memory of a worker that holds a build of the cell. */
function buildBytes({ setups, options }: ContendersToTime): number {
  const { run, cell: { poolBytes } } = options;
  const load = { poolBytes, depth: run.depth, isNative: true };
  // The baseline is there twice.
  return (setups.size + 1) * isolateBytes("timed", load);
}

function buildCellOptions(
  from: ContendersToTime,
  stage: string,
): BuildCellOptions {
  const { setups, audited, options } = from;
  const { compilers = [] } = options;
  return {
    ...sharedTiming(from, "native", stage),
    window: audited.window,
    contenders: new Map([[CONTROL, baselineSetup(setups)], ...setups]),
    baseline: BASELINE,
    builds: buildsOf(options.run, "native"),
    compilers: compilers.length === 0 ? undefined : compilers,
  };
}
