/**
 * The plan of a sweep (`lab sweep PLAN.json`): JSON, with every complaint at
 * its line and column.
 *
 * ```json
 * {
 *   "name": "abis and kernels",
 *   "axes": {
 *     "layout": ["phys_flags", "phyr"],
 *     "abi": ["lp64", "ilp32_pae"],
 *     "kernel": ["6.12", "7.2"],
 *     "workload": ["4k-hot", "128k-scattered"],
 *     "cpu": ["zen4", "pentium3"]
 *   },
 *   "rounds": 0,
 *   "ios": 1024,
 *   "exclude": [{"abi": "lp64", "cpu": "pentium3"}]
 * }
 * ```
 *
 * - `axes`: lists of values of any field of a run's setup. Cells are all
 *   combinations, except for `layout`, whose list is what each cell compares:
 *   layouts are compared inside a cell only.
 * - Any other key is a field with one value, such as `rounds`, `ios`, `seed`.
 * - A field has the name that a setup file has (`machine.iommu`), that of its
 *   option (`dma-mask`), or its singular (`abi`); a value is what a setup file
 *   has, or the text that the option takes (`"64KiB"`); null is the default.
 * - `include` keeps the cells that match one of its rules, `exclude` drops
 *   those that match one. A rule gives fields a value, or a list one of which
 *   has to fit; a cell matches if all of its fields do.
 * - `plans`: sub-plans, each with what is given beside them unless it says
 *   otherwise; cells are those of all sub-plans, each once.
 */
import { z } from "zod";
import { readJsonForm, shownText } from "../../sim/text/json_form.ts";
import { withNamesOfToday } from "../result/old_names.ts";
import {
  findPlanField,
  type PlanField,
  type PlanValue,
  readPlanValue,
} from "./plan_fields.ts";

export interface PlanAxis {
  readonly of: PlanField;
  /** Its values, one at least, each once. */
  readonly values: readonly PlanValue[];
}

/** Which cells a rule is about: all of its fields have one of the values. */
export type PlanRule = readonly PlanAxis[];

/** A plan without sub-plans: combinations of values. */
export interface PartPlan {
  /** Values of fields, in the order in which cells count through them. */
  readonly axes: readonly PlanAxis[];
  /** Rules one of which a cell has to match; all cells if there is none. */
  readonly include: readonly PlanRule[];
  /** Rules that no cell may match. */
  readonly exclude: readonly PlanRule[];
}

export interface SweepPlan {
  readonly name: string;
  /** Its parts, one at least. */
  readonly parts: readonly PartPlan[];
  readonly source: unknown;
}

const fieldValues = z.record(z.string(), z.unknown());
const rules = z.array(
  z.record(z.string(), z.unknown()).refine(
    (rule) => Object.keys(rule).length > 0,
    { error: "expected at least one field" },
  ),
);
const part = {
  axes: z.record(
    z.string(),
    z.array(z.unknown()).min(1, { error: "expected at least one value" }),
  ).default({}),
  include: rules.min(1, { error: "expected at least one rule" }).optional(),
  exclude: rules.optional(),
};
const schema = z.looseObject({
  schemaVersion: z.literal(1).optional(),
  name: shownText(80).optional(),
  ...part,
  plans: z.array(z.looseObject(part)).min(1, {
    error: "expected at least one plan",
  }).optional(),
});

type FilePart = z.output<typeof schema>;
type Path = readonly (string | number)[];
type Complain = (path: Path, found: string) => SyntaxError;

/** Keys of a plan that are not fields. */
const OWN_KEYS = ["axes", "include", "exclude"];
const TOP_KEYS = [...OWN_KEYS, "schemaVersion", "name", "plans"];

/**
 * Reads a plan.
 *
 * @throws {SyntaxError} If the text is not JSON of that form, a field is not
 * known, or a value is none of its field; names file, line and column.
 */
export async function readPlan(
  text: string,
  fileName: string,
): Promise<SweepPlan> {
  const today = withNamesOfToday(text);
  const { value, complaint } = readJsonForm(today, {
    kind: "plan",
    fileName,
    schema,
  });
  const shared = await readPart(value, { at: [], keys: TOP_KEYS, complaint });
  const parts: PartPlan[] = [];
  for (const [index, sub] of (value.plans ?? []).entries()) {
    const at = ["plans", index];
    const own = await readPart(sub, { at, keys: OWN_KEYS, complaint });
    parts.push(joined(shared, own));
  }
  return {
    name: value.name ?? fileName.replace(/^.*[\\/]/, "").slice(0, 80),
    parts: parts.length === 0 ? [ordered(shared)] : parts,
    source: JSON.parse(today),
  };
}

