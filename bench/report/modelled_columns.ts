/**
 * The columns of what the cache model says, in a table of their own: they are
 * the same on every machine, but they are not a measurement (design.md, rule
 * 8), and no finer than the model.
 */
import type { ResultCell, ResultLayout } from "../result/result.ts";
import type { ResultModelled } from "../result/exact_types.ts";
import type { FigureColumn } from "./blocks.ts";
import { figureColumn, nameColumn } from "./columns.ts";
import { formatFigure } from "../text/figure.ts";
import {
  cycleUnit,
  differenceInUnits,
  formatUnits,
  inUnits,
} from "./modelled_figure.ts";

const CYCLES = [["cycles", undefined], ["low", 1], ["high", 2]] as const;

/** Significant digits of misses: those of 128 I/Os scatter by more. */
const MISS_DIGITS = 3;

/**
 * Returns the modelled columns of a cell.
 *
 * @returns Misses per level, stall cycles with their ends, the difference to
 *   the baseline; none if nothing was modelled.
 */
export function modelledColumns(
  cell: ResultCell,
): FigureColumn<ResultLayout>[] {
  const levels = cell.layouts.flatMap(({ modelled }) =>
    modelled ? modelled.levels.map(({ name }) => name) : []
  );
  if (levels.length === 0) return [];
  const unit = unitOf(cell);
  const base = cell.layouts.find(({ name }) => name === cell.baseline);
  const differenceOf = ({ modelled }: ResultLayout) =>
    differenceInUnits(
      modelled?.stallCyclesPerIo.cycles,
      base?.modelled?.stallCyclesPerIo.cycles,
      unit,
    );
  return [
    nameColumn("modelled"),
    ...[...new Set(levels)].map((level) =>
      figureColumn(
        `${level} miss`,
        ({ modelled }: ResultLayout) => missesOf(modelled, level),
        {
          key: `modelled.${level}.missesPerIo`,
          text: (misses, width) =>
            typeof misses === "number" && String(misses).length <= width
              ? String(misses)
              : formatFigure(misses, width),
        },
      )
    ),
    ...CYCLES.map(([key, splitRank]) =>
      figureColumn(
        key,
        ({ modelled }: ResultLayout) =>
          inUnits(modelled?.stallCyclesPerIo[key], unit),
        { key: `modelled.stallCyclesPerIo.${key}`, splitRank },
      )
    ),
    {
      header: "diff",
      cell: (layout, width) => formatUnits(differenceOf(layout), width),
      fields: (layout) => [[
        "modelled.stallCyclesPerIo.difference",
        differenceOf(layout),
      ]],
    },
  ];
}

/**
 * Heads the table: whose caches, and that nothing was measured.
 *
 * @returns One sentence; empty if nothing was modelled.
 */
export function modelledHeading(cell: ResultCell): string {
  const modelled = cell.layouts.flatMap((layout) => layout.modelled ?? [])[0];
  if (modelled === undefined) return "";
  return `modelled (${modelled.cpu}), per I/O: data misses, and stall cycles if ` +
    `no two overlap and nothing is prefetched, each rounded to ${
      unitOf(cell)
    }; ` +
    `${modelled.depth} I/Os in flight; ${ends(cell)}`;
}

/**
 * One unit for the whole table, because differences are given in it: the one
 * that keeps the digits of the baseline, or of the largest figure without a
 * baseline.
 */
function unitOf(cell: ResultCell): number {
  const cycles = cell.layouts.filter(({ name }) => name === cell.baseline)
    .flatMap(({ modelled }) => modelled?.stallCyclesPerIo.cycles ?? []);
  return cycleUnit(
    cycles.length > 0
      ? cycles
      : cell.layouts.flatMap(({ modelled }) =>
        modelled?.stallCyclesPerIo.cycles ?? []
      ),
  );
}

function missesOf(
  modelled: ResultModelled | null | undefined,
  level: string,
): number | null {
  const found = modelled?.levels.find(({ name }) => name === level);
  return found === undefined
    ? null
    : Number(found.missesPerIo.toPrecision(MISS_DIGITS));
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
