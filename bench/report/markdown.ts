/**
 * Markdown (GitHub's tables), for READMEs and merge requests.
 */
import type { LabResult, ResultCell, ResultLayout } from "../result.ts";
import { cellSetting, cellSkips, cellTrust, doneCells } from "./cell_facts.ts";
import { cellTables } from "./cell_tables.ts";
import type { Exporter } from "./exporter.ts";
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
    `### ${escape(title)}`,
    escape(cellSetting(cell)),
    ...cellSkips(cell).map(escape),
    ...cellTables(cell).flatMap(({ heading, columns, notes }) => [
      ...(heading === "" ? [] : [escape(heading)]),
      table(columns, cell.layouts),
      ...notes.map(escape),
    ]),
  ];
  const trust = cellTrust(cell).join(" ");
  if (trust !== "") blocks.push(escape(trust));
  for (const warning of cell.warnings ?? []) {
    blocks.push(escape(`Warning: ${warning.message}; ${warning.hint}`));
  }
  return blocks.join("\n\n") + "\n";
}

function table(
  columns: readonly Column<ResultLayout>[],
  layouts: readonly ResultLayout[],
): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    line(columns.map((column) => escape(column.header))),
    line(columns.map((column) => column.left ? ":--" : "--:")),
    ...layouts.map((layout) =>
      line(columns.map((column) => escape(column.cell(layout, 8))))
    ),
  ].join("\n");
}

function renderFoot(result: LabResult): string {
  const warnings = result.warnings.map((warning) =>
    `\n${escape(`Warning: ${warning.message}; ${warning.hint}`)}\n`
  );
  const done = doneCells(result).map((line) => `\n${escape(line)}\n`).join("");
  return `${
    warnings.join("")
  }${done}\n${result.tool.name} ${result.tool.version}, ` +
    `seed ${result.seed}\n`;
}

/** Text from a file must not become markup. */
function escape(text: string): string {
  return text.replaceAll(/\p{C}/gu, " ").replaceAll(
    /[\\`*_{}[\]<>|#~]/g,
    (mark) => `\\${mark}`,
  );
}
