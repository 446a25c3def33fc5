/**
 * How long a whole run still takes, estimated from how far it is: cells take
 * about as long as each other, those that are timed many times as long as those
 * that are only checked.
 */
import type { Progress } from "../statistics/run_rounds.ts";

/** Times that timing a cell takes as long as checking it, about. */
const TIMING = 6;
/** Share of the timing that goes before its first measurement: a warm-up. */
const FIRST_BUILD = 0.25;
/** Nothing is shown before that: it would be based on the start alone. */
const FIRST_NS = 1e9;

export class RunEta {
  readonly #cells: readonly boolean[];
  readonly #clock: () => number;
  readonly #startNs: number;
  readonly #seen: string[] = [];
  readonly #own: number[] = [];

  /**
   * Starts the clock.
   *
   * @param clock A monotonic clock in ns.
   */
  constructor(cells: readonly boolean[], clock: () => number) {
    this.#cells = cells;
    this.#clock = clock;
    this.#startNs = clock();
  }

  /**
   * Returns the place of a cell among all, from 1, in the order of first calls.
   *
   * @returns Text such as `2/3`; empty in a run of one cell.
   */
  place(cell: string): string {
    const index = this.#indexOf(cell);
    return this.#cells.length < 2 ? "" : `${index + 1}/${this.#cells.length}`;
  }

  end(cell: string): void {
    this.#own[this.#indexOf(cell)] = Infinity;
  }

  /**
   * Estimates the time left. Cells may be timed in turn.
   *
   * @param cell What identifies the cell that is run.
   * @param at How far it is: whether it is checked, and how far its timing is;
   *   absent while it is checked.
   * @returns Time in ns; `null` as long as too little is done.
   */
  leftNs(
    cell: string,
    at: {
      readonly isChecked?: boolean;
      readonly progress?: Progress | undefined;
    } = {},
  ): number | null {
    const { isChecked = false, progress } = at;
    const index = this.#indexOf(cell);
    const whole = this.#cells.map((isTimed) => isTimed ? 1 + TIMING : 1);
    const sum = (parts: readonly number[]) => parts.reduce((a, b) => a + b, 0);
    const timed = progress === undefined || progress.total === 0
      ? 0
      : progress.done / progress.total;
    const own = progress !== undefined
      ? 1 + TIMING * (FIRST_BUILD + (1 - FIRST_BUILD) * timed)
      : isChecked
      ? 1
      : 0.5;
    this.#own[index] = Math.max(this.#own[index] ?? 0, own);
    const done = whole.map((most, cell) =>
      Math.min(most, this.#own[cell] ?? 0)
    );
    const share = Math.min(1, sum(done) / Math.max(1, sum(whole)));
    const elapsedNs = this.#clock() - this.#startNs;
    return elapsedNs < FIRST_NS ? null : elapsedNs * (1 - share) / share;
  }

  #indexOf(cell: string): number {
    const index = this.#seen.indexOf(cell);
    return index >= 0 ? index : this.#seen.push(cell) - 1;
  }
}
