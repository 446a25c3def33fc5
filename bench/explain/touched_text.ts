/** The table of cache lines that an I/O touched, by structure and stage. */
import { STAGE_ORDER } from "../../sim/path/path_stages.ts";
import type { Explanation } from "./explanation.ts";

/** Structures shown; the rest is one row. */
const SHOWN_STRUCTURES = 12;
const LINE_BYTES = 64;
const WIDTH = 80;

/**
 * Renders the table.
 *
 * @returns Its lines, 80 wide at most.
 */
export function renderTouched(
  { touched, lines }: Pick<Explanation, "touched" | "lines">,
): string[] {
  const stages = [...new Set(touched.map(({ stage }) => stage))]
    .toSorted((a, b) => rank(a) - rank(b));
  const names = Object.keys(lines).toSorted((a, b) =>
    (lines[b] ?? 0) - (lines[a] ?? 0)
  );
  const at = (structure: string, stage: string) =>
    touched.find((touch) =>
      touch.structure === structure && touch.stage === stage
    )?.lines ?? 0;
  const shown = names.length > SHOWN_STRUCTURES + 1
    ? names.slice(0, SHOWN_STRUCTURES)
    : names;
  const rest = names.slice(shown.length);
  const sum = (of: readonly string[], stage: string) =>
    of.reduce((total, name) => total + at(name, stage), 0);
  const sumAll = (of: readonly string[]) =>
    of.reduce((total, name) => total + (lines[name] ?? 0), 0);
  const summed = (name: string, of: readonly string[]) => [
    name,
    ...[...stages.map((stage) => sum(of, stage)), sumAll(of)].map((count) =>
      count === 0 ? "." : String(count)
    ),
  ];
  return [
    `5 Cache lines of ${LINE_BYTES} bytes of the model's structures, by stage`,
    ...columns([
      ["", ...stages, "all"],
      ...shown.map((name) => summed(name, [name])),
      ...(rest.length === 0 ? [] : [summed(`${rest.length} others`, rest)]),
      summed("sum", names),
    ]),
  ];
}

/** Names are left and give way, figures are right and never touch. */
function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0))
  );
  const figures = widths.slice(1).reduce((sum, width) => sum + width + 1, 0);
  const nameWidth = Math.min(widths[0] ?? 0, WIDTH - figures);
  return rows.map(([name = "", ...cells]) =>
    name.slice(0, nameWidth).padEnd(nameWidth) +
    cells.map((cell, i) => cell.padStart((widths[i + 1] ?? 0) + 1)).join("")
  );
}

function rank(stage: string): number {
  return (STAGE_ORDER as readonly string[]).indexOf(stage);
}
