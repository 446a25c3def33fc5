/**
 * The text that `lab run` prints: a few tables per cell, at most 80 columns.
 */
import type { LabWarning } from "../statistics/warning.ts";
import type { LabResult, ResultCell } from "../result/result.ts";
import { renderBreakdown } from "./breakdown_text.ts";
import { cellDocument, footDocument } from "./document.ts";
import type { Exporter } from "./exporter.ts";
import { plainSections } from "./plain_blocks.ts";

const WIDTH = 80;

export const text: Exporter = {
  name: "text",
  description: "every table, as lab run --details prints them, 80 columns",
  render: (result, { by } = {}) =>
    [
      ...result.cells.flatMap((cell) => [
        renderCell(cell),
        ...(by === undefined ? [] : [renderBreakdown(cell, by).slice(0, -1)]),
      ]),
      ...(result.warnings.length > 0 ? [renderWarnings(result.warnings)] : []),
      renderFoot(result),
    ].join("\n"),
};

/**
 * Renders one cell, so that `lab run` can print each when it is finished.
 *
 * @returns Its head, its exact and its measured table; ends in a line feed.
 */
export function renderCell(cell: ResultCell): string {
  return plainSections(cellDocument(cell), { width: WIDTH }).join("\n") + "\n";
}

/**
 * Renders warnings, each with what to do about it.
 *
 * @returns The text; ends in a line feed.
 */
export function renderWarnings(warnings: readonly LabWarning[]): string {
  const blocks = warnings.map((warning) =>
    ({ kind: "warning", warning }) as const
  );
  return plainSections([blocks], { width: WIDTH }).join("\n") + "\n";
}

/**
 * Renders the last lines: whether the run was whole, what made the figures,
 * with which seed, on what machine and when, and the command.
 *
 * @param result The result; its warnings are before.
 * @returns The lines; they end in a line feed.
 */
export function renderFoot(result: LabResult): string {
  const sections = footDocument({ ...result, warnings: [] });
  return plainSections(sections, { width: WIDTH }).join("\n") + "\n";
}
