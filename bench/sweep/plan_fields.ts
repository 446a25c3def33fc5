/**
 * What a plan of a sweep may name: every field of a run's setup, by the key
 * that a setup file has, by its option, or by a singular of its own, and the
 * device that queue limits are of; and how a value in the plan becomes one of
 * the setup.
 */
import { z } from "zod";
import { defaultCpu } from "../../sim/cache/presets.ts";
import { DEFAULT_API } from "../../sim/block/direct_io.ts";
import {
  defaultOf,
  type Field,
  plainFieldsOf,
  unwrapped,
  valueAt,
} from "../../sim/text/field.ts";
import { parseQuantity } from "../../sim/text/quantity.ts";
import { nearText } from "../../sim/text/unknown_name.ts";
import { placementOptions } from "../../sim/workload/placement_options.ts";
import { readFieldText } from "../setup/field_text.ts";
import { nameList } from "../shell/option_text.ts";
import { type GivenSetup, RUN_FIELDS } from "../setup/options.ts";
import { runSchema } from "../setup/run_fields.ts";
import { DEVICE_FIELD } from "./plan_device.ts";
import { DEFAULT_DEVICE } from "../../sim/setup/device_limits.ts";

export interface PlanField {
  /** Its name in ids, tables and columns, such as `abi` or `dma-mask`. */
  readonly name: string;
  readonly names: readonly string[];
  /** Keys that lead to it in a setup. */
  readonly path: readonly string[];
  /** Whether the setup has a list and a cell one value of it. */
  readonly isEach: boolean;
  /** Whether a value is a whole list: layouts are compared inside a cell. */
  readonly isSet: boolean;
  /** Whether cells can differ in it: what changes no result cannot. */
  readonly isAxis: boolean;
  /** Its place among all: cells count through the last one first. */
  readonly rank: number;
  readonly field: Field;
}

/** A setup of a plan, which may have the device's name instead of limits. */
export type PlanSetup = GivenSetup & { readonly device?: string };

/** A value of a field, as in the setup and as shown to a reader. */
export interface PlanValue {
  /** For the setup; nothing where the default is meant. */
  readonly value: unknown;
  /** For ids, tables and columns. */
  readonly text: string;
}

/** Lists of a setup; each cell has one value of each. */
const EACH: Readonly<Record<string, string>> = {
  workloads: "workload",
  abis: "abi",
  recognitions: "recognition",
};
/** Names of fields whose option or key is no good name of an axis. */
const NAMES: Readonly<Record<string, string>> = {
  ...EACH,
  layouts: "layout",
  "machine.vmemmap": "vmemmap",
};
/** What changes no figure: where things are kept, and what memory there is. */
const NO_AXES: readonly string[] = ["memoryBytes", "nativeCache"];

/** Longest part of a name that a complaint quotes. */
const LONGEST_NAME = 40;

/** The text of a value that is not given. */
const DEFAULT_TEXT = "default";

/**
 * The part of a setup that has an option, and what has none but the key of a
 * file.
 */
const ALL_FIELDS: readonly Field[] = [
  ...RUN_FIELDS.flatMap((field) =>
    field.path.join(".") === "limits"
      ? [DEVICE_FIELD]
      : field.note.entries === undefined
      ? [field]
      : []
  ),
  ...plainFieldsOf(runSchema),
];

/** All fields of a plan, in the order in which cells count through them. */
export const PLAN_FIELDS: readonly PlanField[] = inOrder(
  ALL_FIELDS.map(planField),
);

/** The cache model is the last to change: what it is fed with stays the same. */
function inOrder(fields: readonly Omit<PlanField, "rank">[]): PlanField[] {
  const first = ["workload", "abi", "recognition", "kernel", "engine"];
  const place = ({ name }: { name: string }) => {
    const index = first.indexOf(name);
    if (name === "cpu") return 2;
    return index >= 0 ? index / first.length : 1;
  };
  return fields.toSorted((a, b) => place(a) - place(b))
    .map((of, rank) => ({ ...of, rank }));
}

function planField(field: Field): Omit<PlanField, "rank"> {
  const { path, note } = field;
  const key = path.join(".");
  const flag = note.flag?.replace(/^--/, "");
  const name = NAMES[key] ?? note.entry ?? flag ?? key;
  const leaf = path.at(-1) ?? key;
  const isAlone = ALL_FIELDS.filter((other) => other.path.at(-1) === leaf)
    .length === 1;
  const names = [
    name,
    key,
    ...(flag ? [flag] : []),
    ...(isAlone ? [leaf] : []),
  ];
  return {
    name,
    names: [...new Set(names)],
    path,
    isEach: Object.hasOwn(EACH, key),
    isSet: key === "layouts",
    isAxis: !NO_AXES.includes(key),
    field,
  };
}

/**
 * Finds a field by any of its names.
 *
 * @returns The field, or what is wrong with the name.
 */
