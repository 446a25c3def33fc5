/** A result of a stranger's: hostile text wherever there can be any. */
import { assert } from "@std/assert";
import { fromFileUrl } from "@std/path";
import type { LabResult } from "../../../bench/result/result.ts";
import { resultSchema } from "../../../bench/result/result_schema.ts";

export const FILE = fromFileUrl(
  new URL("../../data/report/full_result.json", import.meta.url),
);
export const FULL: LabResult = JSON.parse(await Deno.readTextFile(FILE));

/** What a stranger may put before any text. */
export const HOSTILE = [
  "<script>alert(1)</script>",
  "](javascript:alert(1))",
  "[x](http://evil.example)",
  "![x](//evil.example/a.png)",
  "https://evil.example www.evil.example a@evil.example",
  "\u001b[31m\u009b2J",
  "a\nb",
  "\n\n# x\n\n```\n",
  "\r\nDeno.test('x', () => {});\r\n//",
  "=cmd|' /C calc'!A0",
  " +1+1",
  "\t-2+3",
  "@SUM(A1)",
  "x;=1+1",
  "\uff1d1+1",
  "`touch pwned`",
  "$(touch pwned)",
  "'; touch pwned; '",
  '"; touch pwned; "',
  "run --json /etc/x --force ",
  "--json=/etc/x ",
  "| a | b |",
  "1. x",
  "- x",
  "\u202e\u2066abc\u2069",
  "\u2028x\u2029",
  "\ud83d",
  "\u{e0041}\u200b\ufeff",
  "&lt;b&gt;",
  "$x^2$",
  "*/ x /*",
];

/** Applies a change to strings and keys below a value, where `isMeant`. */
export function changed(
  value: unknown,
  change: (text: string, path: string) => string,
  path = "",
): unknown {
  if (typeof value === "string") return change(value, path);
  if (Array.isArray(value)) {
    return value.map((item) => changed(item, change, `${path}[]`));
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      const own = `${path}.${key}`;
      return [change(key, `${own} (key)`), changed(inner, change, own)];
    }),
  );
}

/** A result that the lab takes, or nothing. */
export function asResult(value: unknown): LabResult | undefined {
  const read = resultSchema.safeParse(value);
  return read.success ? read.data : undefined;
}

/** The result with one of its cells alone. */
export function ofCell(index: number): LabResult {
  const cell = FULL.cells[index];
  return cell === undefined ? FULL : { ...FULL, cells: [cell] };
}

/**
 * Places of texts and keys that can be anything, with the smallest result that
 * has one.
 */
export const free = new Map<string, LabResult>();
for (const from of [0, 1, 2].map(ofCell)) {
  const places = new Set<string>();
  changed(from, (text, path) => (places.add(path), text));
  for (const place of places) {
    if (free.has(place)) continue;
    const one = changed(from, (text, at) => at === place ? `x${text}` : text);
    if (asResult(one) !== undefined) free.set(place, from);
  }
}

/** A result with a text before all that can be anything, or at one place. */
export function hostile(before: string, only?: string): LabResult {
  const from = (only === undefined ? undefined : free.get(only)) ?? FULL;
  const result = asResult(
    changed(
      from,
      (text, path) =>
        free.has(path) && (only === undefined || only === path)
          ? before + text
          : text,
    ),
  );
  assert(result !== undefined, before);
  return result;
}

export const WILD = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

/** In the place of pictures, which take most of a page's time. */
export const undrawn = () =>
  Promise.resolve({ widthPx: 1, heightPx: 1, body: "<g></g>" });
