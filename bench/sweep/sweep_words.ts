/** What a sweep says of its layouts, in sentences made of its figures. */
import { plural } from "../../sim/text/plural.ts";
import { medianOf } from "../statistics/median.ts";
import { formatPercent } from "../text/figure.ts";
import { leastOf, mostOf } from "../text/extremes.ts";
import { printableCell } from "../text/plain_table.ts";
import type { SweepChanges } from "./changes.ts";
import type { Sensitivity } from "./sensitivity.ts";

export interface LayoutSummary {
  readonly name: string;
  readonly cells: number;
  /** Median of its changes in percent. */
  readonly median: number;
  readonly least: number;
  readonly most: number;
  /** Cells in which no other has less. */
  readonly best: number;
}

const MOST_NAMES = 3;

/**
 * Sums up each layout.
 *
 * @returns The layouts, the one that is best in most cells first.
 */
export function layoutSummaries(
  { layouts, rows }: SweepChanges,
): LayoutSummary[] {
  return layouts.flatMap((name) => {
    const own = rows.filter(({ changes }) => changes.has(name));
    if (own.length === 0) return [];
    const values = own.map(({ changes }) => changes.get(name) as number);
    return [{
      name,
      cells: own.length,
      median: medianOf(values),
      least: leastOf(values),
      most: mostOf(values),
      best: own.filter(({ best }) => best.includes(name)).length,
    }];
  }).sort((a, b) => b.best - a.best || a.median - b.median);
}

/**
 * Writes a change in percent.
 *
 * @param change It; below 0 is less.
 * @returns Such as `-12%`, in five characters.
 */
export function changeText(change: number): string {
  const size = Math.abs(change);
  if (size < 0.005) return "0";
  const digits = size < 1 ? 2 : size < 10 ? 1 : 0;
  return `${change < 0 ? "-" : "+"}${size.toFixed(digits)}`;
}

/** Says which layout is best, and what that depends on. */
export function sweepSentences(
  changes: SweepChanges,
  of: {
    readonly summaries: readonly LayoutSummary[];
    readonly sensitivity: Sensitivity;
  },
): string {
  const { summaries, sensitivity } = of;
  const { rows, baseline, metric, small } = changes;
  const [first] = summaries;
  if (first === undefined) return "";
  const equals = summaries.filter(({ best, median }) =>
    best === first.best && median === first.median
  );
  const names =
    equals.slice(0, MOST_NAMES).map(({ name }) => printableCell(name))
      .join(", ") +
    (equals.length > MOST_NAMES
      ? ` and ${equals.length - MOST_NAMES} more`
      : "");
  const least = metric.kind === "measured"
    ? "the least, or is not shown to have more,"
    : "the least, or as little as any,";
  const depends = sensitivity.axes.filter(({ turned }) => turned > 0);
  return [
    `Of ${metric.title} (${metric.kind}), ${names} ` +
    `${equals.length === 1 ? "has" : "have"} ${least} in ${first.best} of ` +
    `${plural(rows.length, "cell")}: in the median ` +
    `${changeText(first.median)} % beside ${printableCell(baseline)}, from ` +
    `${changeText(first.least)} to ${changeText(first.most)} %.`,
    shares(sensitivity),
    depends.length === 0
      ? "Along no axis does the best layout change."
      : `The best layout depends on ${
        depends.map(({ name, turned, sets }, at) =>
          `${printableCell(name)} (${at > 0 ? "" : "in "}${turned} of ${sets}${
            at > 0 ? "" : " sets of cells that differ only in it"
          })`
        ).join(", ")
      }.`,
    small === 0
      ? ""
      : `Left out: ${plural(small, "cell")} in which ${
        printableCell(baseline)
      } has less than ` +
        `${metric.leastBase ?? 0}, too few for a share to say anything.`,
  ].filter((text) => text !== "").join(" ");
}

function shares({ axes, together }: Sensitivity): string {
  const moving = axes.filter(({ share }) => share >= 0.005);
  if (moving.length === 0) {
    return axes.length === 0
      ? ""
      : "Changes are the same along every axis, or depend on combinations " +
        "alone.";
  }
  const still = axes.filter(({ share }) => share < 0.005);
  return `Of what differs between cells, ${
    moving.map(({ name, share }) =>
      `${formatPercent(share)} goes with ${printableCell(name)}`
    ).join(", ")
  }${together < 0.005 ? "" : `, ${formatPercent(together)} with combinations`}${
    still.length === 0
      ? ""
      : `; nothing to speak of with ${
        still.map(({ name }) => printableCell(name)).join(", ")
      }`
  }.`;
}
