/** Comparisons of results as parts of a page. */
import type {
  CellComparison,
  ResultComparison,
} from "../result/compare_results.ts";
import { shortVerdict } from "../result/verdict.ts";
import { charted, type Section } from "./blocks.ts";
import { nameFrom } from "../draw/markup.ts";
import { comparisonAnswer, timeSection } from "./comparison_text.ts";
import { changedFigures } from "./changed_counts.ts";
import type { DocumentPart } from "./page_document.ts";
import { printableCell } from "../text/plain_table.ts";
import { timeChart } from "./time_chart.ts";

export interface NamedComparison extends ResultComparison {
  /** File of the result that is compared with the first. */
  readonly file: string;
}

export interface ComparisonPageOptions {
  /** File of the first result. */
  readonly before: string;
  /** Changes up to this share pass. */
  readonly threshold: number;
}

export function comparisonParts(
  comparisons: readonly NamedComparison[],
  options: ComparisonPageOptions,
): DocumentPart[] {
  const { before } = options;
  return [
    {
      heading: "Answer",
      sections: [
        comparisons.flatMap((one) =>
          comparisonAnswer(one, `${before} -> ${one.file}: `)
        ),
      ],
    },
    ...comparisons.map((one, i): DocumentPart => ({
      heading: `To ${shortName(one.file)}`,
      sections: one.cells.map((cell) =>
        cellSection(cell, { ...options, name: `comparison-${i + 1}` })
      ),
    })),
  ];
}

/** The end of a path: its folder is that of one machine. */
function shortName(file: string): string {
  return printableCell(file.slice(file.lastIndexOf("/") + 1));
}

function cellSection(
  cell: CellComparison,
  { threshold, name }: ComparisonPageOptions & { name: string },
): Section {
  const only = cell.only === undefined ? "" : `: only ${cell.only}`;
  const spec = timeChart(
    cell.layouts.flatMap(({ name, ratio, verdict }) =>
      ratio === null ? [] : [{
        name,
        ratio,
        verdict: shortVerdict(verdict ?? "no difference shown"),
      }]
    ),
    { baseline: "before", margin: threshold },
  );
  return [
    { kind: "heading", text: `${cell.cell}${only}` },
    ...charted(timeSection(cell), {
      name: nameFrom(`${name}-${cell.cell}`),
      title: `Time after relative to before: ${workloadOf(cell)}`,
      description: "Medians with their 95% intervals; left of 1 is faster. " +
        "Changes inside of the grey band pass.",
      spec,
    }),
    ...(cell.only === undefined ? changedFigures(cell) : []),
  ];
}

/** The first word of what identifies a cell; the rest is in its heading. */
function workloadOf({ cell }: CellComparison): string {
  return printableCell(cell.split(",", 1)[0] ?? cell);
}
