/**
 * Reading what `lab merge --json` wrote, and a part of it as a result, so that
 * whatever reports a result can report a sweep.
 */
import { expectedBy } from "../../layouts/option_check.ts";
import { z } from "zod";
import { printableLine } from "../../sim/text/printable.ts";
import { name } from "../files/schema_parts.ts";
import { cellName } from "../result/likeness.ts";
import { parseJson } from "../files/parse_json.ts";
import { withNamesOfToday } from "../result/old_names.ts";
import type { LabResult, ResultCell } from "../result/result.ts";
import {
  RESULT_SCHEMA_VERSION,
  resultSchema,
  wholeSchema,
} from "../result/result_schema.ts";
import { resultJsonSchema } from "../result/result_json_schema.ts";
import { wholeResult } from "../result/short_result.ts";
import { type CellCondition, whereAll } from "../result/where.ts";
import { SWEEP_SCHEMA_VERSION } from "./cell_file.ts";
import { findPlanField } from "./plan_fields.ts";
import type { MergedCell, SweepResult } from "./sweep_result.ts";

const texts = z.record(z.string(), z.string());

const sweepSchema = z.looseObject({
  schemaVersion: z.literal(SWEEP_SCHEMA_VERSION).describe(
    "Version of this format.",
  ),
  tool: wholeSchema.shape.tool,
  kind: z.literal("sweep").describe("What the file is."),
  name: name.describe("Name of the plan."),
  plan: name.describe("Digest of the plan's cells, SHA-256."),
  axes: z.array(name).describe("Names of the fields that the plan gives."),
  version: name.describe("Version of the lab that made all cells."),
  commit: name.nullable().describe("Commit of that lab's checkout."),
  codeDigest: name.nullable().describe("Digest of that lab's own files."),
  machines: z.array(z.record(z.string(), z.unknown())).describe(
    "The machines that times are of: CPU, kernel, runtime, compiler.",
  ),
  complete: z.boolean().describe("Whether all jobs of the plan are here."),
  missing: z.array(name).describe("Jobs that are not, such as exact/ID."),
  leftOut: z.array(z.looseObject({
    axes: texts.describe("Its values, by names of fields."),
    reason: z.string().describe("What contradicts what."),
  })).describe("Combinations that cannot be."),
  dropped: z.int().min(0).describe("Combinations that rules have dropped."),
  repeated: z.int().min(0).describe("Combinations of several sub-plans."),
  cells: z.array(z.looseObject({
    id: name.describe("Words of the setup, and a digest of it."),
    axes: texts.describe("Its values, by names of fields."),
    machine: z.int().min(0).nullable().describe(
      "Which of machines its times are of; null where it is not timed.",
    ),
    setup: z.record(z.string(), z.unknown()).describe(
      "Its setup, as lab run --setup reads it.",
    ),
    cell: z.looseObject({}).describe(
      "A cell of a result, without footprints by structure within stages.",
    ),
  })).min(1).describe("The cells, in the order of the plan."),
});

/**
 * Returns the JSON Schema of a merged sweep, as committed in
 * `bench/sweep.schema.json`; `cell` is that of a result.
 *
 * @returns The schema (draft 2020-12).
 */
export function sweepJsonSchema(): Record<string, unknown> {
  const { properties } = resultJsonSchema();
  const cell: unknown = Reflect.get(Object(properties).cells, "items");
  const schema = z.toJSONSchema(sweepSchema, { io: "input" });
  const items = Object(Reflect.get(Object(schema.properties).cells, "items"));
  const { description } = items.properties.cell;
  items.properties.cell = { ...Object(cell), description };
  return { ...schema, title: "bvec-lab sweep file" };
}

/**
 * Reads the text of a merged sweep.
 *
 * @throws {SyntaxError} If the text is not JSON.
 * @throws {TypeError} If it is not a merged sweep.
 */
export function readSweep(text: string, fileName: string): SweepResult {
  return checkedSweep(parseJson(withNamesOfToday(text), fileName), fileName);
}

