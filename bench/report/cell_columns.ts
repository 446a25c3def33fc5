/**
 * The columns of a comparison: what is exact and what was measured stand in
 * tables of their own (design.md, rule 8).
 */
import type { Interval } from "../result/timing_types.ts";
import type { ResultCell, ResultLayout } from "../result/result.ts";
import type { ResultCounts } from "../result/exact_types.ts";
import type { Field, FigureColumn } from "./blocks.ts";
import { formatEnds, formatFigure } from "../text/figure.ts";

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
export function exactColumns(): FigureColumn<ResultLayout>[] {
  return [
    nameColumn("exact, per I/O"),
    {
      header: "B/seg",
      cell: (layout, width) => formatFigure(layout.bytesPerSegment, width),
      fields: ({ bytesPerSegment }) => [["bytesPerSegment", bytesPerSegment]],
    },
    ...EXACT.map(([header, key]) => countColumn(header, String(key))),
  ];
}

/** Makes the first column of a table whose rows are layouts. */
export function nameColumn(header: string): FigureColumn<ResultLayout> {
  return {
    header,
    left: true,
    cell: ({ name }) => name,
    fields: ({ name }) => [["name", name]],
  };
}

/**
 * Makes the column of a count.
 *
 * @param key The count's name.
 */
export function countColumn(
  header: string,
  key: string,
): FigureColumn<ResultLayout> {
  return {
    header,
    cell: ({ counts }, width) => formatFigure(counts[key], width),
    fields: ({ counts }) => [[`counts.${key}`, counts[key]]],
  };
}

/**
 * Makes the first column of a table whose rows name their layout, and which
 * programs find by that.
 */
export function layoutColumn<Row extends { readonly layout: string }>(
  header: string,
): FigureColumn<Row> {
  return { header, left: true, cell: ({ layout }) => layout, fields: () => [] };
}

/**
 * Gives the fields of an interval, as far as the reader sees them.
 *
 * @returns Its ends; nothing for ends that are none.
 */
export function endFields(
  key: string,
  interval: Interval | null | undefined,
): Field[] {
  // Older labs wrote the one value of a single measurement as both ends.
  const { low = null, high = null } = interval ?? {};
  const isSingle = low === high;
  return [
    [`${key}.low`, isSingle ? null : low],
    [`${key}.high`, isSingle ? null : high],
  ];
}

/**
 * Gives the measured columns of a cell.
 *
 * @param cell The cell, for its baseline.
 * @returns Time, rate, ratio and verdict, with their intervals.
 */
export function measuredColumns(
  cell: ResultCell,
): FigureColumn<ResultLayout>[] {
  const isBaseline = (layout: ResultLayout) => layout.name === cell.baseline;
  const ratioOf = (layout: ResultLayout) =>
    isBaseline(layout) ? 1 : layout.ratio?.median;
  return [
    nameColumn("measured"),
    {
      header: "ns/IO",
      cell: (layout, width) => formatFigure(layout.nsPerIo?.median, width),
      fields: ({ nsPerIo }) => [["nsPerIo.median", nsPerIo?.median]],
    },
    {
      header: "95% CI",
      cell: (layout) => formatEnds(layout.nsPerIo),
      fields: ({ nsPerIo }) => endFields("nsPerIo", nsPerIo),
    },
    {
      header: "kIOPS",
      cell: (layout, width) => formatFigure(thousands(layout), width),
      fields: (layout) => [["kiloIosPerSecond", thousands(layout)]],
    },
    {
      header: "ratio",
      cell: (layout, width) => formatFigure(ratioOf(layout), width),
      fields: (layout) => [["ratio.median", ratioOf(layout)]],
      // With its interval, wherever that goes.
      splitRank: 1,
    },
    {
      header: "95% CI",
      cell: (layout) => isBaseline(layout) ? "" : formatEnds(layout.ratio),
      // What is compared with itself has no interval.
      fields: (layout) =>
        endFields("ratio", isBaseline(layout) ? null : layout.ratio),
      splitRank: 1,
    },
    {
      header: "difference",
      left: true,
      cell: (layout) => verdictWord(layout, cell),
      fields: (layout) => [["difference", verdictWord(layout, cell)]],
      splitRank: 1,
    },
  ];
}

/**
 * Says a verdict in at most ten characters.
 *
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
