/** Long lists and long lines in a text for a terminal. */
import { plural } from "../../sim/text/plural.ts";
import { wrap } from "../text/wrap.ts";

/** Columns of a terminal. */
const WIDTH = 80;

export interface ShortenOptions {
  /** Items shown from the start. */
  readonly first: number;
  /** Items shown from the end. */
  readonly last: number;
  readonly what: string;
  /** What several are; default: `what` with an s. */
  readonly plural?: string;
  /** Blanks before the line that counts the rest; default: two. */
  readonly indent?: string;
}

/** Renders a list, its middle as a count. */
export function shortened<Item>(
  items: readonly Item[],
  options: ShortenOptions,
  render: (item: Item, index: number) => readonly string[],
): string[] {
  const { first, last, what, indent = "  " } = options;
  const hidden = items.length - first - last;
  // A line that says "1 more" takes the place of that one.
  if (hidden <= 1) return items.flatMap(render);
  return [
    ...items.slice(0, first).flatMap(render),
    `${indent}... ${
      plural(
        hidden,
        `more ${what}`,
        options.plural === undefined ? undefined : `more ${options.plural}`,
      )
    } ...`,
    ...items.slice(items.length - last).flatMap((item, index) =>
      render(item, items.length - last + index)
    ),
  ];
}

/**
 * Breaks prose into indented lines.
 *
 * @param columns Where its first line and where its other lines begin.
 */
export function paragraph(
  text: string,
  columns: { readonly at: number; readonly hang: number },
): string[] {
  const { at, hang } = columns;
  return wrap(text, { width: WIDTH - at, indent: " ".repeat(hang - at) })
    .map((line) => " ".repeat(at) + line);
}

/**
 * Puts a blank after every fourth byte.
 *
 * @returns Such as `00f0210b 01000000`.
 */
export function spaced(hex: string): string {
  return hex.replaceAll(/(.{8})(?=.)/g, "$1 ");
}
