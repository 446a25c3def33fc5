/**
 * What a sweep leaves in its folder, so that any part of it can be made
 * anywhere and be merged by whoever has the folders:
 *
 *     DIR/manifest.json      which cells there are (bench/sweep/manifest.ts)
 *     DIR/exact/ID.json      exact figures of a cell: the same on every machine
 *     DIR/timed/ID.json      times of a cell, and the machine that they are of
 *
 * A file of a cell is
 *
 *     {schemaVersion, tool: {name, version}, kind: "sweep cell", job, id,
 *      plan: digest, seed, axes: {NAME: text}, setup, environment, inputs,
 *      warnings, cell}
 *
 * `cell` is a cell of a result of `lab run` (in its short form, without
 * samples, if it has exact figures); `setup` is what `lab run --setup FILE`
 * takes. Files of exact figures hold nothing that changes from one time to the
 * next (no date, no load), so they are the same byte for byte whenever they are
 * made. Each is written whole or not at all.
 */
import { expectedBy } from "../../layouts/option_check.ts";
import { z } from "zod";
import { join } from "@std/path";
import { printableJson } from "../../sim/text/printable.ts";
import { writeWhole } from "../shell/output.ts";
import { parseJson } from "../files/parse_json.ts";
import { withNamesOfToday } from "../result/old_names.ts";
import { LONGEST_RESULT_BYTES, readText } from "../files/read_text.ts";
import type { LabResult, ResultCell } from "../result/result.ts";
import { MACHINE_KEYS } from "../result/likeness.ts";
import { resultSchema } from "../result/result_schema.ts";
import { labTool, TOOL_NAME } from "../machine/tool.ts";
import { shortCell } from "../result/short_result.ts";
import { systemReason } from "../files/system_reason.ts";
import { JOB_KINDS, type JobKind, type SweepCell } from "./sweep_cell.ts";

export const SWEEP_SCHEMA_VERSION = 1;

const cellFileSchema = z.object({
  schemaVersion: z.literal(SWEEP_SCHEMA_VERSION),
  tool: z.object({ name: z.literal(TOOL_NAME), version: z.string() }),
  kind: z.literal("sweep cell"),
  job: z.enum(JOB_KINDS),
  id: z.string().min(1),
  /** Digest of the plan that it was made for. */
  plan: z.string().min(1),
  seed: z.number(),
  axes: z.record(z.string(), z.string()),
  setup: z.record(z.string(), z.unknown()),
  environment: z.record(z.string(), z.unknown()),
});

export interface CellFile extends Readonly<z.output<typeof cellFileSchema>> {
  readonly inputs: NonNullable<LabResult["inputs"]>;
  readonly warnings: LabResult["warnings"];
  readonly cell: ResultCell;
}

/** Of the environment, what is the same whenever one looks. */
const LASTING = new Set([
  ...MACHINE_KEYS,
  ...["typescript", "commit", "modified", "codeDigest"],
]);

export type FoundFigures = Pick<
  CellFile,
  "environment" | "inputs" | "warnings" | "cell"
>;

export function cellFile(
  { id, axes, setup }: SweepCell,
  of: { plan: string; job: JobKind; found: FoundFigures },
): CellFile {
  const { found, job, plan } = of;
  const { environment, inputs, warnings, cell } = found;
  return {
    schemaVersion: SWEEP_SCHEMA_VERSION,
    tool: labTool(),
    kind: "sweep cell",
    job,
    id,
    plan,
    seed: setup.seed,
    axes: { ...axes },
    setup: { ...setup },
    environment: job === "timed" ? environment : Object.fromEntries(
      Object.entries(environment).filter(([key]) => LASTING.has(key)),
    ),
    inputs,
    warnings,
    cell: kept(cell, job),
  };
}

/**
 * Structures within stages are most of a file: what they sum to is kept. Exact
 * figures are stored as differences from those of the first layout.
 */
function kept(cell: ResultCell, job: JobKind): ResultCell {
  if (job === "exact") return shortCell(cell);
  return JSON.parse(
    JSON.stringify(
      cell,
      (key, value) => key === "structuresInStages" ? undefined : value,
    ),
  );
}

/** Where the file of a cell is. */
export function cellPath(folder: string, job: JobKind, id: string): string {
  return join(folder, job, `${id}.json`);
}

/**
 * Writes the file of a cell, whole or not at all.
 *
 * @param folder The folder of the sweep, made by `openFolder()`.
 * @throws {Error} If it cannot be written.
 */
export async function writeCellFile(
  folder: string,
  file: CellFile,
): Promise<void> {
  const text = printableJson(JSON.stringify(file)) + "\n";
  await writeWhole(cellPath(folder, file.job, file.id), text, { force: true });
}

/**
 * Reads the file of a cell.
 *
 * @throws {Error} If it cannot be read, or is none.
 */
export async function readCellFile(path: string): Promise<CellFile> {
  let text: string;
  try {
    text = await readText(path, LONGEST_RESULT_BYTES);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw error;
    throw new RangeError(
      `Cannot read "${path}": ${systemReason(error)}, expected a cell of a ` +
        "sweep",
    );
  }
  const value = parseJson(withNamesOfToday(text), path);
  const checked = cellFileSchema.safeParse(value);
  const { cell, inputs = [], warnings = [] } = Object(value);
  const result = checked.success
    ? resultSchema.safeParse({
      ...checked.data,
      config: {},
      warnings,
      inputs,
      cells: [cell],
    })
    : undefined;
  const [whole] = result?.data?.cells ?? [];
  if (whole !== undefined) {
    return { ...value as CellFile, inputs, warnings, cell: whole };
  }
  const issue = (checked.error ?? result?.error)?.issues[0];
  throw new TypeError(
    `Cannot read "${path}": ${
      issue?.path.join(".") || "it"
    } is not that of a sweep's cell, expected ${
      issue === undefined ? "one" : expectedBy(issue)
    }`,
  );
}
