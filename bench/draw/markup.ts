/**
 * Text in HTML and SVG: what is in a file of results must not become markup,
 * and must not turn the text around it.
 */
import { printableLine } from "../../sim/text/printable.ts";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * Escapes text for an element or an attribute in quotes.
 *
 * @param text Any text, a stranger's as well.
 * @returns One line that shows it; characters that nobody would see, that have
 *   another direction or that are controls are written out.
 *
 * @example A name from a file
 * ```ts
 * import { markupText } from "./markup.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(markupText('<b title="a">\u202e'), "&lt;b title=&quot;a&quot;&gt;\\u202e");
 * ```
 */
export function markupText(text: string): string {
  return printableLine(text).replaceAll(
    /[&<>"']/g,
    (found) => ENTITIES[found] as string,
  );
}

/**
 * Makes a name for an `id` or a file.
 *
 * @returns Lower-case letters, digits, dots, hyphens and underscores, at most
 *   80 of them; `x` if there is none.
 */
export function nameFrom(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z0-9._]+/g, "-")
    // Neither a hidden file, an option nor the folder above.
    .replaceAll(/\.{2,}/g, ".").replaceAll(/^[-.]+|[-.]+$/g, "")
    .slice(0, 80) || "x";
}
