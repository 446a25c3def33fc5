/**
 * Markdown (GitHub's tables), for READMEs and merge requests.
 */
import type { LabResult, ResultCell } from "../result.ts";
import { agreementTable } from "./agreement_table.ts";
import { cellSetting, cellSkips, cellTrust, doneCells } from "./cell_facts.ts";
import { cellTables } from "./cell_tables.ts";
import type { Exporter } from "./exporter.ts";
import { HARNESS_NOTE, harnessTable } from "./harness_table.ts";
import { markdownParagraph, markdownText } from "./markdown_text.ts";
import { workersTables } from "./workers_tables.ts";
import type { Column } from "./plain_table.ts";

/** Markdown with a heading and two tables per cell. */
export const markdown: Exporter = {
  name: "markdown",
  description: "a heading and tables per workload",
  render: (result) =>
    result.cells.map(renderCell).join("\n") + renderFoot(result),
};

function renderCell(cell: ResultCell): string {
  const title = cell.description === undefined
    ? cell.workload
    : `${cell.workload}: ${cell.description}`;
  const blocks = [
    `### ${markdownText(title)}`,
    markdownParagraph(cellSetting(cell)),
    ...cellSkips(cell).map(markdownParagraph),
    ...cellTables(cell).flatMap(({ heading, columns, notes }) => [
      ...(heading === "" ? [] : [markdownParagraph(heading)]),
      table(columns, cell.layouts),
      ...notes.map(markdownParagraph),
    ]),
  ];
  const harness = harnessTable(cell);
  if (harness !== undefined) {
    blocks.push(
      markdownParagraph(HARNESS_NOTE),
      table(harness.columns, harness.rows),
    );
  }
  const agreement = agreementTable(cell);
  if (agreement !== undefined) {
    blocks.push(table(agreement.columns, agreement.rows));
    blocks.push(markdownParagraph(`${agreement.words}.`));
  }
  const groups = workersTables(cell, {
    table: (columns, rows) => [table(columns, rows)],
    prose: (line) => [markdownParagraph(line)],
  });
  blocks.push(...groups.filter((block) => block !== ""));
  const trust = cellTrust(cell).join(" ");
  if (trust !== "") blocks.push(markdownParagraph(trust));
  for (const warning of cell.warnings ?? []) {
    blocks.push(
      markdownParagraph(`Warning: ${warning.message}; ${warning.hint}`),
    );
  }
  return blocks.join("\n\n") + "\n";
}

function table<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    line(columns.map((column) => markdownText(column.header))),
    line(columns.map((column) => column.left ? ":--" : "--:")),
    ...rows.map((row) =>
      line(columns.map((column) => markdownText(column.cell(row, 8))))
    ),
  ].join("\n");
}

function renderFoot(result: LabResult): string {
  const { tool, seed } = result;
  return [
    ...result.warnings.map(({ message, hint }) =>
      `Warning: ${message}; ${hint}`
    ),
    ...doneCells(result),
    `${tool.name} ${tool.version}, seed ${seed}`,
  ].map((paragraph) => `\n${markdownParagraph(paragraph)}\n`).join("");
}
