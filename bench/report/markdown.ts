/**
 * Markdown (GitHub's tables), for READMEs and merge requests.
 */
import type { Block, Section, TableBlock } from "./blocks.ts";
import { breakdownDocument, cellDocument, footDocument } from "./document.ts";
import type { Exporter } from "./exporter.ts";
import { markdownParagraph, markdownText } from "../text/markdown_text.ts";
import { commandLines } from "../text/shell_words.ts";

/** Markdown with a heading and tables per cell. */
export const markdown: Exporter = {
  name: "markdown",
  description: "a heading and tables per workload",
  render: (result, { by } = {}) =>
    markdownSections([
      ...result.cells.flatMap((cell) => [
        ...cellDocument(cell),
        ...breakdownDocument(cell, by),
      ]),
      ...footDocument(result),
    ]),
};

/**
 * Draws sections as Markdown.
 *
 * @returns The text; ends in a line feed.
 */
export function markdownSections(sections: readonly Section[]): string {
  return sections.flat().map(markdownBlock).join("\n\n") + "\n";
}

/**
 * Writes a block.
 *
 * @returns Markdown, without a line feed at its end.
 */
export function markdownBlock(block: Block): string {
  switch (block.kind) {
    case "heading":
      return `### ${markdownText(block.text)}`;
    case "prose":
      return markdownParagraph(block.text);
    case "warning": {
      const { code, message, hint } = block.warning;
      return markdownParagraph(`Warning (${code}): ${message}; ${hint}`);
    }
    case "command":
      // One line, escaped: a fence could be closed by a word in it.
      return markdownParagraph(
        commandLines(block.words, { width: Infinity }).join(" ") +
          (block.comment === undefined ? "" : `  # ${block.comment}`),
      );
    case "listing":
      // No fence either: lines with a backslash at their ends (CommonMark 6.7).
      return block.lines.map(markdownParagraph).join("\\\n");
    case "table":
      return renderTable(block);
    case "chart":
    case "drawing":
      return renderTable(block.table);
  }
}

function renderTable({ columns, rows }: TableBlock): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    line(
      columns.map(({ group, header }) =>
        markdownText(group === undefined ? header : `${group}: ${header}`)
      ),
    ),
    line(columns.map((column) => column.left ? ":--" : "--:")),
    ...rows.map((row) =>
      line(columns.map((column) => markdownText(column.cell(row, 8))))
    ),
  ].join("\n");
}
