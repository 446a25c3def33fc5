/**
 * What the answer says of counts: who takes fewer or more cache lines and
 * instructions than the baseline, and how many at most.
 */
import type { AnswerGroup, LayoutFigures } from "./answer_figures.ts";
import { formatChange, formatFigure, formatSigned } from "../text/figure.ts";
import { printableCell } from "../text/plain_table.ts";
import { PATCHED_KERNELS } from "./recorded_instructions.ts";
import type { AnswerSentence, Listing } from "./answer_sentence.ts";

/** A figure that may be less or more than the baseline's. */
interface Change {
  readonly name: string;
  readonly group: AnswerGroup;
  readonly figures: LayoutFigures;
  /** Below 0 for less, above for more. */
  readonly sign: number;
  /** How much, to find the largest. */
  readonly size: number;
}

/**
 * Says what lines each layout touches.
 *
 * @param base Name of the baseline, printable.
 */
export function linesSentence(
  groups: readonly AnswerGroup[],
  base: string,
  { others, listed }: { others: number; listed: Listing },
): AnswerSentence {
  const what = groups.every(({ hasAllLines }) => hasAllLines)
    ? "Cache lines"
    : "Cache lines of bio_vecs";
  const { less, more, both } = sorted(changes(
    groups,
    ({ moreLines }) => moreLines,
  ));
  const size = ({ figures, group }: Change, isFirst: boolean) =>
    formatSigned(figures.moreLines, 6) +
    (isFirst
      ? ` of ${formatFigure(group.baseline?.lines, 6)} in ${
        printableCell(group.title)
      }`
      : "");
  const equal = others - less.names.length - more.names.length - both.length;
  if (equal === others) {
    return {
      key: "lines",
      text: `${what} per I/O: the same with every layout as with ${base}.`,
    };
  }
  const parts = [
    ...amounts({ less, more, both }, { size, listed }),
    ...(equal === 0
      ? []
      : [`the same with ${equal === 1 ? "1 other" : `${equal} others`}`]),
  ];
  return {
    key: "lines",
    text: `${what} per I/O vs ${base}: ${parts.join("; ")}.`,
  };
}

/** Which layouts have less and which more, and by how much at most. */
function amounts(
  { less, more, both }: ReturnType<typeof sorted>,
  { size, listed }: {
    size: (change: Change, isFirst: boolean) => string;
    listed: Listing;
  },
): string[] {
  const isFirst = less.names.length === 0;
  return [
    ...(less.names.length === 0 ? [] : [
      `fewer with ${listed(less.names)}${
        upTo(less.largest, (change) => size(change, true))
      }`,
    ]),
    ...(more.names.length === 0 ? [] : [
      `more with ${listed(more.names)}${
        upTo(more.largest, (change) => size(change, isFirst))
      }`,
    ]),
    ...(both.length === 0 ? [] : [`workload-dependent with ${listed(both)}`]),
  ];
}

/**
 * Says what instructions the path in C executes.
 *
 * @param base Name of the baseline, printable.
 * @returns Nothing where none were counted.
 */
export function instructionSentence(
  groups: readonly AnswerGroup[],
  base: string,
  { listed, hasPatched }: {
    readonly listed: Listing;
    readonly hasPatched: boolean;
  },
): AnswerSentence[] {
  if (groups.every(({ instructionsFrom }) => instructionsFrom === undefined)) {
    return [];
  }
  const { less, more, both } = sorted(changes(
    groups,
    ({ instructionRatio }) =>
      instructionRatio === null ? null : instructionRatio - 1,
  ));
  const size = ({ figures }: Change) =>
    formatChange(figures.instructionRatio ?? 1);
  const parts = amounts({ less, more, both }, { size, listed });
  const hasGaps = groups.some(({ layouts }) =>
    layouts.some(({ instructions }) => instructions === null)
  );
  const said = parts.length === 0
    ? `Instructions of the path in C: the same with every ${
      hasGaps ? "layout counted" : "layout"
    } as with ${base}`
    : `Instructions of the path in C: ${parts.join("; ")}`;
  return [{
    key: "instructions",
    text: hasPatched ? `${said}. ${kernelsAgree()}.` : `${said}.`,
  }];
}

/** How near patched kernels are, in a few words: no independent test. */
function kernelsAgree(): string {
  const { kernel, changes, mostPointsOff } = PATCHED_KERNELS;
  return `Patched kernels (${kernel}, ${changes} changes), used to tune the ` +
    `path, agree within ${mostPointsOff.toFixed(1)} points`;
}

function changes(
  groups: readonly AnswerGroup[],
  of: (figures: LayoutFigures) => number | null,
): Change[] {
  return groups.flatMap((group) =>
    group.layouts.flatMap((figures) => {
      const value = of(figures);
      if (value === null || figures.name === group.baseline?.name) return [];
      return [{
        name: figures.name,
        group,
        figures,
        sign: Math.sign(value),
        size: Math.abs(value),
      }];
    })
  );
}

/** Layouts that have less in some groups and more in none, and so on. */
function sorted(all: readonly Change[]) {
  const less: string[] = [];
  const more: string[] = [];
  const both: string[] = [];
  for (const name of new Set(all.map((change) => change.name))) {
    const signs = all.filter((change) => change.name === name)
      .map(({ sign }) => sign);
    const [hasLess, hasMore] = [signs.includes(-1), signs.includes(1)];
    if (hasLess && hasMore) both.push(name);
    else if (hasLess) less.push(name);
    else if (hasMore) more.push(name);
  }
  const of = (names: readonly string[]) => ({
    names,
    largest: largestOf(all.filter(({ name }) => names.includes(name))),
  });
  return { less: of(less), more: of(more), both };
}

function largestOf(found: readonly Change[]): Change | undefined {
  return found.reduce<Change | undefined>(
    (largest, one) =>
      largest === undefined || one.size > largest.size ? one : largest,
    undefined,
  );
}

function upTo(
  change: Change | undefined,
  size: (change: Change) => string,
): string {
  return change === undefined ? "" : ` (up to ${size(change)})`;
}
