/** A comparison of two kernels on one screen. */
import { plainTable } from "../text/plain_table.ts";
import type { KernelComparison } from "./compare.ts";
import { comparisonTables } from "./comparison_tables.ts";
import {
  byChange,
  details,
  named,
  summary,
  wrapped,
} from "./comparison_words.ts";

const WIDTH = 80;
/** Workloads whose structures and functions are shown. */
const MOST_DETAILED = 3;

/** @returns Lines of at most 80 characters. */
export function comparisonText(comparison: KernelComparison): string {
  const { workloads, sizes, warnings } = comparison;
  const lines = [
    ...prose(`Kernel ${comparison.patched} against ${comparison.base}.`),
    ...prose(summary(comparison)),
    ...comparisonTables(comparison).flatMap(({ heading, columns }) => [
      "",
      ...prose(heading),
      ...plainTable(columns, workloads, { maxWidth: WIDTH }),
    ]),
  ];
  if (sizes.length > 0) {
    lines.push("", ...prose(`Sizes in bytes: ${named(sizes)}.`));
  }
  const changed = byChange(comparison);
  for (const one of changed.slice(0, MOST_DETAILED)) {
    lines.push("", ...prose(`${one.name}:`));
    for (const [what, list] of details(one, comparison)) {
      lines.push(...prose(`${what}: ${named(list)}`, 2));
    }
  }
  if (changed.length > 0) {
    const rest = changed.slice(MOST_DETAILED).map(({ name }) => name);
    const others = rest.length > 0 ? `, also of ${rest.join(", ")}` : "";
    lines.push("", ...prose(`All that differs${others}: --json FILE.`));
  }
  if (warnings.length > 0) {
    lines.push("", ...warnings.flatMap((text) => prose(`Note: ${text}`)));
  }
  return lines.join("\n") + "\n";
}

/** Lines of a paragraph, all of them indented, later ones by 2 more. */
function prose(text: string, indent = 0): string[] {
  const [blanks, more] = [" ".repeat(indent), indent === 0 ? "" : "  "];
  return wrapped(text, { width: WIDTH - indent, indent: more })
    .map((line) => blanks + line);
}
