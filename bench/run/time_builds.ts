/**
 * The measured half of cells in C: builds of all of them in turn, so that
 * anything the machine does for a while affects all cells alike, and not a
 * single cell as a whole.
 */
import {
  type RandomStream,
  randomStream,
} from "../../sim/random/random_stream.ts";
import type { Contender } from "../contender/contender.ts";
import { shuffled } from "../statistics/schedule.ts";
import type { Progress } from "../statistics/run_rounds.ts";
import type { BuildCell } from "./build_cell.ts";

export interface BuildTiming {
  /** The workers, each of which makes one build after the other. */
  readonly workers: readonly Contender[];
  readonly budgetNs: number;
  readonly seed: number;
  /** A monotonic clock in ns. */
  readonly clock: () => number;
  /** Ends the timing early; the cells keep what they have. */
  readonly signal?: AbortSignal | undefined;
  /** Called before each pass but the first; that lane waits for it. */
  readonly onPass?: (() => Promise<void>) | undefined;
  /** Called for each cell that is done, while others may still be timed. */
  readonly onDone?: ((cell: BuildCell) => Promise<void>) | undefined;
}

/**
 * Times cells in C. Each pass has one build of every cell, in random order.
 *
 * @param cells The cells; what was found is in them.
 * @throws {Error} If a worker failed or a path gave a wrong answer.
 */
export async function timeBuilds(
  cells: readonly BuildCell[],
  timing: BuildTiming,
): Promise<void> {
  const { workers, signal, clock, budgetNs, onDone, onPass } = timing;
  const turns = new BuildTurns(cells, timing.seed);
  const start = clock();
  const told = new Set<BuildCell>();
  let hasFailed = false;
  const leftNs = () => Math.max(0, budgetNs - (clock() - start));
  /**
   * Until when a build may take rounds: an equal share of the remaining time.
   */
  const deadline = () => {
    const builds = cells.reduce((sum, { left }) => sum + left, 0);
    const atOnce = Math.min(builds, workers.length);
    return clock() + leftNs() * atOnce / Math.max(1, builds);
  };
  const progress = (): Progress => {
    const sum = (of: (cell: BuildCell) => number) =>
      cells.reduce((all, cell) => all + of(cell), 0);
    const done = sum((cell) => cell.done);
    const total = sum((cell) => cell.total);
    const elapsedNs = clock() - start;
    const byWork = (elapsedNs / done) * (total - done);
    return { done, total, elapsedNs, remainingNs: Math.min(byWork, leftNs()) };
  };
  const lane = async (worker: Contender) => {
    while (!hasFailed && !signal?.aborted) {
      try {
        const pass = turns.pass;
        const cell = turns.next();
        if (cell === undefined) return;
        if (turns.pass > Math.max(1, pass)) await onPass?.();
        if (cell.left === 0) continue; // another lane was quicker
        const end = deadline();
        await cell.build(worker, { clock, deadline: end, signal, progress });
        if (!cell.isDone || told.has(cell) || signal?.aborted) continue;
        told.add(cell);
        await onDone?.(cell);
      } catch (error) {
        hasFailed = true; // nobody waits for what the other lanes would find
        throw error;
      }
    }
  };
  // All of them end before an error is passed on: their workers are released.
  const lanes = await Promise.allSettled(workers.map(lane));
  for (const one of lanes) if (one.status === "rejected") throw one.reason;
}

class BuildTurns {
  readonly #cells: readonly BuildCell[];
  readonly #random: RandomStream;
  #rest: BuildCell[] = [];
  /** Which pass is on, from 1. */
  pass = 0;

  constructor(cells: readonly BuildCell[], seed: number) {
    this.#cells = cells;
    this.#random = randomStream(seed, "cells");
  }

  /** The next cell that has builds left, once in each pass. */
  next(): BuildCell | undefined {
    for (;;) {
      const cell = this.#rest.shift();
      if (cell !== undefined && cell.left > 0) return cell;
      if (cell !== undefined) continue;
      const open = this.#cells.filter(({ left }) => left > 0);
      if (open.length === 0) return undefined;
      this.pass++;
      this.#rest = shuffled(open, this.#random);
    }
  }
}
