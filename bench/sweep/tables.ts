/** The rows of a sweep as CSV and as Parquet, part by part. */
import { stringify } from "@std/csv";
import config from "../../deno.json" with { type: "json" };
import { csvText } from "../text/csv_text.ts";
import { TOOL_NAME } from "../machine/tool.ts";
import { type Row, type RowColumn, SweepRows } from "./rows.ts";
import { mergedCells } from "./sweep_result.ts";
import type { Survey } from "./survey.ts";

/** Rows of a group of a Parquet file: what is in memory at once. */
const GROUP_ROWS = 16_384;

/** Looks through a sweep for its columns. */
export async function sweepRows(
  survey: Survey,
  signal?: AbortSignal,
): Promise<SweepRows> {
  const rows = new SweepRows(survey.manifest.axes);
  for await (const cell of mergedCells(survey, signal)) rows.look(cell);
  return rows;
}

/**
 * Returns the rows as CSV (RFC 4180): a line of names, then one for each row;
 * an empty field is "missing".
 */
export async function* csvParts(
  survey: Survey,
  rows: SweepRows,
  signal?: AbortSignal,
): AsyncGenerator<string> {
  const { columns } = rows;
  yield csvLines([columns.map(({ name }) => csvText(name))]);
  for await (const cell of mergedCells(survey, signal)) {
    yield csvLines(
      rows.rows(cell).map((row) =>
        columns.map(({ name }) => {
          const value = row.get(name) ?? "";
          return typeof value === "string" ? csvText(value) : value;
        })
      ),
    );
  }
}

function csvLines(lines: (string | number)[][]): string {
  return lines.length === 0 ? "" : stringify(lines, { headers: false });
}

/**
 * Writes the rows as a Parquet file, compressed with Snappy.
 *
 * @param to Takes the bytes, part by part; and an interrupt.
 */
export async function writeParquet(
  survey: Survey,
  rows: SweepRows,
  to: { write: (bytes: Uint8Array) => void; signal?: AbortSignal },
): Promise<void> {
  // No other command has a use for it.
  const { ByteWriter, ParquetWriter, schemaFromColumnData } = await import(
    "hyparquet-writer"
  );
  const { columns } = rows;
  const out = new ByteWriter();
  const flush = () => {
    to.write(out.getBytes());
    out.index = 0;
  };
  const writer = new ParquetWriter({
    writer: out,
    schema: schemaFromColumnData({ columnData: dataOf(columns, []) }),
    createdBy: `${TOOL_NAME} ${config.version}`,
    kvMetadata: [
      { key: "plan", value: survey.manifest.digest },
      { key: "name", value: survey.manifest.name },
      { key: "machines", value: JSON.stringify(survey.machines) },
      ...Object.entries(survey.made).map(([key, value]) => ({
        key,
        value: String(value),
      })),
    ],
  });
  let group: Row[] = [];
  const write = () => {
    if (group.length === 0) return;
    writer.write({
      columnData: dataOf(columns, group),
      rowGroupSize: GROUP_ROWS * 2,
    });
    group = [];
    flush();
  };
  for await (const cell of mergedCells(survey, to.signal)) {
    group.push(...rows.rows(cell));
    if (group.length >= GROUP_ROWS) write();
  }
  write();
  writer.finish();
  flush();
}

function dataOf(columns: readonly RowColumn[], rows: readonly Row[]) {
  return columns.map(({ name, type }) => ({
    name,
    type,
    data: rows.map((row) => row.get(name) ?? null),
  }));
}
