/**
 * The columns of what the cache model says, in a table of their own: they are
 * exact, but they are no measurement (design.md, rule 8).
 */
import type { ResultCell, ResultLayout } from "../result.ts";
import { formatFigure } from "./figure.ts";
import { formatDifference } from "./footprint_columns.ts";
import type { Column } from "./plain_table.ts";

/**
 * Gives the modelled columns of a cell.
 *
 * @param cell The cell, for its baseline.
 * @returns Misses per level, stall cycles with their ends, the difference to
 *   the baseline; none if nothing was modelled.
 */
export function modelledColumns(cell: ResultCell): Column<ResultLayout>[] {
  const levels = cell.layouts.flatMap(({ modelled }) =>
    modelled ? modelled.levels.map(({ name }) => name) : []
  );
  if (levels.length === 0) return [];
  const base = cell.layouts.find(({ name }) => name === cell.baseline);
  return [
    { header: "modelled", left: true, cell: (layout) => layout.name },
    ...[...new Set(levels)].map((level): Column<ResultLayout> => ({
      header: `${level} miss`,
      cell: ({ modelled }, width) =>
        formatFigure(
          modelled?.levels.find(({ name }) => name === level)?.missesPerIo,
          width,
        ),
    })),
    {
      header: "cycles",
      cell: ({ modelled }, width) =>
        formatFigure(modelled?.stallCyclesPerIo.cycles, width),
    },
    {
      header: "low",
      cell: ({ modelled }, width) =>
        formatFigure(modelled?.stallCyclesPerIo.low, width),
      dropRank: 1,
    },
    {
      header: "high",
      cell: ({ modelled }, width) =>
        formatFigure(modelled?.stallCyclesPerIo.high, width),
      dropRank: 2,
    },
    {
      header: "diff",
      cell: ({ modelled }, width) =>
        formatDifference(
          modelled?.stallCyclesPerIo.cycles,
          base?.modelled?.stallCyclesPerIo.cycles,
          width,
        ),
    },
  ];
}

/**
 * Heads the table: whose caches, and that nothing was measured.
 *
 * @param cell The cell.
 * @returns One sentence; empty if nothing was modelled.
 */
export function modelledHeading(cell: ResultCell): string {
  const modelled = cell.layouts.flatMap((layout) => layout.modelled ?? [])[0];
  if (modelled === undefined) return "";
  return `modelled (${modelled.cpu}), per I/O: data misses and stall cycles if ` +
    `no two overlap, ${modelled.depth} I/Os in flight; ${ends(cell)}`;
}

/** Three equal columns look like an error unless it is said why they are. */
function ends(cell: ResultCell): string {
  const moved = cell.layouts.some(({ modelled }) => {
    const { cycles, low, high } = modelled?.stallCyclesPerIo ?? {};
    return low !== cycles || high !== cycles;
  });
  return moved
    ? "low, high: assumed latencies moved by 25%"
    : "low and high equal them, no level that was hit has an assumed latency";
}
