/**
 * Blocks as plain text of a width, for a terminal and for a mail.
 */
import { printableLine } from "../../sim/text/printable.ts";
import type { Block, Section } from "./blocks.ts";
import { plainTable } from "../text/plain_table.ts";
import { commandLines } from "../text/shell_words.ts";
import { wrap } from "../text/wrap.ts";

export interface PlainOptions {
  /** Characters per line at most. */
  readonly width: number;
  /** What a warning begins with; default: `warning`. */
  readonly warning?: string;
}

/**
 * Draws sections, with an empty line between two.
 *
 * @param sections The sections; empty ones leave no gap.
 * @param options How wide lines may be, and the word before a warning.
 */
export function plainSections(
  sections: readonly Section[],
  options: PlainOptions,
): string[] {
  return sections.map((section) =>
    section.flatMap((block) => plainBlock(block, options))
  ).filter((lines) => lines.length > 0)
    .flatMap((lines, i) => i === 0 ? lines : ["", ...lines]);
}

function plainBlock(
  block: Block,
  { width, warning = "warning" }: PlainOptions,
): string[] {
  switch (block.kind) {
    case "heading":
    case "prose":
      return wrap(block.text, { width });
    case "warning": {
      const { code, message, hint } = block.warning;
      return wrap(`${warning} (${code}): ${message}; ${hint}`, {
        width,
        indent: "  ",
      });
    }
    case "command": {
      const { words, comment } = block;
      const lines = commandLines(words, { width });
      if (comment === undefined) return lines;
      const said = `# ${printableLine(comment)}`;
      const last = lines.at(-1) ?? "";
      return last.length + 2 + said.length <= width
        ? [...lines.slice(0, -1), `${last}  ${said}`]
        : [...lines, ...wrap(`  ${said}`, { width, indent: "  # " })];
    }
    case "listing":
      return block.lines.map(printableLine);
    case "table":
      return plainTable(block.columns, block.rows, { maxWidth: width });
    case "chart":
    case "drawing":
      // What cannot be drawn here is the table.
      return plainBlock(block.table, { width, warning });
  }
}