async function readPart(
  value: FilePart,
  from: { at: Path; keys: readonly string[]; complaint: Complain },
): Promise<PartPlan> {
  const { at, keys, complaint } = from;
  const axes = new Map<PlanField, PlanAxis>();
  const add = async (name: string, path: Path, values?: readonly unknown[]) => {
    const isAxis = values !== undefined;
    const of = fieldAt(name, path, complaint);
    if (isAxis && !of.isAxis) {
      throw complaint(
        path,
        `${nodeText(path)}: found a field that changes no result, expected ` +
          "it beside axes",
      );
    }
    if (axes.has(of)) {
      throw complaint(
        path,
        `${nodeText(path)}: found ${of.name} again, expected each field once`,
      );
    }
    const own: unknown = Reflect.get(value, name);
    axes.set(of, {
      of,
      values: of.isSet
        ? [await valueOf(of, values ?? own, path, complaint)]
        : await valuesOf(of, values ?? [own], { path, complaint, isAxis }),
    });
  };
  for (const [name, values] of Object.entries(value.axes)) {
    await add(name, [...at, "axes", name], values);
  }
  for (const name of Object.keys(value)) {
    if (!keys.includes(name)) await add(name, [...at, name]);
  }
  const rulesOf = async (key: "include" | "exclude") => {
    const read: PlanRule[] = [];
    for (const [index, rule] of (value[key] ?? []).entries()) {
      read.push(await readRule(rule, [...at, key, index], complaint));
    }
    return read;
  };
  return {
    axes: [...axes.values()],
    include: await rulesOf("include"),
    exclude: await rulesOf("exclude"),
  };
}

async function readRule(
  rule: z.output<typeof fieldValues>,
  at: Path,
  complaint: Complain,
): Promise<PlanRule> {
  const fields: PlanAxis[] = [];
  for (const [name, json] of Object.entries(rule)) {
    const path = [...at, name];
    const of = fieldAt(name, path, complaint);
    if (of.isSet) {
      throw complaint(
        path,
        `${nodeText(path)}: found layouts, which are in every cell, expected ` +
          "another field, or a sub-plan with other layouts",
      );
    }
    const values = Array.isArray(json) ? json : [json];
    if (values.length === 0) {
      throw complaint(
        path,
        `${nodeText(path)}: found [], expected at least one value`,
      );
    }
    fields.push({
      of,
      values: await valuesOf(of, values, {
        path,
        complaint,
        isAxis: Array.isArray(json),
      }),
    });
  }
  return fields;
}

function fieldAt(name: string, path: Path, complaint: Complain): PlanField {
  const found = findPlanField(name);
  if (typeof found !== "string") return found;
  const where = nodeText(path.slice(0, -1)) || "plan";
  throw complaint(path, `${where}: ${found}`);
}

async function valuesOf(
  of: PlanField,
  values: readonly unknown[],
  from: { path: Path; complaint: Complain; isAxis: boolean },
): Promise<PlanValue[]> {
  const { path, complaint, isAxis } = from;
  const read = new Map<string, PlanValue>();
  for (const [index, json] of values.entries()) {
    const at = isAxis ? [...path, index] : path;
    const value = await valueOf(of, json, at, complaint);
    const key = JSON.stringify(value.value) ?? "";
    if (read.has(key)) {
      throw complaint(
        at,
        `${nodeText(at)}: found ${
          cut(JSON.stringify(json))
        } again, expected each ` +
          "value once",
      );
    }
    read.set(key, value);
  }
  return [...read.values()];
}

async function valueOf(
  of: PlanField,
  json: unknown,
  path: Path,
  complaint: Complain,
): Promise<PlanValue> {
  try {
    return await readPlanValue(of, json);
  } catch (error) {
    const { message } = error as Error;
    const found = cut(JSON.stringify(json) ?? "nothing");
    const text = typeof json === "string"
      ? message.replaceAll(json, cut(json))
      : message;
    throw complaint(
      path,
      text.startsWith("expected ")
        ? `${nodeText(path)}: found ${found}, ${text}`
        : `${nodeText(path)}: ${
          text.replace(/^(Found|Cannot)/, (word) => word.toLowerCase()).replace(
            /\.$/,
            "",
          )
        }`,
    );
  }
}

/** Longest part of a plan that a complaint quotes. */
const LONGEST_QUOTE = 60;

function cut(text: string): string {
  return text.length > LONGEST_QUOTE
    ? `${text.slice(0, LONGEST_QUOTE)}...`
    : text;
}

/** A node, as keys that lead to it. */
function nodeText(path: Path): string {
  return cut(path.join("."));
}

function joined(shared: PartPlan, own: PartPlan): PartPlan {
  const named = new Set(own.axes.map(({ of }) => of));
  return ordered({
    axes: [...shared.axes.filter(({ of }) => !named.has(of)), ...own.axes],
    include: own.include.length > 0 ? own.include : shared.include,
    exclude: [...shared.exclude, ...own.exclude],
  });
}

/** However the file orders its axes, cells have one order. */
function ordered(plan: PartPlan): PartPlan {
  return {
    ...plan,
    axes: plan.axes.toSorted((a, b) => a.of.rank - b.of.rank),
  };
}
