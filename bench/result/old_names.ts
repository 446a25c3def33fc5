/**
 * What earlier labs wrote otherwise: they said birth for a build, in keys of
 * setups, results and studies and in codes of warnings. Their files are read
 * as if they had been written today; this is the only place that knows.
 */

const KEY = '"(?:births?|betweenBirthSpread)"(?=\\s*:)';
const CODE = '"(?:single-birth|few-births)"';
const OLD = new RegExp(`${KEY}|${CODE}`, "g");

/**
 * Writes the JSON of an earlier lab with the names of today.
 *
 * @param text The text of the file.
 * @returns The text; everything stands where it stood, because each name is as
 *   long as the one before.
 *
 * @example A setup of an earlier lab
 * ```ts
 * import { withNamesOfToday } from "./old_names.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(withNamesOfToday('{"births": 3}'), '{"builds": 3}');
 * ```
 */
export function withNamesOfToday(text: string): string {
  return text.replace(
    OLD,
    (name) => name.replace("birth", "build").replace("Birth", "Build"),
  );
}
