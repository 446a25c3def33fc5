/**
 * What else was measured in the turns of a cell: wall time beside CPU time, and
 * the first I/Os of each turn, for which the caches were cold. Both have columns
 * of their own, apart from those that verdicts are of.
 */
import type { ResultCell, ResultLayout } from "../result/result.ts";
import {
  type Block,
  type FigureColumn,
  prose,
  type Section,
  table,
} from "./blocks.ts";
import { verdictWord } from "./cell_columns.ts";
import { endsColumn, figureColumn, nameColumn, wordColumn } from "./columns.ts";
import { plural } from "../../sim/text/plural.ts";
import { formatEnds } from "../text/figure.ts";
import { printableCell } from "../text/plain_table.ts";

/**
 * Returns the table of wall and cold times.
 *
 * @returns How it was timed, the table, and where warm and cold I/Os contradict
 *   each other; nothing if the result has no such times.
 */
export function turnSection(cell: ResultCell): Section {
  const rows = table(
    columnsOf(cell),
    cell.layouts.filter(({ wallNsPerIo, cold }) => wallNsPerIo ?? cold),
    ({ name }) => name,
  );
  if (rows.length === 0) return [];
  return [...timingNote(cell), ...rows, ...opposedNote(cell)];
}

function columnsOf(cell: ResultCell): FigureColumn<ResultLayout>[] {
  const isBaseline = ({ name }: ResultLayout) => name === cell.baseline;
  const coldRatio = (layout: ResultLayout) =>
    isBaseline(layout) ? null : layout.cold?.ratio;
  const coldWord = (layout: ResultLayout) =>
    verdictWord({ ...layout, verdict: layout.cold?.verdict ?? null }, cell);
  const cold = { splitRank: 2 };
  const ratio = { splitRank: 1 };
  return [
    nameColumn("measured, too"),
    figureColumn("wall ns", ({ wallNsPerIo }) => wallNsPerIo?.median, {
      key: "wallNsPerIo.median",
    }),
    endsColumn("quartiles", ({ wallNsPerIo }) => wallNsPerIo, {
      key: "wallNsPerIo",
    }),
    figureColumn("cold ns", ({ cold }) => cold?.nsPerIo.median, {
      ...cold,
      key: "cold.nsPerIo.median",
    }),
    endsColumn("95% CI", ({ cold }) => cold?.nsPerIo, {
      ...cold,
      key: "cold.nsPerIo",
    }),
    figureColumn(
      "cold ratio",
      (layout) => isBaseline(layout) ? 1 : layout.cold?.ratio.median,
      { ...ratio, key: "cold.ratio.median" },
    ),
    endsColumn("95% CI", coldRatio, {
      ...ratio,
      key: "cold.ratio",
      text: (ends) => ends ? formatEnds(ends) : "",
    }),
    wordColumn("difference", coldWord, { ...ratio, key: "cold.difference" }),
  ];
}

/** Whose time it is, of how many I/Os. */
function timingNote(cell: ResultCell): Block[] {
  const { timing } = cell;
  if (!timing) return [];
  const { clock, sliceIos: { warm, cold, group } } = timing;
  const whose = clock === "thread CPU"
    ? "CPU time of the thread"
    : "CPU time of the process";
  return [
    ...prose(
      "timing",
      `${whose}, of ${plural(warm, "I/O")} at a time, on warm caches` +
        (group === undefined
          ? ""
          : ` (${group === warm ? "each once" : `${group} of them in turn`})`) +
        `; below, wall time of the same and CPU time of the first ` +
        `${plural(cold, "I/O")} of a turn, on what others left in the ` +
        "caches",
    ),
    ...compilerNote(cell),
  ];
}

/** Who built what was timed, and where compilers differ. */
function compilerNote({ timing, layouts }: ResultCell): Block[] {
  const [first, ...more] = timing?.compilers ?? [];
  if (first === undefined) return [];
  if (more.length === 0) {
    return prose(
      "compilers",
      `all builds are ${printableCell(first)}'s: verdicts are of that compiler`,
    );
  }
  const names = [first, ...more].map((name) =>
    name.includes("clang") ? "clang" : "gcc"
  );
  const ratios = layouts.flatMap(({ name, byCompiler = [] }) =>
    byCompiler.length === 0 ? [] : [
      `${printableCell(name)} ${
        byCompiler.map(({ ratio }) => ratio.median.toFixed(3)).join(", ")
      }`,
    ]
  );
  return prose(
    "compilers",
    `builds of ${
      [first, ...more].map(printableCell).join(" and ")
    } in turn; a ` +
      `verdict needs both on one side of 1 (${names.join(", ")}: ${
        ratios.join("; ")
      })`,
  );
}

function opposedNote(cell: ResultCell): Block[] {
  const isDifferent = (verdict: string | null | undefined) =>
    verdict === "faster" || verdict === "slower";
  const opposed = cell.layouts.filter(({ verdict, cold }) =>
    isDifferent(verdict) && isDifferent(cold?.verdict) &&
    verdict !== cold?.verdict
  );
  return opposed.length === 0 ? [] : prose(
    "states",
    `warm and cold contradict each other on ${
      opposed.map(({ name }) => printableCell(name)).join(", ")
    }: say which`,
  );
}