function checkedSweep(value: unknown, fileName: string): SweepResult {
  const refuse = (issue: z.core.$ZodIssue | undefined, at: PropertyKey[]) =>
    new TypeError(
      printableLine(
        `Cannot read "${fileName}": ${
          [...at, ...issue?.path ?? []].map(String).join(".") || "it"
        } is not that of a sweep, expected ${
          issue === undefined ? "it" : expectedBy(issue)
        } as in the JSON of lab merge`,
      ),
    );
  const checked = sweepSchema.safeParse(value);
  if (!checked.success) throw refuse(checked.error.issues[0], []);
  const cells = checked.data.cells.map((merged, index): MergedCell => {
    const { id, axes, machine, setup, cell } = merged;
    const result = resultSchema.safeParse({
      schemaVersion: RESULT_SCHEMA_VERSION,
      ...{ tool: checked.data.tool, environment: {}, config: {}, seed: 0 },
      warnings: [],
      cells: [cell],
    });
    const [own] = result.data?.cells ?? [];
    if (own === undefined) {
      throw refuse(result.error?.issues[0], ["cells", index]);
    }
    // Made whole, thousands of footprints would take gigabytes.
    return { id, axes, machine, setup, cell: cell as unknown as ResultCell };
  });
  return { ...checked.data, cells } as SweepResult;
}

/** Returns whether a text seems to be a merged sweep, by its first keys. */
export function isSweep(text: string): boolean {
  return /^\s*\{[^[]*"kind":\s*"sweep"/.test(text.slice(0, 512));
}

/**
 * Returns a part of a sweep as a result.
 *
 * @param conditions Which cells; all if there is none.
 * @returns A result of those cells, whose options are what they have in common.
 * @throws {RangeError} If no cell fits, two differ in what a result does not
 * distinguish, or their times are of several machines.
 */
export function resultOfSweep(
  sweep: SweepResult,
  conditions: readonly CellCondition[],
): LabResult {
  const named = conditions.map(({ key, value }) => {
    // By any name that a plan may have for it.
    const of = findPlanField(key);
    return { key: typeof of === "string" ? key : of.name, value };
  });
  const chosen = whereAll(sweep.cells, named, ({ axes }) => axes);
  requireTold(chosen);
  const machines = new Set(chosen.flatMap(({ machine }) => machine ?? []));
  if (machines.size > 1) {
    throw new RangeError(
      `Cannot report the times of ${machines.size} machines as one result, ` +
        "expected --where that leaves cells of one",
    );
  }
  const [machine = 0] = machines;
  const setups = chosen.map(({ setup }) => setup);
  const [first = {}] = setups;
  const common = Object.entries(first).filter(([key, value]) =>
    setups.every((setup) => sameJson(setup[key], value))
  );
  const lists = ["workloads", "abis", "recognitions"].map((key) => [
    key,
    [...new Set(setups.flatMap((setup) => setup[key] as string[]))],
  ]);
  return {
    schemaVersion: RESULT_SCHEMA_VERSION,
    tool: sweep.tool,
    environment: {
      ...sweep.machines[machine],
      commit: sweep.commit,
      codeDigest: sweep.codeDigest,
    },
    config: Object.fromEntries([...common, ...lists]),
    seed: Number(first["seed"] ?? 1),
    warnings: [],
    complete: sweep.complete,
    cells: wholeResult({ cells: chosen.map(({ cell }) => cell) }).cells,
  };
}

/** A result knows a cell by fewer fields than a sweep. */
function requireTold(chosen: readonly MergedCell[]): void {
  const known = new Map<string, MergedCell>();
  for (const merged of chosen) {
    const key = cellName(merged.cell);
    const other = known.get(key);
    if (other !== undefined) {
      const [field = "seed"] = Object.keys(merged.axes).filter((name) =>
        merged.axes[name] !== other.axes[name]
      );
      const values = [other, merged].map(({ axes }) =>
        `${field}=${axes[field]}`
      );
      throw new RangeError(
        `Cannot report ${key} twice: found ${values.join(" and ")}, expected ` +
          `--where with one of them`,
      );
    }
    known.set(key, merged);
  }
}

function sameJson(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
