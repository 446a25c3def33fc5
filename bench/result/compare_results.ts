/**
 * Two results side by side: times as ratios with intervals, everything exact
 * exactly.
 */
import { z } from "zod";
import { checkValue, numberFrom, valueOf } from "../../layouts/option_check.ts";
import type { Interval, Verdict } from "./timing_types.ts";
import type { LabResult, ResultCell, ResultLayout } from "./result.ts";
import {
  ACROSS,
  type Across,
  cellKey,
  cellName,
  differences,
  type DifferingKey,
} from "./likeness.ts";
import { exactChanges, simulatedChanges } from "./exact_changes.ts";
import { ratioOf } from "./interval_ratio.ts";
import { type SharedBuilds, sharedBuilds } from "./shared_builds.ts";
import { studentQuantile } from "../statistics/student.ts";
import { LEVEL } from "./verdict.ts";

/** The result that has what the other one lacks. */
export type OnlyIn = "before" | "after";

/** One layout of one cell, in both results or in one alone. */
export interface LayoutComparison {
  /** Registry name of the layout. */
  readonly name: string;
  /** Time per I/O before. */
  readonly beforeNs: number | null;
  /** Time per I/O after. */
  readonly afterNs: number | null;
  /** Time after over time before; `null` if either was not timed. */
  readonly ratio: Interval | null;
  /** Beyond the threshold and confident, or not shown. */
  readonly verdict: Verdict | null;
  /** The result that has it, if the other one does not. */
  readonly only?: OnlyIn;
}

/** One cell, in both results or in one alone. */
export interface CellComparison {
  /** What identifies the cell. */
  readonly cell: string;
  /** The result that has it, if the other one does not. */
  readonly only?: OnlyIn;
  /** Its layouts; those that both have first. */
  readonly layouts: readonly LayoutComparison[];
  /** Exact figures that changed. */
  readonly exactChanges: readonly DifferingKey[];
  /** Builds that were timed once and are in both results; none if absent. */
  readonly sharedBuilds?: SharedBuilds;
}

/** What changed between two results. */
export interface ResultComparison {
  /** All cells; those that both have first. */
  readonly cells: readonly CellComparison[];
  /** Layouts that are slower with confidence. */
  readonly regressions: number;
  /** Exact figures that changed. */
  readonly exactChanges: number;
  /**
   * Layouts of cells that only one result has, so nothing is known of how they
   * changed.
   */
  readonly oneSided: number;
}

/** What counts as a regression. */
export interface CompareOptions {
  /** Changes up to this pass; 0.05 is 5 %. */
  readonly threshold: number;
  /** What the results differ in on purpose; default: nothing. */
  readonly across?: readonly Across[];
  /**
   * Whether times are those relative to the baseline of their own result, so
   * that how fast either machine is does not matter; default: `false`.
   */
  readonly relative?: boolean;
}

const resultForm = valueOf<LabResult>(
  "a result, as runLab() and readResult() give it",
  ({ cells, config, environment }) =>
    Array.isArray(cells) && typeof config === "object" &&
    typeof environment === "object",
);

const compareSchema = z.strictObject(
  {
    threshold: numberFrom(0, 1e6),
    across: z.array(z.enum(ACROSS)).optional(),
    relative: z.boolean().optional(),
  } satisfies Record<keyof CompareOptions, z.ZodType>,
);

/**
 * Compares two results.
 *
 * A regression is confident if its interval, widened for the number of layouts
 * compared (Bonferroni), is entirely beyond the threshold and beyond the
 * difference of identical code in either run.
 *
 * @param before The first result.
 * @param after The second result.
 * @param options The threshold.
 * @returns Ratios, verdicts and exact changes.
 *
 * @example A result compared with itself
 * ```ts
 * import { compareResults, type LabResult } from "@bvec/lab";
 * import { assertEquals } from "@std/assert";
 *
 * const result: LabResult = {
 *   schemaVersion: 1,
 *   tool: { name: "bvec-lab", version: "0.1.0" },
 *   environment: {},
 *   config: {},
 *   seed: 1,
 *   warnings: [],
 *   cells: [],
 * };
 *
 * assertEquals(compareResults(result, result, { threshold: 0.05 }), {
 *   cells: [],
 *   regressions: 0,
 *   exactChanges: 0,
 *   oneSided: 0,
 * });
 * ```
 */
