/** A comparison of footprints as text of 80 columns. */
import { plural } from "../../sim/text/plural.ts";
import { type Column, plainTable } from "../text/plain_table.ts";
import { wrap } from "../text/wrap.ts";
import type {
  ComparedFootprint,
  ComparedStructure,
  FigureRange,
  FootprintResult,
} from "./result.ts";

const WIDTH = 80;

const BESIDE = "+ The kernel touches it and the path that is timed does not: " +
  "state of the device, the same for every layout, which this comparison's " +
  "trace alone has. So has it aio's request and the pins in the second struct " +
  "page of a huge page.";

const COLUMNS: readonly Column<ComparedStructure>[] = [
  {
    header: "structure",
    left: true,
    cell: ({ name, besidePath }) => besidePath ? `+ ${name}` : name,
  },
  pair("lines", "kernelLines", "labLines"),
  pair("read", "kernelLinesRead", "labLinesRead"),
  pair("written", "kernelLinesWritten", "labLinesWritten"),
  {
    header: "loads",
    cell: ({ kernelReads, labReads }) => `${kernelReads}/${labReads}`,
  },
  {
    header: "stores",
    cell: ({ kernelWrites, labWrites }) => `${kernelWrites}/${labWrites}`,
  },
  { header: "", left: true, cell: ({ equal }) => equal ? "=" : "differs" },
];

/** A column of the kernel's range and the lab's figure. */
function pair(
  header: string,
  kernel: "kernelLines" | "kernelLinesRead" | "kernelLinesWritten",
  lab: "labLines" | "labLinesRead" | "labLinesWritten",
): Column<ComparedStructure> {
  return { header, cell: (row) => `${rangeText(row[kernel])}/${row[lab]}` };
}

function rangeText({ low, high }: FigureRange): string {
  return low === high ? String(low) : `${low}-${high}`;
}

/**
 * Formats a comparison: a table of each workload, kernel before lab, and below
 * all of them each reason once.
 *
 * @returns Lines, the last one ended.
 */
export function formatFootprints(result: FootprintResult): string {
  const { footprints, refused } = result;
  const covered = footprints.filter((one) => one.covered);
  const structures = covered.flatMap((one) => one.structures);
  const equal = structures.filter((one) => one.equal).length;
  const lines = [
    ...wrap(
      `${plural(footprints.length, "workload")}, ${covered.length} covered; ` +
        `${equal} of ${
          plural(structures.length, "structure")
        } equal. Figures ` +
        "are the kernel's / the lab's: distinct lines of 64 bytes, those of " +
        "them read and written, loads, stores. A range is over the I/Os and " +
        "boots of one set-up. Where a ring, a stack or a buffer stood is luck, " +
        "and the lab's stand where most structures fit.",
      { width: WIDTH },
    ),
    ...refused.flatMap(({ file }) =>
      wrap(`Not read, and left out: ${file}`, { width: WIDTH })
    ),
    ...footprints.flatMap(formatOne),
    ...(structures.some(({ besidePath }) => besidePath)
      ? ["", ...wrap(BESIDE, { width: WIDTH })]
      : []),
    ...reasonsOf(structures),
  ];
  return `${lines.join("\n")}\n`;
}

function formatOne(footprint: ComparedFootprint): string[] {
  const { file, workload, reason, kernelLines, modelledLines, untold } =
    footprint;
  const title = ["", ...wrap(`${workload} (${file})`, { width: WIDTH })];
  if (!footprint.covered) {
    return [...title, ...indented(`not covered: ${reason ?? "unknown"}`)];
  }
  return [
    ...title,
    ...indented(
      `the kernel touched ${plural(kernelLines, "line")}, ` +
        `${modelledLines} of structures that the lab has; the lab touches ` +
        `${footprint.labLines}`,
    ),
    ...plainTable(COLUMNS, footprint.structures, { maxWidth: WIDTH - 2 })
      .map((line) => `  ${line}`),
    ...(untold.length === 0
      ? []
      : indented(`no structure of the file: ${untold.join(", ")}`)),
  ];
}

/** Prose below a title. */
function indented(text: string): string[] {
  return wrap(text, { width: WIDTH - 2 }).map((line) => `  ${line}`);
}

function reasonsOf(structures: readonly ComparedStructure[]): string[] {
  const reasons = new Map<string, number>();
  for (const { name, equal, reason } of structures) {
    if (equal) continue;
    const text = `${name}: ${reason ?? "no reason is known"}`;
    reasons.set(text, (reasons.get(text) ?? 0) + 1);
  }
  if (reasons.size === 0) return [];
  return [
    "",
    "Why they differ, and in how many workloads:",
    ...[...reasons].flatMap(([text, count]) => indented(`${count}x ${text}`)),
  ];
}