export function findPlanField(name: string): PlanField | string {
  const found = PLAN_FIELDS.find(({ names }) => names.includes(name));
  if (found !== undefined) return found;
  const known = PLAN_FIELDS.flatMap(({ names }) => names);
  const near = nearText(name, known);
  const quoted = name.length > LONGEST_NAME
    ? `${name.slice(0, LONGEST_NAME)}...`
    : name;
  return `found unknown field "${quoted}"${near}, expected ` +
    (near === "" ? "a field of lab run --setup, such as abi" : "a known one");
}

/**
 * Reads a value of a plan.
 *
 * @param json What the plan says: as in a setup file, or the text that its
 * option takes; null for the default.
 * @throws {Error} If it is none; the message says what was expected.
 */
export async function readPlanValue(
  of: PlanField,
  json: unknown,
): Promise<PlanValue> {
  if (json === null) return { value: undefined, text: DEFAULT_TEXT };
  const value = await decoded(of, json);
  return { value, text: textOf(of, value) };
}

async function decoded(of: PlanField, json: unknown): Promise<unknown> {
  const { note, schema } = of.field;
  if (of.isSet) {
    const list = Array.isArray(json) ? json : [json];
    const texts = list.filter((one) => typeof one === "string");
    const named = texts.length === 0
      ? []
      : await readFieldText(note, texts) as string[];
    return checked(schema, [
      ...named,
      ...list.filter((one) => typeof one !== "string"),
    ]);
  }
  if (of.isEach) {
    if (typeof json !== "string") throw new TypeError("expected a name");
    const [one] = await readFieldText(note, [json]) as unknown[];
    checked(schema, [one]);
    return one;
  }
  if (typeof json === "string") {
    if (note.text !== undefined || note.file !== undefined) {
      const text = unwrapped(schema) instanceof z.ZodArray
        ? nameList()(json)
        : json;
      return checked(schema, await readFieldText(note, text));
    }
    if (note.entry !== undefined) {
      const most = of.field.parent?.note.entries?.most ??
        Number.MAX_SAFE_INTEGER;
      return checked(
        schema,
        parseQuantity(json, { kind: "size", least: 0, most }),
      );
    }
  }
  // Its schema takes anything: what it may be is said where it is used.
  if (of.name === "placement" && typeof json === "object" && json !== null) {
    placementOptions(json);
  }
  return checked(schema, json);
}

function checked(schema: z.ZodType, value: unknown): unknown {
  const parsed = schema.safeParse(value);
  if (parsed.success) return value;
  const [issue] = parsed.error.issues;
  const message = issue?.message ?? "another value";
  const where = (issue?.path ?? []).map(String).join(".");
  throw new TypeError(
    `expected ${
      message.replace(/^(Invalid|Too) \w+: /, "").replace(/^expected /, "")
        .replace(/, received .*$/, "")
    }${where === "" ? "" : ` in ${where}`}`,
  );
}

/** Short and the same on every machine. */
function textOf({ isSet, field: { note } }: PlanField, value: unknown): string {
  if (isSet && Array.isArray(value)) {
    return value.map((one) => typeof one === "string" ? one : nameOf(one))
      .join("+");
  }
  if (typeof value === "string") return value;
  if (typeof value !== "object") {
    return note.text === undefined || typeof value === "boolean"
      ? String(value)
      : String(z.encode(note.text, value));
  }
  const text = note.text && z.encode(note.text, value);
  return typeof text === "string" && text !== "" ? text : nameOf(value);
}

function nameOf(value: unknown): string {
  const name: unknown = Object(value).name;
  return typeof name === "string" ? name : JSON.stringify(value);
}

/**
 * Puts a value into a setup.
 *
 * @param setup The setup; unchanged.
 * @param value The value; nothing leaves the field out.
 */
export function withPlanValue(
  setup: PlanSetup,
  of: PlanField,
  value: unknown,
): PlanSetup {
  const own = of.isEach && value !== undefined ? [value] : value;
  return withValue(setup, of.path, own) as PlanSetup;
}

function withValue(
  setup: object,
  [key = "", ...rest]: readonly string[],
  value: unknown,
): object {
  if (rest.length === 0) {
    const { [key]: _before, ...others } = setup as Record<string, unknown>;
    return value === undefined ? others : { ...others, [key]: value };
  }
  const before = Object(Reflect.get(setup, key) ?? {});
  return { ...setup, [key]: withValue(before, rest, value) };
}

/**
 * Returns the text of a field in a setup.
 *
 * @param setup The setup of a cell; what it lacks has its default.
 * @returns The text, with defaults spelled out.
 */
export function setupText(of: PlanField, setup: PlanSetup): string {
  const value = valueAt(setup, of.path) ?? usualValue(of, setup);
  if (value === undefined) return DEFAULT_TEXT;
  const one = of.isEach && Array.isArray(value) ? value[0] : value;
  return textOf(of, one);
}

/** What is taken where a setup says nothing, as far as there is a name for it. */
function usualValue(of: PlanField, setup: PlanSetup): unknown {
  switch (of.name) {
    case "device":
      return DEFAULT_DEVICE;
    case "engine":
      return "js";
    case "cpu":
      return defaultCpu(setup.abis?.[0] ?? "lp64");
    case "api":
      return DEFAULT_API;
    default:
      return defaultOf(of.field.schema);
  }
}
