/**
 * The columns of a comparison: what is exact and what was measured are in
 * tables of their own (design.md, rule 8).
 */
import type { ResultCell, ResultLayout } from "../result/result.ts";
import type { ResultCounts } from "../result/exact_types.ts";
import { shortVerdict } from "../result/verdict.ts";
import { formatEnds } from "../text/figure.ts";
import type { FigureColumn } from "./blocks.ts";
import { endsColumn, figureColumn, nameColumn, wordColumn } from "./columns.ts";

const EXACT: readonly [header: string, key: keyof ResultCounts][] = [
  ["bvec B", "bvecBytesPerIo"],
  ["lines", "bvecLinesPerIo"],
  ["bios", "biosPerIo"],
  ["reqs", "requestsPerIo"],
  ["segs", "segmentsPerIo"],
  ["PRPs", "prpEntriesPerIo"],
];

/**
 * Returns the exact columns, per I/O; the same on every machine.
 *
 * @returns Bytes per segment, then the six counts.
 */
export function exactColumns(): FigureColumn<ResultLayout>[] {
  return [
    nameColumn("exact, per I/O"),
    figureColumn("B/seg", ({ bytesPerSegment }) => bytesPerSegment, {
      key: "bytesPerSegment",
    }),
    ...EXACT.map(([header, key]) => countColumn(header, String(key))),
  ];
}

export function countColumn(
  header: string,
  key: string,
): FigureColumn<ResultLayout> {
  return figureColumn(header, ({ counts }) => counts[key], {
    key: `counts.${key}`,
  });
}

/**
 * Makes the first column of a table whose rows name their layout, and which
 * programs find by that.
 */
export function layoutColumn<Row extends { readonly layout: string }>(
  header: string,
): FigureColumn<Row> {
  return wordColumn(header, ({ layout }) => layout);
}

/**
 * Returns the measured columns of a cell.
 *
 * @returns Time, rate, ratio and verdict, with their intervals.
 */
export function measuredColumns(
  cell: ResultCell,
): FigureColumn<ResultLayout>[] {
  const isBaseline = (layout: ResultLayout) => layout.name === cell.baseline;
  // The ratio goes with its interval, wherever that goes.
  const splitRank = 1;
  return [
    nameColumn("measured"),
    figureColumn("ns/IO", ({ nsPerIo }) => nsPerIo?.median, {
      key: "nsPerIo.median",
    }),
    endsColumn("95% CI", ({ nsPerIo }) => nsPerIo, { key: "nsPerIo" }),
    figureColumn("kIOPS", thousands, { key: "kiloIosPerSecond" }),
    figureColumn(
      "ratio",
      (layout) => isBaseline(layout) ? 1 : layout.ratio?.median,
      { key: "ratio.median", splitRank },
    ),
    // What is compared with itself has no interval.
    endsColumn("95% CI", (layout) => isBaseline(layout) ? null : layout.ratio, {
      text: (ends, _width, layout) =>
        isBaseline(layout) ? "" : formatEnds(ends),
      key: "ratio",
      splitRank,
    }),
    wordColumn("difference", (layout) => verdictWord(layout, cell), {
      key: "difference",
      splitRank,
    }),
  ];
}

/**
 * Says a verdict in at most ten characters.
 *
 * @returns `faster`, `slower`, `not shown`, `baseline` or `-`.
 */
export function verdictWord(layout: ResultLayout, cell: ResultCell): string {
  return layout.name === cell.baseline
    ? "baseline"
    : shortVerdict(layout.verdict);
}

function thousands(layout: ResultLayout): number | null {
  const perSecond = layout.iosPerSecond;
  if (perSecond !== null && perSecond !== undefined) return perSecond / 1000;
  return layout.nsPerIo === null ? null : 1e6 / layout.nsPerIo.median;
}
