/** Where two values of JSON differ. */

/**
 * Lists where two values differ: keys that one lacks, and leaves that are not
 * the same. Strings are compared line by line.
 *
 * @returns A line for each difference, in the order of `before`.
 * @example A figure and a key
 * ```ts
 * import { outcomeDifferences } from "./differences.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(outcomeDifferences({ a: [1, 2], b: 0 }, { a: [1, 3] }, "cell"), [
 *   "cell.a[1]: 2, then 3",
 *   "cell.b: 0, then nothing",
 * ]);
 * ```
 */
export function outcomeDifferences(
  before: unknown,
  after: unknown,
  path: string,
): string[] {
  if (Object.is(before, after)) return [];
  if (typeof before === "string" && typeof after === "string") {
    const lines = before.split("\n");
    if (lines.length > 1) {
      return outcomeDifferences(lines, after.split("\n"), `${path} by line`);
    }
  }
  if (!isObject(before) || !isObject(after)) {
    return [`${path}: ${shown(before)}, then ${shown(after)}`];
  }
  if (Array.isArray(before) !== Array.isArray(after)) {
    return [`${path}: ${shown(before)}, then ${shown(after)}`];
  }
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) =>
    outcomeDifferences(
      before[key],
      after[key],
      Array.isArray(before) ? `${path}[${key}]` : `${path}.${key}`,
    )
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = JSON.stringify(value);
  return text.length > 100 ? `${text.slice(0, 97)}...` : text;
}
