/**
 * Keys of a result's configuration, as a user knows them: by the options of
 * `lab run`. A list is one thing, whatever place in it differs.
 */
import { LIMITS } from "../../sim/setup/device_limits.ts";
import type { DifferingKey } from "./likeness.ts";

/** The option that sets a key of `config`. */
const OPTIONS: ReadonlyMap<string, string> = new Map([
  ["layouts", "--layout"],
  ["abis", "--abi"],
  ["workloads", "--workload"],
  ["recognitions", "--recognise"],
  ["kernel", "--kernel"],
  ["submitter", "--submitter"],
  ["api", "--api"],
  ["placement", "--placement"],
  ["ios", "--ios"],
  ["depth", "--depth"],
  ["batch", "--batch"],
  ["workers", "--workers"],
  ["devices", "--devices"],
  ["hwQueues", "--hw-queues"],
  ["poll", "--poll"],
  ["completeOn", "--complete-on"],
  ["engine", "--engine"],
  ["cc", "--cc"],
  ["counts", "--counts"],
  ["cpu", "--cpu"],
  ["rounds", "--rounds"],
  ["builds", "--builds"],
  ["widthPercent", "--width"],
  ["budgetSeconds", "--budget"],
  ["events", "--events"],
  ["format", "--format"],
]);

/** Of a longer list, only the number of entries is given. */
const MOST_LISTED = 6;

export interface DifferenceWords {
  /** What it is of: an option, or a key of the result. */
  readonly what: string;
  /** What it is in the first result, and in the second. */
  readonly before: string;
  readonly after: string;
}

/** Says in which options two results differ. */
export function differenceWords(
  unlike: readonly DifferingKey[],
  configs: {
    readonly before: Readonly<Record<string, unknown>>;
    readonly after: Readonly<Record<string, unknown>>;
  },
): DifferenceWords[] {
  const said = new Map<string, DifferenceWords>();
  for (const { key, before, after } of unlike) {
    const [, name = ""] = /^config\.(\w+)/.exec(key) ?? [];
    const [, limit = ""] = /^config\.limits\.(\w+)$/.exec(key) ?? [];
    const own = ownLayoutWords(key, configs.before);
    const option = own === undefined ? OPTIONS.get(name) : undefined;
    const what = own ?? option ??
      (limit === "" ? cellWords(key) : limitOption(limit));
    if (said.has(what)) continue;
    const values = option === undefined
      ? { before, after }
      : { before: configs.before[name], after: configs.after[name] };
    const say = what.startsWith("cell ") ? presence : shown;
    said.set(what, {
      what,
      before: say(values.before),
      after: say(values.after),
    });
  }
  return [...said.values()];
}

/** `config.layouts[1].structs`: what of a layout of the caller's differs. */
function ownLayoutWords(
  key: string,
  { layouts }: Readonly<Record<string, unknown>>,
): string | undefined {
  const [, index, part] = /^config\.layouts\[(\d+)\]\.(.*)$/s.exec(key) ?? [];
  if (index === undefined || !Array.isArray(layouts)) return undefined;
  return `${part} of layout ${nameOf(layouts[Number(index)])}`;
}

/** A layout that is not registered is in a list as its description. */
function nameOf(value: unknown): string {
  const name = typeof value === "object" && value !== null
    ? Reflect.get(value, "name")
    : value;
  return typeof name === "string" ? name : JSON.stringify(value);
}

/** `cells[CELL].layouts[1]`: the layouts of CELL. */
function cellWords(key: string): string {
  const [, cell, name] =
    /^cells\[(.*?)\](?:\.(\w+)(?:\[\d+\])?)?$/s.exec(key) ??
      [];
  if (cell === undefined) return key;
  return name === undefined ? `cell ${cell}` : `${name} of ${cell}`;
}

/** `maxSegments` is max_segments to the kernel's users. */
function limitOption(key: string): string {
  const found = [...LIMITS].find(([, name]) => name === key)?.[0];
  return `--limit ${found ?? key}`;
}

function presence(value: unknown): string {
  return value === null ? "absent" : "present";
}

function shown(value: unknown): string {
  if (value === undefined || value === null) return "not given";
  if (!Array.isArray(value)) return JSON.stringify(value);
  const names = value.slice(0, MOST_LISTED).map(nameOf).join(",");
  return value.length > MOST_LISTED ? `${names},... (${value.length})` : names;
}
