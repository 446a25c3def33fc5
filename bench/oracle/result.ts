/**
 * The result of replaying files of rows, as text and as JSON.
 *
 * @module
 */
import { plural } from "../../sim/text/plural.ts";
import { z } from "zod";

/** A row that the model got wrong. */
export interface OracleDifference {
  /** Line in the file, from 1. */
  readonly line: number;
  /** Name of the row. */
  readonly id: string;
  /** What differs, the first of it. */
  readonly text: string;
}

/** How a file of rows compares. */
export interface OracleFileResult {
  /** Name without ending. */
  readonly name: string;
  /** Rows in it. */
  readonly rows: number;
  /** Rows that the model covers. */
  readonly covered: number;
  /** Covered rows without any difference. */
  readonly exact: number;
  /** Covered rows in which the model leaves a part open, by part. */
  readonly open: Readonly<Record<string, number>>;
  /** Why the other rows are not exact: reason to number of rows. */
  readonly reasons: Readonly<Record<string, number>>;
  /** The first rows that differ. */
  readonly differences: readonly OracleDifference[];
}

/** The result over a folder. */
export interface OracleResult {
  /** Version of this shape. */
  readonly schemaVersion: 1;
  /** One entry a file, sorted by name. */
  readonly files: readonly OracleFileResult[];
}

/** The shape of {@linkcode OracleResult} for readers of the JSON. */
export const oracleResultSchema: z.ZodType<OracleResult> = z.object({
  schemaVersion: z.literal(1),
  files: z.array(z.object({
    name: z.string(),
    rows: z.number().int().min(0),
    covered: z.number().int().min(0),
    exact: z.number().int().min(0),
    open: z.record(z.string(), z.number().int().min(1)),
    reasons: z.record(z.string(), z.number().int().min(1)),
    differences: z.array(
      z.object({ line: z.number(), id: z.string(), text: z.string() }),
    ),
  })),
});

/**
 * True if no covered row differs.
 *
 * @param result The result.
 * @returns Whether the model is exact wherever it claims to cover.
 */
export function isExact(result: OracleResult): boolean {
  return result.files.every((file) => file.exact === file.covered);
}

/**
 * Formats a result as a table, reasons below their file.
 *
 * @param result The result.
 * @returns Lines, the last one ended.
 */
export function formatOracleResult(result: OracleResult): string {
  const width = Math.max(4, ...result.files.map((file) => file.name.length));
  const line = (name: string, numbers: readonly (string | number)[]) =>
    name.padEnd(width) +
    numbers.map((n) => String(n).padStart(9)).join("") + "\n";
  let text = line("file", ["rows", "covered", "exact"]);
  for (const file of result.files) {
    text += line(file.name, [file.rows, file.covered, file.exact]);
    for (const [part, rows] of Object.entries(file.open)) {
      text += `  ${plural(rows, "row")}: ${part} not compared\n`;
    }
    for (const [reason, rows] of Object.entries(file.reasons)) {
      text += `  ${plural(rows, "row")}: ${reason}\n`;
    }
    for (const { line, id, text: what } of file.differences) {
      text += `  line ${line}, ${id}: ${what}\n`;
    }
  }
  return text;
}
