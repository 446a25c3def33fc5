/**
 * Values of a result file that may be untrusted: its names are in lines of
 * text, and are asked for by name.
 */
import { printableLine } from "../../sim/text/printable.ts";

/** Longer than any name or line of a result; QEMU's command line has 2,000. */
const LONGEST_TEXT = 4000;

/**
 * Makes every text of a value one printable line, and every object one that
 * has no keys but its own.
 *
 * @param value What `JSON.parse()` gave, of a bounded depth.
 * @returns The same, except for texts that no line could hold.
 */
export function ownValues(value: unknown): unknown {
  if (typeof value === "string") return shortLine(value);
  if (Array.isArray(value)) return value.map(ownValues);
  if (typeof value !== "object" || value === null) return value;
  const own: Record<string, unknown> = Object.create(null);
  for (const [key, inner] of Object.entries(value)) {
    own[shortLine(key)] = ownValues(inner);
  }
  return own;
}

/**
 * Leaves an object no keys but its own, so that a function of the name
 * `constructor` is not there unless it was counted.
 *
 * @param value Objects and arrays, of a bounded depth; changed in place.
 */
export function withoutInherited<Value>(value: Value): Value {
  if (typeof value !== "object" || value === null) return value;
  for (const inner of Object.values(value)) withoutInherited(inner);
  if (!Array.isArray(value)) Object.setPrototypeOf(value, null);
  return value;
}

/**
 * Makes a text one line, without what a terminal would act on, cut if it is too
 * long.
 */
export function shortLine(text: string): string {
  const cut = text.length <= LONGEST_TEXT
    ? text
    : `${text.slice(0, LONGEST_TEXT - 3)}...`;
  return printableLine(cut);
}
