/**
 * A comparison of two results as blocks, and as `lab compare` prints it.
 */
import type {
  CellComparison,
  LayoutComparison,
  ResultComparison,
} from "../result/compare_results.ts";
import { shortVerdict } from "../result/verdict.ts";
import { type FigureColumn, prose, type Section, table } from "./blocks.ts";
import { changedFigures } from "./changed_counts.ts";
import { printableCell } from "../text/plain_table.ts";
import { endsColumn, figureColumn, nameColumn, wordColumn } from "./columns.ts";
import { plural } from "../../sim/text/plural.ts";
import { formatChange } from "../text/figure.ts";
import { plainSections } from "./plain_blocks.ts";

const WIDTH = 80;

const MOST_NAMED = 3;

function comparisonWord({ verdict, only }: LayoutComparison): string {
  return only !== undefined ? `only ${only}` : shortVerdict(verdict);
}

const COLUMNS: readonly FigureColumn<LayoutComparison>[] = [
  nameColumn("measured"),
  figureColumn("ns before", ({ beforeNs }) => beforeNs),
  figureColumn("ns after", ({ afterNs }) => afterNs),
  figureColumn("ratio", ({ ratio }) => ratio?.median),
  endsColumn("95% CI", ({ ratio }) => ratio),
  wordColumn("difference", comparisonWord),
];

export function comparisonDocument(
  title: string,
  comparison: ResultComparison,
): readonly Section[] {
  return [
    [{ kind: "heading", text: title }],
    ...comparison.cells.map(cellSection),
    comparisonAnswer(comparison),
  ];
}

/**
 * Renders a comparison, at most 80 columns.
 *
 * @returns The text; ends in a line feed.
 */
export function renderComparison(
  title: string,
  comparison: ResultComparison,
): string {
  return plainSections(comparisonDocument(title, comparison), {
    width: WIDTH,
  }).join("\n") + "\n";
}

/**
 * Says what a comparison found, in a few words.
 *
 * @returns Counts of what is worse, of what changed and of what has no
 *   counterpart.
 */
function comparisonSummary(
  { regressions, exactChanges, oneSided }: ResultComparison,
): string {
  return `${regressions} slower with confidence, ` +
    `${plural(exactChanges, "exact figure")} changed` +
    (oneSided === 0
      ? ""
      : `, ${plural(oneSided, "layout")} in only one result`);
}

function cellSection(cell: CellComparison): Section {
  return [
    ...prose(
      "cell",
      cell.only === undefined ? cell.cell : `${cell.cell}: only ${cell.only}`,
    ),
    ...timeSection(cell),
    ...(cell.only === undefined ? changedFigures(cell) : []),
  ];
}

/**
 * Returns the times of a cell.
 *
 * @returns A table; where nothing was timed, what one result has alone.
 */
export function timeSection({ layouts, only }: CellComparison): Section {
  const isTimed = layouts.some(({ beforeNs, afterNs }) =>
    beforeNs !== null || afterNs !== null
  );
  if (isTimed) {
    return table(COLUMNS, layouts);
  }
  const alone = (["before", "after"] as const).flatMap((side) => {
    const names = layouts.filter((layout) => layout.only === side)
      .map(({ name }) => printableCell(name));
    return names.length === 0 ? [] : [`only ${side}: ${names.join(", ")}`];
  });
  return [
    ...(only === undefined ? prose("time", "Nothing was timed.") : []),
    ...alone.flatMap((text) => prose("only", text)),
  ];
}

/**
 * Returns what a comparison found: what is slower or faster and what has no
 * counterpart, by name, and the sums.
 *
 * @param title What is before the sums; nothing if absent.
 */
export function comparisonAnswer(
  comparison: ResultComparison,
  title = "",
): Section {
  const { cells } = comparison;
  const named = (
    what: string,
    of: (layout: LayoutComparison) => string | undefined,
  ) => {
    const found = cells.flatMap((cell) =>
      cell.layouts.flatMap((layout) => {
        const said = of(layout);
        return said === undefined
          ? []
          : [`${printableCell(layout.name)}${said} in ${firstWords(cell)}`];
      })
    );
    const more = found.length - MOST_NAMED;
    return found.length === 0 ? [] : prose(
      "named",
      `${what}: ${found.slice(0, MOST_NAMED).join("; ")}` +
        (more > 0 ? `; ${more} more` : ""),
    );
  };
  return [
    ...prose("sum", `${title}${comparisonSummary(comparison)}`),
    ...sharedBuildsBlock(comparison),
    ...(["slower", "faster"] as const).flatMap((side) =>
      named(
        side,
        ({ verdict, ratio }) =>
          verdict !== side || ratio === null
            ? undefined
            : ` ${formatChange(ratio.median)}`,
      )
    ),
    ...named(
      "in only one result",
      ({ only }) => only === undefined ? undefined : ` (${only})`,
    ),
    ...widened(comparison),
  ];
}

/** Two results with builds in common are not two measurements. */
function sharedBuildsBlock({ cells }: ResultComparison): Section {
  const found = cells.flatMap((cell) => {
    const said = sharedBuildsWords(cell);
    return said === undefined ? [] : [`${said} in ${firstWords(cell)}`];
  });
  if (found.length === 0) return [];
  const more = found.length - MOST_NAMED;
  return [{
    kind: "warning",
    warning: {
      code: "shared-builds",
      message: found.slice(0, MOST_NAMED).join("; ") +
        (more > 0 ? `; ${more} cells more` : ""),
      hint: "run it again without --repeat, and compare that",
    },
  }];
}

/**
 * Says how many builds of a cell are in both results.
 *
 * @returns Words; nothing if there are none.
 */
export function sharedBuildsWords(
  { sharedBuilds }: CellComparison,
): string | undefined {
  if (sharedBuilds === undefined) return undefined;
  const { shared, builds } = sharedBuilds;
  return shared === null
    ? `of ${plural(builds, "build")} some may be in both results, which ` +
      "would hide a change of time (a file without turns does not say)"
    : `${shared} of ${plural(builds, "build")} ` +
      `${shared === 1 ? "is" : "are"} in both results, timed once, which ` +
      "hides a change of time";
}

/** Workload, ABI and detection: what distinguishes most cells of a result. */
function firstWords({ cell }: CellComparison): string {
  return printableCell(cell.split(", ", 3).join(", "));
}

/** Why a difference is not shown whose interval says that there is one. */
function widened({ cells }: ResultComparison): Section {
  const timed = cells.flatMap(({ layouts }) =>
    layouts.filter(({ ratio }) => ratio !== null)
  );
  const isOdd = timed.some(({ verdict, ratio }) =>
    verdict === "no difference shown" && ratio !== null &&
    ratio.low !== null && ratio.high !== null &&
    (ratio.low > 1 || ratio.high < 1)
  );
  return !isOdd ? [] : prose(
    "difference",
    "not shown although its interval excludes 1: it has to lie beyond " +
      "--threshold, and beyond what identical code differed by, when it is " +
      `widened for all ${plural(timed.length, "comparison")}`,
  );
}
