/**
 * The columns of what an I/O touches, in a table of their own: counted over
 * the structures that the model has, and no others.
 */
import type { ResultCell, ResultLayout } from "../result/result.ts";
import type { FigureColumn } from "./blocks.ts";
import { countColumn } from "./cell_columns.ts";
import { figureColumn, nameColumn } from "./columns.ts";
import { exactDifference, formatSigned } from "../text/figure.ts";
import {
  RECORDED_KERNEL,
  RECORDED_LINES,
  recordedLines,
  recordedWords,
} from "./recorded_lines.ts";

/**
 * Returns the footprint columns of a cell, in lines per I/O.
 *
 * @returns Lines of vectors, of struct pages and of all modelled structures,
 *   the difference to the baseline, accesses over a line border, bytes taken
 *   from slabs, and lines of all with many I/Os in flight.
 */
export function footprintColumns(
  cell: ResultCell,
): FigureColumn<ResultLayout>[] {
  return [
    nameColumn("lines, counted"),
    countColumn("bvec", "bvecLinesPerIo"),
    countColumn("page", "pageLinesPerIo"),
    countColumn("all", "linesPerIo"),
    differenceColumn(cell, {
      key: "linesPerIo.difference",
      of: ({ counts }) => counts.linesPerIo,
    }),
    figureColumn(
      "queued",
      ({ footprint }) => footprint?.atDepth?.total?.linesPerIo,
      { key: "footprint.atDepth.total.linesPerIo" },
    ),
    countColumn("split", "bvecStraddlesPerIo"),
    countColumn("slab B", "allocatedBytesPerIo"),
  ];
}

/**
 * Makes a column of differences to the baseline.
 *
 * @param what The field's name, and the figure of a layout.
 */
export function differenceColumn(
  cell: ResultCell,
  what: {
    key: string;
    of: (layout: ResultLayout) => number | null | undefined;
  },
): FigureColumn<ResultLayout> {
  const base = cell.layouts.find(({ name }) => name === cell.baseline);
  const own = base === undefined ? undefined : what.of(base);
  return figureColumn(
    "diff",
    (layout) => exactDifference(what.of(layout), own),
    {
      key: what.key,
      text: formatSigned,
    },
  );
}

/** Says whether a cell has such figures; files of older labs have none. */
export function hasFootprint(cell: ResultCell): boolean {
  return cell.layouts.some(({ counts }) =>
    counts.allocatedBytesPerIo !== undefined
  );
}

export function footprintNote(cell: ResultCell): string {
  const sizes = cell.layouts.flatMap(({ footprint }) =>
    footprint?.lineBytes ?? []
  );
  const number = structuresOf(cell);
  const all = number === undefined ? "the structures" : `${number} structures`;
  return `${sizes[0] ?? 64}-byte lines of ${all} of the model that one I/O ` +
    "touches: those of bio_vecs, of struct pages, all, and the difference " +
    "from the baseline; queued: all, with many I/Os in flight, each line " +
    "counted once; split: accesses to bio_vecs that cross a line; slab B: " +
    "memory allocated";
}

/**
 * Says what the model leaves out, from what a kernel was recorded to touch.
 *
 * @returns One sentence: of the same I/O, or from the least to the most.
 */
export function recordedNote(cell: ResultCell): string {
  const own = recordedLines(cell);
  const sorted = RECORDED_LINES.toSorted((a, b) => a.lines - b.lines);
  const said = own === undefined ? [sorted[0], sorted.at(-1)] : [own];
  return `a kernel touches more: ${RECORDED_KERNEL} was recorded touching ${
    said.flatMap((one) => one ? [recordedWords(one)] : []).join(" to ")
  } (its VFS or io_uring, stacks, per-CPU data and interrupt are not in the ` +
    "model)";
}

/** How many structures are counted; unknown for files of older labs. */
function structuresOf(cell: ResultCell): number | undefined {
  const names = new Set(
    cell.layouts.flatMap(({ footprint }) =>
      Object.keys(footprint?.structures ?? {})
    ),
  );
  return names.size === 0 ? undefined : names.size;
}
