/** The CPU's changes of speed in a cell, in words. */
import type { ResultCell } from "../result/result.ts";
import { formatPercent } from "../text/figure.ts";

/** Share of turns below which nobody needs to know. */
const LEAST_SHARE = 0.005;
/** Share of turns that stayed slow from which on builds are not to blame. */
const MANY_KEPT = 0.05;

/**
 * Says during how many turns the CPU was slow, and what was done about it.
 *
 * @returns Half a sentence; nothing where it was not, or where nobody looked.
 */
export function slowTurnWords({ timing }: ResultCell): string | undefined {
  const { turns = 0, slow = 0, again = 0, kept = 0, slowdown = 1 } =
    timing?.slowTurns ?? {};
  if (turns === 0 || slow < LEAST_SHARE * turns) return undefined;
  const what = again === 0
    ? "which are counted as they were"
    : kept === 0
    ? "which were taken again"
    : `which were taken again, ${kept} of ${slow} in vain`;
  return `the CPU changed speed by up to ${slowdown.toFixed(1)} x during ` +
    `${formatPercent(slow / turns)} of turns, ${what}`;
}

/** Whether so many turns stayed slow that what scatters may be the CPU. */
export function hasSlowTurns({ timing }: ResultCell): boolean {
  const { turns = 0, kept = 0 } = timing?.slowTurns ?? {};
  return kept > MANY_KEPT * turns;
}

/** The cell with the largest share of slow turns, in words. */
export function worstSlowTurns(cells: readonly ResultCell[]): string[] {
  const share = ({ timing }: ResultCell) => {
    const { turns = 0, slow = 0 } = timing?.slowTurns ?? {};
    return turns === 0 ? 0 : slow / turns;
  };
  const [worst] = cells.toSorted((one, other) => share(other) - share(one));
  const words = worst && slowTurnWords(worst);
  return words === undefined ? [] : [words];
}
