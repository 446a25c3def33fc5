/** Keys of an object: which are known, and which one was meant. */
import { nearNames } from "./near_names.ts";
import { describeValue, quote } from "./value_text.ts";

const MOST_KEYS = 24;

/**
 * Makes the error of a key that is not known.
 *
 * @param where Which part of an argument has the keys; empty for the only one.
 */
export function unknownKey(
  what: string,
  where: string,
  { key, known }: { readonly key: string; readonly known: readonly string[] },
): TypeError {
  return new TypeError(
    `Cannot ${what}: found unknown key ${quote(key)}` +
      `${where === "" ? "" : ` in ${where}`}, expected ` +
      expectedKey(key, known),
  );
}

/**
 * Says which key was expected where one is not known.
 *
 * @returns The one that is near, or those that are known.
 */
export function expectedKey(key: string, known: readonly string[]): string {
  const [near] = nearNames(key, known);
  if (near !== undefined) return `"${near}"`;
  if (known.length === 0) return "only known ones";
  return known.length > MOST_KEYS
    ? `one of: ${known.slice(0, MOST_KEYS).join(", ")}, ...`
    : `one of: ${known.join(", ")}`;
}

/**
 * Refuses what is not an object, or has a key that is not known.
 *
 * @param what What cannot be done, such as `make a window`.
 * @param label Which argument it is.
 * @throws {TypeError} Naming it, or the key.
 */
export function checkKeys(
  what: string,
  label: string,
  value: unknown,
  known: readonly string[],
): void {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new TypeError(
      `Cannot ${what}: found ${label} ${describeValue(value)}, expected an ` +
        "object",
    );
  }
  for (const key of Object.keys(value)) {
    if (!known.includes(key)) throw unknownKey(what, label, { key, known });
  }
}
