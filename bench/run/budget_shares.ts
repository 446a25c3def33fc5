/**
 * The time for measuring, shared over the cells of a run. Each has an equal
 * share of what is left; what one does not need goes to those after it, and
 * what one takes beyond its share (rounds that are run at any cost) is nobody's
 * loss.
 */

export class BudgetShares {
  #leftNs: number;
  #cells: number;
  #shareNs = 0;

  constructor(budgetNs: number, cells: number) {
    this.#leftNs = budgetNs;
    this.#cells = cells;
  }

  /**
   * Returns the share of the next cell.
   *
   * @returns Time in ns.
   */
  next(): number {
    this.#shareNs = this.#leftNs / Math.max(1, this.#cells);
    // It is spent unless the cell says otherwise.
    this.#leftNs -= this.#shareNs;
    this.#cells--;
    return this.#shareNs;
  }

  /** Gives back what the cell has not needed. */
  take(takenNs: number): void {
    this.#leftNs += Math.max(0, this.#shareNs - takenNs);
    this.#shareNs = 0;
  }
}
