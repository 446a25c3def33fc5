/** The result of replaying files of rows, as text and as JSON. */
import { plural } from "../../sim/text/plural.ts";
import { z } from "zod";

const difference = z.object({
  /** Line in the file, from 1. */
  line: z.number(),
  id: z.string(),
  /** What differs, the first of it. */
  text: z.string(),
});

/** A row that the model got wrong. */
export type OracleDifference = z.infer<typeof difference>;

const fileResult = z.object({
  name: z.string(),
  rows: z.number().int().min(0),
  covered: z.number().int().min(0),
  exact: z.number().int().min(0),
  /** Covered rows in which the model leaves a part open, by part. */
  open: z.record(z.string(), z.number().int().min(1)),
  /** Why the other rows are not exact: reason to number of rows. */
  reasons: z.record(z.string(), z.number().int().min(1)),
  /** The first rows that differ. */
  differences: z.array(difference).readonly(),
});

/** How a file of rows compares. */
export type OracleFileResult = z.infer<typeof fileResult>;

/** Checks a result, for readers of the JSON. */
export const oracleResultSchema = z.object({
  schemaVersion: z.literal(1),
  /** One entry a file, sorted by name. */
  files: z.array(fileResult).readonly(),
});

/** The result over a folder. */
export type OracleResult = z.infer<typeof oracleResultSchema>;

/**
 * True if no covered row differs.
 *
 * @returns Whether the model is exact wherever it claims to cover.
 */
export function isExact(result: OracleResult): boolean {
  return result.files.every((file) => file.exact === file.covered);
}

/**
 * Formats a result as a table, reasons below their file.
 *
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
