/**
 * The text that `lab run` prints: a few tables per cell, at most 80 columns.
 */
import type { LabWarning } from "../experiment/warning.ts";
import type { LabResult, ResultCell } from "../result.ts";
import { agreementTable } from "./agreement_table.ts";
import { cellSetting, cellSkips, cellTrust, doneCells } from "./cell_facts.ts";
import { cellTables } from "./cell_tables.ts";
import type { Exporter } from "./exporter.ts";
import { HARNESS_NOTE, harnessTable } from "./harness_table.ts";
import { machineWords } from "./machine_words.ts";
import { plainTable } from "./plain_table.ts";
import { simulationTables } from "./simulation_tables.ts";
import { plainDrawing, workersTables } from "./workers_tables.ts";
import { wrap } from "./wrap.ts";

const WIDTH = 80;

/** Plain text for the terminal. */
export const text: Exporter = {
  name: "text",
  description: "the tables that lab run prints, 80 columns",
  render: (result) =>
    [
      ...result.cells.map(renderCell),
      ...(result.warnings.length > 0 ? [renderWarnings(result.warnings)] : []),
      renderFoot(result),
    ].join("\n"),
};

/**
 * Renders one cell, so that `lab run` can print each as it is finished.
 *
 * @param cell The cell.
 * @returns Its head, its exact and its measured table; ends in a line feed.
 */
export function renderCell(cell: ResultCell): string {
  const limits = { maxWidth: WIDTH };
  const title = cell.description === undefined
    ? cell.workload
    : `${cell.workload}: ${cell.description}`;
  const harness = harnessTable(cell);
  const agreement = agreementTable(cell);
  const lines = [
    ...wrap(title, { width: WIDTH }),
    ...wrap(cellSetting(cell), { width: WIDTH }),
    ...cellSkips(cell).flatMap((line) => wrap(line, { width: WIDTH })),
    ...(cell.placement === undefined
      ? []
      : wrap(`placement: ${cell.placement}`, { width: WIDTH })),
    "",
    ...cellTables(cell).flatMap(({ heading, columns, notes }) => [
      ...(heading === "" ? [] : wrap(heading, { width: WIDTH })),
      ...plainTable(columns, cell.layouts, limits),
      ...notes.flatMap((note) => wrap(note, { width: WIDTH })),
      "",
    ]),
    ...(harness === undefined ? [] : [
      ...wrap(HARNESS_NOTE, { width: WIDTH }),
      ...plainTable(harness.columns, harness.rows, limits),
      "",
    ]),
    ...workersTables(cell, plainDrawing(WIDTH)),
    ...simulationTables(cell, WIDTH),
    ...(agreement === undefined ? [] : [
      ...plainTable(agreement.columns, agreement.rows, limits),
      ...wrap(`${agreement.words}.`, { width: WIDTH }),
      "",
    ]),
    ...cellTrust(cell).flatMap((line) => wrap(line, { width: WIDTH })),
    ...(cell.leftOut ?? []).flatMap(({ name, reason }) =>
      wrap(`${name} left out: ${reason}`, { width: WIDTH, indent: "  " })
    ),
    ...(cell.warnings ?? []).flatMap(warningLines),
  ];
  return lines.join("\n").trimEnd() + "\n";
}

/**
 * Renders warnings, each with what to do about it.
 *
 * @param warnings The warnings.
 * @returns The text; ends in a line feed.
 */
export function renderWarnings(warnings: readonly LabWarning[]): string {
  return warnings.flatMap(warningLines).join("\n") + "\n";
}

function warningLines(warning: LabWarning): string[] {
  return wrap(
    `warning (${warning.code}): ${warning.message}; ${warning.hint}`,
    { width: WIDTH, indent: "  " },
  );
}

/**
 * Renders the last lines: on what machine it was timed, whether the run was
 * whole, what made the figures, with which seed.
 *
 * @param result The result.
 * @returns The lines; they end in a line feed.
 */
export function renderFoot(result: LabResult): string {
  const timed = result.cells.some(({ rounds = 0 }) => rounds > 0);
  const machine = timed ? machineWords(result.environment) : "";
  return [
    ...wrap(machine, { width: WIDTH }),
    ...doneCells(result).flatMap((line) => wrap(line, { width: WIDTH })),
    ...wrap(
      `${result.tool.name} ${result.tool.version}, seed ${result.seed}`,
      { width: WIDTH },
    ),
  ].filter((line) => line !== "").map((line) => `${line}\n`).join("");
}
