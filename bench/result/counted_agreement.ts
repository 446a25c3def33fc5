/**
 * Whether times are what the machine code leads one to expect. Instructions of
 * the path in C are counted exactly; a time on the other side of the baseline
 * is either explained (by memory, mostly) or not to be quoted.
 */
import type { ResultCell, ResultLayout } from "./result.ts";
import type { Verdict } from "./timing_types.ts";
import { kendallTau } from "./agreement.ts";
import { MARGIN } from "./verdict.ts";
import type { LabWarning } from "../statistics/warning.ts";

export type AgreeingCell = Pick<ResultCell, "engine" | "baseline" | "layouts">;

/**
 * Returns a layout's instructions relative to the baseline's.
 *
 * @returns Counted instructions per I/O over those of the baseline in the same
 *   build; `null` where either was not counted.
 */
export function instructionRatio(
  layout: ResultLayout,
  cell: AgreeingCell,
): number | null {
  const own = layout.machineCode;
  const base = cell.layouts.find(({ name }) => name === cell.baseline)
    ?.machineCode;
  const isComparable = own && base && own.abi === base.abi &&
    own.compiler === base.compiler && own.build === base.build &&
    base.instructionsPerIo > 0;
  return isComparable ? own.instructionsPerIo / base.instructionsPerIo : null;
}

/** A layout that is faster with more instructions, or slower with fewer. */
export interface CountContradiction {
  readonly name: string;
  readonly instructions: number;
  readonly verdict: Verdict;
}

/**
 * Finds the layouts whose time contradicts their instructions: both differ from
 * the baseline by more than 2 %, on different sides.
 *
 * @returns The layouts; none where nothing was counted or timed.
 */
export function countContradictions(
  cell: AgreeingCell,
): readonly CountContradiction[] {
  return cell.layouts.flatMap((layout): CountContradiction[] => {
    const { name, verdict } = layout;
    const instructions = instructionRatio(layout, cell);
    if (instructions === null || verdict === null) return [];
    const isFewer = instructions < 1 / (1 + MARGIN);
    const isMore = instructions > 1 + MARGIN;
    return (isFewer && verdict === "slower") || (isMore && verdict === "faster")
      ? [{ name, instructions, verdict }]
      : [];
  });
}

/** Warns of times that contradict instructions. */
export function countWarnings(cell: AgreeingCell): LabWarning[] {
  const found = countContradictions(cell).map((
    { name, instructions, verdict },
  ) =>
    `${name} takes ${Math.abs(100 * (instructions - 1)).toFixed(1)} % ` +
    `${instructions < 1 ? "fewer" : "more"} instructions but is ${verdict}`
  );
  return found.length === 0 ? [] : [{
    code: "counts-contradict",
    message: `in engine ${cell.engine} ${found.join(", ")}`,
    hint: "instructions are not time: explain it by lines and misses, or " +
      "quote neither",
  }];
}

/**
 * Says how the counts go with the times of two engines.
 *
 * @param cells The cell on each engine; counts are those of the last.
 * @returns Words without a full stop; nothing where nothing was counted.
 */
export function countWords(cells: readonly AgreeingCell[]): string[] {
  const counted = cells.at(-1);
  if (counted === undefined) return [];
  const taus = cells.flatMap((cell) => {
    const tau = kendallTau(cell.layouts.flatMap((layout) => {
      const other = counted.layouts.find(({ name }) => name === layout.name);
      const instructions = other ? instructionRatio(other, counted) : null;
      return layout.name === cell.baseline || instructions === null ||
          layout.ratio === null
        ? []
        : [[instructions, layout.ratio.median] as const];
    }));
    return tau === null ? [] : [`${tau.toFixed(2)} in ${cell.engine}`];
  });
  const opposed = cells.flatMap((cell) =>
    countContradictions(cell).map(({ name }) => `${name} (${cell.engine})`)
  );
  return [
    ...(opposed.length === 0 ? [] : [
      `instructions and times contradict each other on ${opposed.join(", ")}`,
    ]),
    ...(taus.length === 0
      ? []
      : [`Kendall's tau of instructions and ratios is ${taus.join(", ")}`]),
  ];
}
