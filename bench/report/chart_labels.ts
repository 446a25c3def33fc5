/**
 * Names for the axes of charts: short, printable, and no two alike, or vega
 * would draw two layouts as one.
 */
import { nameFrom } from "../draw/markup.ts";
import type { ResultCell } from "../result/result.ts";
import { printableCell } from "../text/plain_table.ts";

/** Points of one row of a chart. */
export const ROW_PX = 22;
/** Width of the figures of a chart, without names and legends. */
export const CHART_PX = 470;

export function chartLabels(names: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return names.map((name) => {
    const label = printableCell(name);
    const times = (seen.get(label) ?? 0) + 1;
    seen.set(label, times);
    return times === 1 ? label : `${label} (${times})`;
  });
}

/**
 * Names a cell's pictures.
 *
 * @returns Such as `128k-scattered-lp64-page-js-time`, for a file.
 */
export function pictureName(cell: ResultCell, what: string): string {
  const { workload, abi, recognition, engine } = cell;
  // Of a path the end: its folder is that of one machine.
  const name = nameFrom(workload.slice(workload.lastIndexOf("/") + 1));
  const rest = nameFrom(`${abi}-${recognition}-${engine}-${what}`);
  return `${name.slice(0, 79 - rest.length)}-${rest}`;
}
