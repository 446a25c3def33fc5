/**
 * The columns of what an I/O touches: exact, in a table of their own.
 */
import type { ResultCell, ResultLayout } from "../result.ts";
import { formatFigure } from "./figure.ts";
import type { Column } from "./plain_table.ts";

/**
 * Gives the footprint columns of a cell, in lines per I/O.
 *
 * @param cell The cell, for its baseline.
 * @returns Lines of vectors, of struct pages and in all, the difference to the
 *   baseline, accesses over a line border, bytes taken from slabs, and lines
 *   in all with many I/Os in flight.
 */
export function footprintColumns(cell: ResultCell): Column<ResultLayout>[] {
  const count = (header: string, key: string): Column<ResultLayout> => ({
    header,
    cell: (layout, width) => formatFigure(layout.counts[key], width),
  });
  const base = cell.layouts.find(({ name }) => name === cell.baseline);
  return [
    { header: "exact, lines", left: true, cell: (layout) => layout.name },
    count("bvec", "bvecLinesPerIo"),
    count("page", "pageLinesPerIo"),
    count("all", "linesPerIo"),
    {
      header: "diff",
      cell: (layout, width) =>
        formatDifference(
          layout.counts.linesPerIo,
          base?.counts.linesPerIo,
          width,
        ),
    },
    {
      header: "queued",
      cell: (layout, width) => formatFigure(linesAtDepth(layout), width),
    },
    count("split", "bvecStraddlesPerIo"),
    count("slab B", "allocatedBytesPerIo"),
  ];
}

/**
 * Says whether a cell has such figures; files of older labs have none.
 *
 * @param cell The cell.
 * @returns Whether any layout has.
 */
export function hasFootprint(cell: ResultCell): boolean {
  return cell.layouts.some(({ counts }) =>
    counts.allocatedBytesPerIo !== undefined
  );
}

/**
 * Says what the columns mean, in one line.
 *
 * @param cell The cell.
 * @returns The line.
 */
export function footprintNote(cell: ResultCell): string {
  const sizes = cell.layouts.flatMap(({ footprint }) => {
    const size = footprint?.lineBytes;
    return typeof size === "number" ? [size] : [];
  });
  return `lines of ${sizes[0] ?? 64} B that one I/O touches: of bio_vecs, of ` +
    "struct pages, in all and against the baseline; queued: in all, with " +
    "many I/Os in flight, each line once; split: accesses to bio_vecs over a " +
    "border; slab B: memory taken";
}

function linesAtDepth(layout: ResultLayout): number | null {
  const { footprint } = layout;
  if (!footprint || !("atDepth" in footprint)) return null;
  const { total } = footprint.atDepth as { total?: { linesPerIo?: number } };
  return total?.linesPerIo ?? null;
}

/**
 * Writes a difference with its sign.
 *
 * @param value The value.
 * @param base What it is compared with.
 * @param width Characters at most.
 * @returns Text such as `-2`, `+0.5`, `0` or `-`.
 */
export function formatDifference(
  value: number | null | undefined,
  base: number | null | undefined,
  width: number,
): string {
  if (typeof value !== "number" || typeof base !== "number") return "-";
  const difference = value - base;
  // Rounding of the division by I/Os is no difference.
  if (Math.abs(difference) < 1e-9) return "0";
  const sign = difference > 0 ? "+" : "-";
  return sign + formatFigure(Math.abs(difference), width - 1);
}
