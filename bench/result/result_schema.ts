/**
 * Checks the result file: what `lab run --json` writes and every later step
 * reads.
 *
 * Programs outside rely on its keys: adding one is fine, changing what one means
 * raises {@linkcode RESULT_SCHEMA_VERSION}. Sizes are in bytes, times in ns;
 * what is missing is `null`.
 */
import { z } from "zod";
import { name, wholeCount } from "../files/schema_parts.ts";
import { TOOL_NAME } from "../machine/tool.ts";
import { cell, warning } from "./cell_schema.ts";
import type { LabResult } from "./result.ts";
import { wholeResult } from "./short_result.ts";

/** The version of the result file that this lab writes. */
export const RESULT_SCHEMA_VERSION = 1;

/** More than any run has, and few enough for a report of all of them. */
const MOST_CELLS = 65536;

const openRecord = z.record(z.string(), z.unknown());

/** A whole result of this version. */
export const wholeSchema = z.looseObject({
  schemaVersion: z.literal(RESULT_SCHEMA_VERSION).describe(
    "Version of this format.",
  ),
  tool: z.looseObject({
    name: z.literal(TOOL_NAME).describe("Its name."),
    version: name.describe("Its version."),
  }).describe("What wrote the file."),
  environment: openRecord.describe("The machine and the runtime."),
  config: openRecord.describe(
    "The options of the run, with their defaults; layouts that are not registered as their description.",
  ),
  seed: z.number().int().describe("Seed of every random choice."),
  inputs: z.array(z.looseObject({
    name: name.describe("Its path, as given or found beside another one."),
    sizeBytes: wholeCount.nullable().describe(
      "Its length in bytes; null for a pipe.",
    ),
    sha256: z.string().regex(/^[0-9a-f]{64}$/).nullable().describe(
      "SHA-256 of its content, in hexadecimal; null for a pipe.",
    ),
  })).optional().describe("The files that the workloads read."),
  warnings: z.array(warning).describe("What a reader has to know."),
  interrupted: z.boolean().optional().describe(
    "Whether the run was interrupted.",
  ),
  complete: z.boolean().optional().describe(
    "Whether all cells of the run are here.",
  ),
  cells: z.array(cell).max(MOST_CELLS, {
    error: `expected at most ${MOST_CELLS} cells`,
  }).describe("The comparisons."),
});

/**
 * Checks a result of this version, in its short form as well, which it makes
 * whole; unknown keys pass.
 */
export const resultSchema: z.ZodType<LabResult> = z.preprocess(
  wholeResult,
  wholeSchema,
);
