/**
 * Columns of tables, each from what a row has in it: a figure, a word or an
 * interval, as a reader and, by its key, a program reads it.
 */
import type { Interval } from "../result/timing_types.ts";
import { formatEnds, formatFigure } from "../text/figure.ts";
import type { Column } from "../text/plain_table.ts";
import type { CsvField, FieldValue, FigureColumn } from "./blocks.ts";

/** How a column stands among others, and what else is said about it. */
interface ColumnOptions<Row, Value>
  extends Pick<Column<Row>, "group" | "repeats" | "splitRank"> {
  /**
   * Key of the field in CSV, the path in the result file; without one, as in a
   * table of pages alone, there is no field.
   */
  readonly key?: string | ((row: Row) => string);
  /** Writes what a row has, if not in the default way. */
  readonly text?: (value: Value, width: number, row: Row) => string;
}

type Figure = number | null | undefined;
type Ends = Interval | null | undefined;

/** Makes a column of figures, on the right. */
export function figureColumn<Row, Value extends Figure = Figure>(
  header: string,
  of: (row: Row) => Value,
  options: ColumnOptions<Row, Value> = {},
): FigureColumn<Row> {
  return column(header, of, {
    text: formatFigure,
    fieldsOf: oneField,
    ...options,
  });
}

/** Makes a column of words, on the left. */
export function wordColumn<Row>(
  header: string,
  of: (row: Row) => string,
  options: ColumnOptions<Row, string> = {},
): FigureColumn<Row> {
  const text = (word: string) => word;
  return {
    ...column(header, of, { text, fieldsOf: oneField, ...options }),
    left: true,
  };
}

export function endsColumn<Row>(
  header: string,
  of: (row: Row) => Ends,
  options: ColumnOptions<Row, Ends> = {},
): FigureColumn<Row> {
  return column(header, of, {
    text: formatEnds,
    fieldsOf: endFields,
    ...options,
  });
}

/** Makes the first column of a table: the names of its rows. */
export function nameColumn<Row extends { readonly name: string }>(
  header: string,
): FigureColumn<Row> {
  return wordColumn(header, ({ name }) => name, { key: "name" });
}

function column<Row, Value>(
  header: string,
  of: (row: Row) => Value,
  { key, text, fieldsOf, ...options }: ColumnOptions<Row, Value> & {
    readonly text: (value: Value, width: number, row: Row) => string;
    readonly fieldsOf: (key: string, value: Value) => CsvField[];
  },
): FigureColumn<Row> {
  return {
    header,
    cell: (row, width) => text(of(row), width, row),
    ...(key === undefined ? {} : {
      fields: (row: Row) =>
        fieldsOf(typeof key === "string" ? key : key(row), of(row)),
    }),
    ...options,
  };
}

function oneField(key: string, value: FieldValue): CsvField[] {
  return [[key, value]];
}

/** An interval as a reader sees it: without missing ends. */
function endFields(key: string, interval: Ends): CsvField[] {
  // Older labs wrote the one value of a single measurement as both ends.
  const { low = null, high = null } = interval ?? {};
  const isSingle = low === high;
  return [
    [`${key}.low`, isSingle ? null : low],
    [`${key}.high`, isSingle ? null : high],
  ];
}
