/**
 * What a report is made of, whatever form it then takes: every format prints
 * the same blocks, so that none can leave one out.
 */
import type { LabWarning } from "../statistics/warning.ts";
import type { ChartSpec } from "../draw/chart_svg.ts";
import type { Drawing } from "../draw/drawing.ts";
import type { Column } from "../text/plain_table.ts";

export type FieldValue = string | number | null | undefined;

/**
 * What a program reads: the path in the result file, units included, such as
 * `nsPerIo.median`, and what is there.
 */
export type CsvField = readonly [key: string, value: FieldValue];

/** A column for a reader, with what a program reads in its place. */
export interface FigureColumn<Row> extends Column<Row> {
  /** The fields that the text of a cell was made from; none in CSV if absent. */
  readonly fields?: (row: Row) => readonly CsvField[];
}

export interface TableCell {
  /** What a program reads. */
  readonly fields: readonly CsvField[];
  /** The text in about `width` characters. */
  readonly text: (width: number) => string;
}

export interface TableRow {
  /** The layout that it is about; absent where it is about the whole cell. */
  readonly layout?: string | undefined;
  readonly cells: readonly TableCell[];
}

export interface TableBlock {
  readonly kind: "table";
  readonly columns: readonly Column<TableRow>[];
  readonly rows: readonly TableRow[];
}

/** A picture, with the table that says the same to those who do not see it. */
interface PicturedTable {
  /** Its name among the files of `--svg`, in lower case, with hyphens. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** Its figures: all that is shown where nothing can be drawn. */
  readonly table: TableBlock;
}

/** A table that is also drawn as a chart. */
export interface ChartBlock extends PicturedTable {
  readonly kind: "chart";
  readonly spec: ChartSpec;
}

/** A table that is also drawn, but as no chart. */
export interface DrawingBlock extends PicturedTable {
  readonly kind: "drawing";
  readonly drawing: Drawing;
}

export type Block =
  | {
    readonly kind: "heading";
    readonly text: string;
  }
  | {
    readonly kind: "prose";
    /** What it says, for those who read by program. */
    readonly key: string;
    readonly text: string;
  }
  | {
    readonly kind: "warning";
    readonly warning: LabWarning;
  }
  | {
    readonly kind: "command";
    /** Its words, unquoted. */
    readonly words: readonly string[];
    /** What it is for, as a comment of the shell after it. */
    readonly comment?: string;
  }
  | {
    /** Literal lines, such as bytes in columns. */
    readonly kind: "listing";
    /** What it says, for those who read by program. */
    readonly key: string;
    readonly lines: readonly string[];
  }
  | TableBlock
  | ChartBlock
  | DrawingBlock;

/** Blocks that belong together, with a gap around them. */
export type Section = readonly Block[];

/**
 * Makes a paragraph.
 *
 * @returns The block; none of an empty text.
 */
export function prose(key: string, text: string): Block[] {
  return text === "" ? [] : [{ kind: "prose", key, text }];
}

/**
 * Joins paragraphs, which then take fewer lines.
 *
 * @param blocks The paragraphs; what is none is left out.
 */
export function joined(key: string, blocks: Section): Block[] {
  const texts = blocks.flatMap((one) => one.kind === "prose" ? [one.text] : []);
  return prose(key, texts.join(" "));
}

/**
 * Makes a table.
 *
 * @param layoutOf The layout that a row is about; default: none, a row is about
 *   the cell.
 * @returns The block; none without columns or rows.
 */
export function table<Row>(
  columns: readonly FigureColumn<Row>[],
  rows: readonly Row[],
  layoutOf: (row: Row) => string | undefined = () => undefined,
): Block[] {
  if (columns.length === 0 || rows.length === 0) return [];
  return [{
    kind: "table",
    columns: columns.map(({ cell: _, fields: __, ...column }, i) => ({
      ...column,
      cell: (row: TableRow, width: number) => row.cells[i]?.text(width) ?? "",
    })),
    rows: rows.map((row) => ({
      layout: layoutOf(row),
      cells: columns.map((column) => ({
        fields: column.fields?.(row) ?? [],
        text: (width: number) => column.cell(row, width),
      })),
    })),
  }];
}

/**
 * Returns the table of a block, be it drawn as well or not.
 *
 * @returns Its table; none of a block without.
 */
export function tableOf(block: Block): TableBlock | undefined {
  switch (block.kind) {
    case "table":
      return block;
    case "chart":
    case "drawing":
      return block.table;
    default:
      return undefined;
  }
}

/**
 * Makes a chart of a table, or returns the table unchanged.
 *
 * @param blocks What `table()` gave.
 * @param chart The chart, whose `spec` is nothing where there is nothing to draw.
 * @returns The same figures, drawn where they can be.
 */
export function charted(
  blocks: readonly Block[],
  { spec, ...chart }: Omit<ChartBlock, "kind" | "table" | "spec"> & {
    readonly spec: ChartSpec | undefined;
  },
): Block[] {
  return blocks.map((block) =>
    spec === undefined || block.kind !== "table"
      ? block
      : { kind: "chart", ...chart, spec, table: block }
  );
}
