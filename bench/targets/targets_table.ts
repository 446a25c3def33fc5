/** The targets as a table: of a terminal, and of a page. */
import { formatFigure } from "../text/figure.ts";
import { plainTable } from "../text/plain_table.ts";
import { wrap } from "../text/wrap.ts";
import type { TargetEntry, TargetsFile } from "./targets_file.ts";

/** A row of such a table: name, figure, bound, unit, verdict. */
function cellsOf(target: TargetEntry): [string, string, string, string] {
  const { name, value, wanted, bound, unit, met } = target;
  const found = value === null ? "-" : formatFigure(value, 6).trim();
  const verdict = met === null ? "not measured" : met ? "yes" : "no";
  return [name, found, `${bound} ${wanted} ${unit}`, verdict];
}

/**
 * Formats targets for a terminal.
 *
 * @returns Lines of text; ends in a line feed.
 */
export function targetsText(targets: readonly TargetEntry[]): string {
  const table = plainTable(
    [
      { header: "target", left: true, cell: (row) => row[0] },
      { header: "found", cell: (row) => row[1] },
      { header: "wanted", left: true, cell: (row) => row[2] },
      { header: "met", left: true, cell: (row) => row[3] },
    ],
    targets.map(cellsOf),
    { maxWidth: 160 },
  );
  const reasons = targets.flatMap(({ name, reason }) =>
    reason === undefined ? [] : wrap(`${name}: ${reason}`, { width: 80 })
  );
  return `${[...table, ...reasons].join("\n")}\n`;
}

/**
 * Returns the rows of a page's table.
 *
 * @returns Rows of cells, the head first.
 */
export function targetsRows({ targets }: TargetsFile): string[][] {
  return [
    ["target", "found", "wanted", "met"],
    ...targets.map((target) => {
      const [name, ...cells] = cellsOf(target);
      return [`\`${name}\``, ...cells];
    }),
  ];
}

/** Says where the targets were measured, in a sentence. */
export function targetsMachine(
  { machine, targets, size }: TargetsFile,
): string {
  const loads = targets.flatMap(({ load = [null, null] }) => load)
    .filter((load) => load !== null);
  const load = loads.length === 0
    ? "unknown"
    : `${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)}`;
  const met = targets.filter((target) => target.met).length;
  return `Met: ${met} of ${targets.length}, on ` +
    `${machine.cpuModel ?? "an unknown CPU"}, ${
      machine.cpuCount ?? "?"
    } CPUs, ` +
    `Deno ${machine.deno}, ${machine.date.slice(0, 10)}, load ${load}, ` +
    `commit ${machine.commit?.slice(0, 12) ?? "unknown"}` +
    `${size === "full" ? " (--full)" : ""}.`;
}
