/**
 * Cache lines of one I/O by structure, stacked, with what a real kernel was
 * recorded to touch below, so that nobody takes the part for the whole.
 */
import type { ChartSpec } from "../draw/chart_svg.ts";
import { CATEGORY_COLORS, REST_COLOR } from "../draw/palette.ts";
import type { ResultCell, ResultLayout } from "../result/result.ts";
import { type Block, charted, type FigureColumn, table } from "./blocks.ts";
import { figureColumn, wordColumn } from "./columns.ts";
import { CHART_PX, chartLabels, ROW_PX } from "./chart_labels.ts";
import { ROWS } from "./chart_parts.ts";
import { printableCell } from "../text/plain_table.ts";
import {
  RECORDED_KERNEL,
  RECORDED_LINES,
  recordedLines,
} from "./recorded_lines.ts";

/** Structures with a colour of their own; the rest is one part. */
const SHOWN = 6;

const OTHERS = "other structures";
const UNKNOWN = "recorded: not bio_vec";

interface StackRow {
  readonly name: string;
  readonly parts: ReadonlyMap<string, number>;
  /** Distinct lines of all. */
  readonly total: number;
}

/**
 * Returns the chart with its table.
 *
 * @returns It; nothing where no layout was traced.
 */
export function linesChart(cell: ResultCell, name: string): Block[] {
  const traced = cell.layouts.flatMap((layout) => {
    const structures = structuresOf(layout);
    return structures === undefined ? [] : [{ layout, structures }];
  });
  if (traced.length === 0) return [];
  const sums = new Map<string, number>();
  for (const { structures } of traced) {
    for (const [structure, lines] of structures) {
      sums.set(structure, (sums.get(structure) ?? 0) + lines);
    }
  }
  const sorted = [...sums.keys()].sort((a, b) =>
    (sums.get(b) ?? 0) - (sums.get(a) ?? 0)
  );
  // What the layouts are about comes first, whatever its size.
  const kept = ["bio_vec", ...sorted.filter((one) => one !== "bio_vec")]
    .filter((one) => sums.has(one)).slice(0, SHOWN);
  const rows: StackRow[] = traced.map(({ layout, structures }) => ({
    name: layout.name,
    parts: grouped(structures, kept),
    total: layout.footprint?.total?.linesPerIo ?? 0,
  }));
  const recorded = recordedRows(cell);
  const parts = [
    ...new Set([...rows, ...recorded].flatMap((row) => [...row.parts.keys()])),
  ].sort((a, b) => rankOf(a, kept) - rankOf(b, kept));
  const columns: FigureColumn<StackRow>[] = [
    wordColumn("lines by structure", ({ name }) => name),
    ...parts.map((part) =>
      figureColumn(
        printableCell(part),
        ({ parts }: StackRow) => parts.get(part),
      )
    ),
    figureColumn("distinct", ({ total }) => total),
  ];
  return charted(
    table(columns, [...rows, ...recorded]),
    {
      name,
      title: `Cache lines that one I/O touches: ${
        printableCell(cell.workload)
      }`,
      description:
        `Lines of 64 bytes of the model's structures, by layout; a ` +
        `line that two structures share counts for both.` +
        (recorded.length === 0
          ? ""
          : ` Below: what ${RECORDED_KERNEL}, unmodified, was recorded to ` +
            `touch for such an I/O in QEMU: the grey rest has the ` +
            `structures of the model and all that is not in it (VFS, stacks, ` +
            `per-CPU data, interrupt).`),
      spec: specOf([...rows, ...recorded], parts, kept),
    },
  );
}

function structuresOf(layout: ResultLayout): Map<string, number> | undefined {
  const { structures, total } = layout.footprint ?? {};
  if (structures === undefined || total === undefined) return undefined;
  return new Map(
    Object.entries(structures).map(([name, { linesPerIo }]) =>
      [name, linesPerIo] as const
    ).filter(([, lines]) => Number.isFinite(lines)),
  );
}

function grouped(
  structures: ReadonlyMap<string, number>,
  kept: readonly string[],
): Map<string, number> {
  const parts = new Map<string, number>();
  for (const [structure, lines] of structures) {
    const part = kept.includes(structure) ? structure : OTHERS;
    parts.set(part, (parts.get(part) ?? 0) + lines);
  }
  return parts;
}

/** What a kernel touched, split into the part of interest and the rest. */
function recordedRows({ workload, abi, submitter }: ResultCell): StackRow[] {
  // Each way of submitting that was recorded is named.
  return RECORDED_LINES.filter((one) =>
    recordedLines({ workload, abi, submitter, api: one.api }) === one
  )
    .map(({ api, lines, bvecLines }) => ({
      name: `kernel, ${api}`,
      parts: new Map([["bio_vec", bvecLines], [UNKNOWN, lines - bvecLines]]),
      total: lines,
    }));
}

function rankOf(part: string, kept: readonly string[]): number {
  const at = kept.indexOf(part);
  if (at >= 0) return at;
  return part === OTHERS ? SHOWN : SHOWN + 1;
}

function specOf(
  rows: readonly StackRow[],
  parts: readonly string[],
  kept: readonly string[],
): ChartSpec {
  const labels = chartLabels(rows.map(({ name }) => name));
  const partLabels = chartLabels(parts);
  return {
    width: CHART_PX,
    height: { step: ROW_PX },
    data: {
      values: rows.flatMap((row, i) =>
        parts.flatMap((part, rank) => {
          const lines = row.parts.get(part);
          return lines === undefined
            ? []
            : [{ name: labels[i], part: partLabels[rank], rank, lines }];
        })
      ),
    },
    mark: { type: "bar", stroke: "var(--page, #fff)", strokeWidth: 1 },
    encoding: {
      y: ROWS,
      x: {
        field: "lines",
        type: "quantitative",
        stack: "zero",
        title: "lines of 64 bytes per I/O",
        axis: { tickCount: 6 },
      },
      order: { field: "rank", type: "quantitative" },
      color: {
        field: "part",
        type: "nominal",
        title: null,
        legend: { columns: 4 },
        scale: {
          domain: partLabels,
          range: parts.map((part) =>
            part === UNKNOWN ? REST_COLOR : CATEGORY_COLORS[
              part === OTHERS ? SHOWN : kept.indexOf(part)
            ] ?? REST_COLOR
          ),
        },
      },
    },
  };
}