export function compareResults(
  before: LabResult,
  after: LabResult,
  options: CompareOptions,
): ResultComparison {
  checkValue("compare results", resultForm, before, "before");
  checkValue("compare results", resultForm, after, "after");
  checkValue("compare results", compareSchema, options, "options");
  const { across = [], relative = false } = options;
  const keyOf = (cell: ResultCell) => cellKey(cell, across);
  if (across.length > 0) {
    requireSingle(before, across);
    requireSingle(after, across);
  }
  const others = new Map(after.cells.map((cell) => [keyOf(cell), cell]));
  const pairs = before.cells.flatMap((cell) => {
    const other = others.get(keyOf(cell));
    return other === undefined ? [] : [{ cell, other }];
  });
  const comparisons = pairs.reduce(
    (sum, { cell }) =>
      sum + cell.layouts.filter((layout) => layout.nsPerIo !== null).length,
    0,
  );
  const cells = pairs.map(({ cell, other }): CellComparison => {
    const layouts = cell.layouts.flatMap((layout) => {
      const match = layoutNamed(other, layout.name);
      return match === undefined ? [] : [{ layout, match }];
    });
    const limits = {
      least: Math.max(
        options.threshold,
        cell.noiseFloor?.difference ?? 0,
        other.noiseFloor?.difference ?? 0,
      ),
      widening: wideningFor(comparisons, cell, other),
      relative,
    };
    const shared = sharedBuilds(cell, other);
    return {
      ...(shared === undefined ? {} : { sharedBuilds: shared }),
      cell: keyOf(cell) === cellKey(cell)
        ? cellName(cell)
        : bothNames(cellName(cell), cellName(other)),
      layouts: [
        ...layouts.map(({ layout, match }) =>
          compareLayout(layout, match, limits)
        ),
        ...alone(cell, { than: other, only: "before" }),
        ...alone(other, { than: cell, only: "after" }),
      ],
      exactChanges: [
        ...differences("digest", cell.digest, other.digest),
        ...layouts.flatMap(({ layout, match }) => exactChanges(layout, match)),
        ...simulatedChanges(cell, other),
      ],
    };
  });
  const known = new Set(pairs.map(({ cell }) => keyOf(cell)));
  for (
    const [only, result] of [["before", before], ["after", after]] as const
  ) {
    for (const cell of result.cells) {
      if (known.has(keyOf(cell))) continue;
      const layouts = alone(cell, { only });
      cells.push({ cell: cellName(cell), only, layouts, exactChanges: [] });
    }
  }
  return {
    cells,
    oneSided: cells.reduce(
      (sum, { layouts }) =>
        sum + layouts.filter(({ only }) => only !== undefined).length,
      0,
    ),
    regressions: cells.reduce(
      (sum, { layouts }) =>
        sum + layouts.filter(({ verdict }) => verdict === "slower").length,
      0,
    ),
    exactChanges: cells.reduce(
      (sum, cell) => sum + cell.exactChanges.length,
      0,
    ),
  };
}

/** Two cells that differ in nothing else would be compared with one. */
function requireSingle(
  { cells }: LabResult,
  across: readonly Across[],
): void {
  const seen = new Map<string, ResultCell>();
  for (const cell of cells) {
    const key = cellKey(cell, across);
    const other = seen.get(key);
    if (other !== undefined) {
      throw new RangeError(
        `Cannot compare across ${across.join(" and ")}: cells ` +
          `"${cellName(other)}" and "${cellName(cell)}" of one result differ ` +
          "in nothing else, expected one of them in each result",
      );
    }
    seen.set(key, cell);
  }
}

/** What two cells have in common once, and `a -> b` where they differ. */
function bothNames(before: string, after: string): string {
  const parts = before.split(", ");
  const others = after.split(", ");
  return parts.length !== others.length ? `${before} -> ${after}` : parts
    .map((part, i) => part === others[i] ? part : `${part} -> ${others[i]}`)
    .join(", ");
}

function layoutNamed(cell: ResultCell, name: string): ResultLayout | undefined {
  return cell.layouts.find((layout) => layout.name === name);
}

function alone(
  cell: ResultCell,
  { than, only }: { than?: ResultCell; only: OnlyIn },
): LayoutComparison[] {
  return cell.layouts.filter(({ name }) =>
    than === undefined || layoutNamed(than, name) === undefined
  ).map(({ name, nsPerIo }) => {
    const ns = nsPerIo?.median ?? null;
    return {
      name,
      beforeNs: only === "before" ? ns : null,
      afterNs: only === "after" ? ns : null,
      ratio: null,
      verdict: null,
      only,
    };
  });
}

function compareLayout(
  before: ResultLayout,
  after: ResultLayout,
  limits: { least: number; widening: number; relative: boolean },
): LayoutComparison {
  const of = ({ ratio, nsPerIo }: ResultLayout) =>
    limits.relative ? ratio : nsPerIo;
  const [own, other] = [of(before), of(after)];
  const isTimed = own !== null && other !== null;
  const ratio = isTimed ? ratioOf(other, own) : null;
  const sure = isTimed ? ratioOf(other, own, limits.widening) : null;
  return {
    name: before.name,
    beforeNs: before.nsPerIo?.median ?? null,
    afterNs: after.nsPerIo?.median ?? null,
    ratio,
    verdict: sure === null ? null : verdictOf(sure, limits.least),
  };
}

function verdictOf(sure: Interval, least: number): Verdict {
  // One measurement each shows no regression, however large it looks.
  if (sure.low === null || sure.high === null) return "no difference shown";
  if (sure.low > 1 + least) return "slower";
  if (sure.high < 1 / (1 + least)) return "faster";
  return "no difference shown";
}

/** From 95 % for one comparison to 95 % for all of them together. */
function wideningFor(
  comparisons: number,
  cell: ResultCell,
  other: ResultCell,
): number {
  const builds = Math.min(cell.builds ?? 2, other.builds ?? 2);
  const freedom = Math.max(2, 2 * (builds - 1));
  const tail = LEVEL / 2;
  return studentQuantile(1 - tail / Math.max(1, comparisons), freedom) /
    studentQuantile(1 - tail, freedom);
}
