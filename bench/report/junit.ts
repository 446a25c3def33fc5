/**
 * A comparison as JUnit XML, the form of test results that build servers show:
 * one case for the time and one for the exact figures of each layout.
 */
import type {
  CellComparison,
  LayoutComparison,
  ResultComparison,
} from "../result/compare_results.ts";
import { formatEnds } from "../text/figure.ts";
import { sharedBuildsWords } from "./comparison_text.ts";

export interface TitledComparison {
  readonly title: string;
  readonly comparison: ResultComparison;
}

export interface JunitOptions {
  /** Whether exact figures may differ, as across kernels; default: `false`. */
  readonly mayDiffer?: boolean;
}

interface Case {
  readonly name: string;
  readonly failure?: string;
  readonly skipped?: string;
}

/**
 * Renders comparisons as JUnit XML.
 *
 * @returns The document; ends in a line feed.
 */
export function renderJunit(
  comparisons: readonly TitledComparison[],
  options: JunitOptions = {},
): string {
  const suites = comparisons.flatMap(({ title, comparison }) =>
    comparison.cells.map((cell) => ({
      name: `${title}: ${cell.cell}`,
      cases: casesOf(cell, options),
    }))
  );
  const all = suites.flatMap(({ cases }) => cases);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="bvec-lab" ${counts(all)}>`,
    ...suites.flatMap(({ name, cases }) => [
      `  <testsuite name="${xml(name)}" ${counts(cases)}>`,
      ...cases.flatMap((one) => caseLines(one, name)),
      "  </testsuite>",
    ]),
    "</testsuites>",
    "",
  ].join("\n");
}

function counts(cases: readonly Case[]): string {
  const failures = cases.filter(({ failure }) => failure !== undefined).length;
  const skipped = cases.filter((one) => one.skipped !== undefined).length;
  return `tests="${cases.length}" failures="${failures}" skipped="${skipped}"`;
}

function caseLines({ name, failure, skipped }: Case, suite: string): string[] {
  const start = `    <testcase classname="${xml(suite)}" name="${xml(name)}"`;
  if (failure !== undefined) {
    return [
      `${start}>`,
      `      <failure message="${xml(failure)}"/>`,
      "    </testcase>",
    ];
  }
  return skipped === undefined ? [`${start}/>`] : [
    `${start}>`,
    `      <skipped message="${xml(skipped)}"/>`,
    "    </testcase>",
  ];
}

function casesOf(cell: CellComparison, options: JunitOptions): Case[] {
  const shared = sharedBuildsWords(cell);
  const layouts = [
    ...cell.layouts.map((layout) => timeCase(layout, options)),
    // Nothing has failed, but a build server is to show it.
    ...(shared === undefined
      ? []
      : [{ name: "builds of their own", skipped: shared }]),
  ];
  if (cell.only !== undefined) return layouts;
  const [first] = cell.exactChanges;
  const changed = first === undefined
    ? undefined
    : `${cell.exactChanges.length} changed, such as ${first.key}: ` +
      `${JSON.stringify(first.before)} -> ${JSON.stringify(first.after)}`;
  return [...layouts, {
    name: "exact figures",
    ...(changed === undefined
      ? {}
      : options.mayDiffer
      ? { skipped: `differ on purpose: ${changed}` }
      : { failure: changed }),
  }];
}

function timeCase(layout: LayoutComparison, options: JunitOptions): Case {
  const name = `time of ${layout.name}`;
  const { only, verdict, ratio } = layout;
  if (only !== undefined) {
    const message = `it is in the result ${only} alone`;
    return options.mayDiffer
      ? { name, skipped: message }
      : { name, failure: message };
  }
  if (verdict === null) return { name, skipped: "not timed" };
  return verdict === "slower"
    ? {
      name,
      failure: `slower: ${ratio?.median.toFixed(3)} (95% CI ${
        formatEnds(ratio)
      })`,
    }
    : { name };
}

/** Names are of files that may be untrusted; XML 1.0 has no controls. */
function xml(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cs}\ufffe\uffff]/gu, "?")
    .replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
