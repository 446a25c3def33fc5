/** Calls with one part of working arguments wrong each time. */
import type { Entry } from "./entry.ts";

/** A wrong call: where it is wrong, and all arguments. */
export interface Wrong {
  readonly where: string;
  readonly args: readonly unknown[];
  /** Words that the message must have. */
  readonly says?: string;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null &&
    Object.getPrototypeOf(value) === Object.prototype;
}

/** Arguments with one part replaced, by its path. */
function replaced(
  value: unknown,
  path: readonly string[],
  by: (old: unknown) => unknown,
): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return by(value);
  const inner = replaced(Reflect.get(Object(value), key), rest, by);
  return Array.isArray(value)
    ? value.map((item, i) => String(i) === key ? inner : item)
    : { ...(value as object), [key]: inner };
}

/** Values of other types, and numbers that no range has. */
function wrongValues(value: unknown): readonly unknown[] {
  switch (typeof value) {
    case "string":
      return [5, null, {}, ["x"], () => ""];
    case "number":
      return [NaN, "7", null, {}, -Infinity];
    case "bigint":
      return [7, NaN, -1n, "7", null];
    case "boolean":
      return [1, "true", null];
    case "function":
      return [5, "x", null, {}];
    default:
      return [5, "?", NaN, null, () => {}];
  }
}

/** All of them, for one function. */
export function* wrongCalls(
  args: readonly unknown[],
  { loose = [], mayBeEmpty = [] }: Entry,
): Generator<Wrong> {
  const paths: string[][] = args.map((_, i) => [String(i)]);
  for (const path of paths) {
    const where = path.join(".");
    const value = path.reduce<unknown>(
      (at, key) => Reflect.get(Object(at), key),
      args,
    );
    const change = (by: (old: unknown) => unknown) =>
      replaced(args, path, by) as unknown[];
    for (const wrong of wrongValues(value)) {
      const text = typeof wrong === "bigint" ? `${wrong}n` : String(wrong);
      yield { where: `${where} = ${text}`, args: change(() => wrong) };
    }
    if (Array.isArray(value) && value.length > 0) {
      if (!mayBeEmpty.includes(where)) {
        yield { where: `${where} = []`, args: change(() => []) };
      }
      if (isPlain(value[0])) paths.push([...path, "0"]);
    }
    if (!isPlain(value) || loose.includes(where)) continue;
    yield {
      where: `${where}.zzz`,
      args: change((old) => ({ ...(old as object), zzz: 1 })),
      says: "zzz",
    };
    for (const key of Object.keys(value)) paths.push([...path, key]);
  }
}
