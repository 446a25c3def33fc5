/**
 * Maps of a sweep: each layout over the values of each axis, and each layout
 * over the two axes that matter most.
 */
import { medianOf } from "../statistics/median.ts";
import {
  type Block,
  charted,
  type FigureColumn,
  table,
} from "../report/blocks.ts";
import { figureColumn, wordColumn } from "../report/columns.ts";
import { printableCell } from "../text/plain_table.ts";
import type { ChangeRow, SweepAxis, SweepChanges } from "./changes.ts";
import { panelsChart, type PanelSquare } from "./panels_chart.ts";
import type { Sensitivity } from "./sensitivity.ts";
import { changeText } from "./sweep_words.ts";

/** Values of an axis that are drawn; more are in the table. */
const MOST_DRAWN = 16;
/** Panels beside each other. */
const ACROSS = 3;

/** What a map shows of the cells of a value. */
type Shown = "change" | "best";

/** Cells that have one value, or two. */
interface Part {
  readonly names: readonly string[];
  readonly rows: readonly ChangeRow[];
}

/**
 * Draws each layout over the values of each axis: one map for each axis.
 *
 * @param shown The median change, or the share of cells in which it is best.
 */
export function axisMaps(changes: SweepChanges, shown: Shown): Block[] {
  const { metric, axes } = changes;
  return axes.flatMap((axis) => {
    const parts = axis.values.map((value): Part => ({
      names: [value],
      rows: changes.rows.filter(({ axes }) => axes[axis.name] === value),
    })).filter(({ rows }) => rows.length > 0);
    const spec = panelsChart([{
      title: axis.name,
      columns: axis.values.slice(0, MOST_DRAWN),
      squares: squaresOf(changes, parts.slice(0, MOST_DRAWN), shown),
    }], {
      rows: changes.layouts,
      text: textOf(shown),
      areShares: shown === "best",
    });
    const name = printableCell(axis.name);
    return charted(
      mapTable(changes, { parts, heads: [name], shown }),
      {
        name: `sweep-${metric.key}-${shown}-${axis.name}`,
        title: shown === "change"
          ? `By ${name}: median change of ${metric.title}, in percent`
          : `By ${name}: share of cells in which a layout is best, in percent`,
        description: (shown === "change"
          ? "Median over all cells of a value; blue is less than the " +
            "baseline, orange more."
          : "Layouts that have as little share a cell, so that columns may " +
            "sum to more than 100.") +
          (axis.values.length > MOST_DRAWN
            ? ` The first ${MOST_DRAWN} of ${axis.values.length} values; the ` +
              "table has all."
            : ""),
        spec,
      },
    );
  });
}

/**
 * Draws each layout over the two axes that matter most.
 *
 * @returns A chart of small multiples with its table; nothing with fewer axes.
 */
export function multiples(
  changes: SweepChanges,
  effects: Sensitivity,
): Block[] {
  const [down, across] = effects.axes.slice(0, 2).map(({ name }) =>
    changes.axes.find((axis) => axis.name === name)
  );
  if (down === undefined || across === undefined) return [];
  const { metric, layouts, baseline } = changes;
  const parts = down.values.flatMap((value) =>
    across.values.map((other): Part => ({
      names: [value, other],
      rows: changes.rows.filter(({ axes }) =>
        axes[down.name] === value && axes[across.name] === other
      ),
    }))
  ).filter(({ rows }) => rows.length > 0);
  const drawn = (axis: SweepAxis) => axis.values.slice(0, MOST_DRAWN);
  const rows = drawn(down);
  const spec = panelsChart(
    layouts.filter((name) => name !== baseline).map((layout) => ({
      title: printableCell(layout),
      columns: drawn(across),
      squares: parts.flatMap((part): PanelSquare[] => {
        const [row = "", column = ""] = part.names;
        const value = valueOf(part, layout, "change");
        return value === undefined || !rows.includes(row) ||
            !drawn(across).includes(column)
          ? []
          : [{ row, column, value }];
      }),
    })),
    { rows, text: changeText, across: ACROSS },
  );
  const heads = [printableCell(down.name), printableCell(across.name)];
  return charted(
    mapTable(changes, { parts, heads, shown: "change" }),
    {
      name: `sweep-${metric.key}-multiples`,
      title: `Each layout by ${heads.join(" and ")}: median change of ` +
        `${metric.title}, in percent`,
      description: `The two axes that matter most, ${heads[0]} down and ` +
        `${heads[1]} across; all panels have one scale, blue is less than ` +
        "the baseline, orange more.",
      spec,
    },
  );
}

function squaresOf(
  { layouts }: SweepChanges,
  parts: readonly Part[],
  shown: Shown,
): PanelSquare[] {
  return parts.flatMap((part) =>
    layouts.flatMap((row): PanelSquare[] => {
      const value = valueOf(part, row, shown);
      return value === undefined
        ? []
        : [{ row, column: part.names[0] ?? "", value }];
    })
  );
}

function valueOf(
  { rows }: Part,
  layout: string,
  shown: Shown,
): number | undefined {
  const own = rows.filter(({ changes }) => changes.has(layout));
  if (own.length === 0) return undefined;
  return shown === "change"
    ? medianOf(own.map(({ changes }) => changes.get(layout) as number))
    : 100 * own.filter(({ best }) => best.includes(layout)).length / own.length;
}

function textOf(shown: Shown): (value: number) => string {
  return shown === "change" ? changeText : (share) => share.toFixed(0);
}

function mapTable(
  { layouts }: SweepChanges,
  { parts, heads, shown }: {
    readonly parts: readonly Part[];
    readonly heads: readonly string[];
    readonly shown: Shown;
  },
): Block[] {
  const columns: FigureColumn<Part>[] = [
    ...heads.map((header, at) =>
      wordColumn<Part>(header, ({ names }) => printableCell(names[at] ?? ""))
    ),
    figureColumn("cells", ({ rows }) => rows.length, { text: String }),
    ...layouts.map((layout) =>
      figureColumn(
        printableCell(layout),
        (part: Part) => valueOf(part, layout, shown),
        { text: (value) => value === undefined ? "-" : textOf(shown)(value) },
      )
    ),
  ];
  return table(columns, parts);
}
