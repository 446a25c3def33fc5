/**
 * Text in a field of CSV that a spreadsheet opens: a field that begins as a
 * formula does would be one (OWASP, CSV Injection).
 */

import { printableLine } from "../../sim/text/printable.ts";

/**
 * What a formula begins with, also in full width: at the beginning of a field,
 * of a line in it, and after what other locales separate fields with. A lone
 * hyphen is not a formula.
 */
const FORMULA = /(?<=^|[;|\n])(?=\s*[=+\-@\uff1d\uff0b\uff0d\uff20])(?!-$)/g;

/**
 * Makes text safe for a field.
 *
 * @returns Printable text, with an apostrophe before what would be a formula:
 *   a spreadsheet then shows it.
 */
export function csvText(text: string): string {
  return text.split("\n").map(printableLine).join("\n")
    .replaceAll(FORMULA, "'");
}
