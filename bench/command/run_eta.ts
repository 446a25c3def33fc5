/**
 * How long a whole run still takes, told from how far it is: cells take about
 * as long as each other, and a cell is checked before it is timed.
 */
import type { Progress } from "../statistics/run_rounds.ts";

/** Share of a cell's time that goes before its timing, where it is timed. */
const CHECKED = 0.4;
/** Nothing is told from less than that of a run. */
const LEAST_SHARE = 0.04;

/** Estimates the end of a run. */
export class RunEta {
  readonly #cells: number;
  readonly #clock: () => number;
  readonly #startNs: number;
  readonly #seen: string[] = [];

  /**
   * Starts the clock.
   *
   * @param cells Cells that the run has.
   * @param clock A monotonic clock in ns.
   */
  constructor(cells: number, clock: () => number) {
    this.#cells = Math.max(1, cells);
    this.#clock = clock;
    this.#startNs = clock();
  }

  /**
   * Tells where a cell is among all, from 1, in the order of their first call.
   *
   * @param cell What identifies it.
   * @returns Text such as `2/3`; empty in a run of one cell.
   */
  place(cell: string): string {
    const index = this.#indexOf(cell);
    return this.#cells === 1 ? "" : `${index + 1}/${this.#cells}`;
  }

  /**
   * Estimates the time left.
   *
   * @param cell What identifies the cell that is run.
   * @param progress How far its timing is; absent before it.
   * @returns Time in ns; `null` as long as too little is done.
   */
  leftNs(cell: string, progress?: Progress): number | null {
    const own = progress === undefined || progress.total === 0
      ? CHECKED / 2
      : CHECKED + (1 - CHECKED) * progress.done / progress.total;
    const share = Math.min(1, (this.#indexOf(cell) + own) / this.#cells);
    if (share < LEAST_SHARE) return null;
    const elapsedNs = this.#clock() - this.#startNs;
    return elapsedNs * (1 - share) / share;
  }

  #indexOf(cell: string): number {
    const index = this.#seen.indexOf(cell);
    return index >= 0 ? index : this.#seen.push(cell) - 1;
  }
}
