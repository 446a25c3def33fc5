/**
 * The columns of a comparison: what is exact and what was measured stand in
 * tables of their own (design.md, rule 8).
 */
import type { ResultCell, ResultCounts, ResultLayout } from "../result.ts";
import { formatEnds, formatFigure } from "./figure.ts";
import type { Column } from "./plain_table.ts";

const EXACT: readonly [header: string, key: keyof ResultCounts][] = [
  ["bvec B", "bvecBytesPerIo"],
  ["lines", "bvecLinesPerIo"],
  ["bios", "biosPerIo"],
  ["reqs", "requestsPerIo"],
  ["segs", "segmentsPerIo"],
  ["PRPs", "prpEntriesPerIo"],
];

/**
 * Gives the exact columns, per I/O; the same on every machine.
 *
 * @returns Bytes per segment, then the six counts.
 */
export function exactColumns(): Column<ResultLayout>[] {
  return [
    { header: "exact, per I/O", left: true, cell: (layout) => layout.name },
    {
      header: "B/seg",
      cell: (layout, width) => formatFigure(layout.bytesPerSegment, width),
    },
    ...EXACT.map(([header, key]): Column<ResultLayout> => ({
      header,
      cell: (layout, width) => formatFigure(layout.counts[key], width),
    })),
  ];
}

/**
 * Gives the measured columns of a cell.
 *
 * @param cell The cell, for its baseline.
 * @returns Time, rate, ratio and verdict, with their intervals.
 */
export function measuredColumns(cell: ResultCell): Column<ResultLayout>[] {
  const isBaseline = (layout: ResultLayout) => layout.name === cell.baseline;
  return [
    { header: "measured", left: true, cell: (layout) => layout.name },
    {
      header: "ns/IO",
      cell: (layout, width) => formatFigure(layout.nsPerIo?.median, width),
    },
    {
      header: "95% CI",
      cell: (layout) => formatEnds(layout.nsPerIo, 5),
      dropRank: 1,
    },
    {
      header: "kIOPS",
      cell: (layout, width) => formatFigure(thousands(layout), width),
      dropRank: 2,
    },
    {
      header: "ratio",
      cell: (layout, width) =>
        formatFigure(isBaseline(layout) ? 1 : layout.ratio?.median, width),
    },
    {
      header: "95% CI",
      cell: (layout) => isBaseline(layout) ? "" : formatEnds(layout.ratio, 5),
    },
    {
      header: "difference",
      left: true,
      cell: (layout) => verdictWord(layout, cell),
    },
  ];
}

/**
 * Says a verdict in at most ten characters.
 *
 * @param layout The layout.
 * @param cell Its cell.
 * @returns `faster`, `slower`, `not shown`, `baseline` or `-`.
 */
export function verdictWord(layout: ResultLayout, cell: ResultCell): string {
  if (layout.name === cell.baseline) return "baseline";
  if (layout.verdict === "no difference shown") return "not shown";
  return layout.verdict ?? "-";
}

function thousands(layout: ResultLayout): number | null {
  const perSecond = layout.iosPerSecond;
  if (perSecond !== null && perSecond !== undefined) return perSecond / 1000;
  return layout.nsPerIo === null ? null : 1e6 / layout.nsPerIo.median;
}
