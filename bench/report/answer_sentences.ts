/**
 * The answer in sentences, each made of figures and verdicts and of nothing
 * else: what is counted first, then what the clock says of it, and where the
 * two contradict each other.
 */
import type { AnswerGroup, LayoutFigures } from "./answer_figures.ts";
import { formatChange, formatFigure, formatPercent } from "../text/figure.ts";
import { differsByRule, mixingReminder } from "./mixing.ts";
import { printable } from "../text/plain_table.ts";
import { leastOf, mostOf } from "../text/extremes.ts";
import { PATCHED_KERNELS } from "./recorded_instructions.ts";

/** Names in a sentence; the table has all of them. */
const MOST_NAMES = 3;

/** A sentence of the answer, and what it is about. */
export interface AnswerSentence {
  /** What it is about, for those who read by program. */
  readonly key: "lines" | "instructions" | "time" | "contradiction" | "rule";
  /** The sentence, or two that belong together. */
  readonly text: string;
}

/** How much sentences say. */
export interface SentenceOptions {
  /** Names that a sentence lists; default: 3. */
  readonly mostNames?: number | undefined;
}

/** Lists some of many names. */
type Listing = (names: readonly string[], separator?: string) => string;

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
 * Gives the answer.
 *
 * @param groups What was compared.
 * @param options How much is listed.
 * @returns Two sentences or more; one if there is nothing to compare.
 */
export function answerSentences(
  groups: readonly AnswerGroup[],
  { mostNames = MOST_NAMES }: SentenceOptions = {},
): readonly AnswerSentence[] {
  const listed: Listing = (names, separator) =>
    listedNames(names, mostNames, separator);
  const baseline = groups.find((group) => group.baseline)?.baseline?.name;
  const others = new Set(
    groups.flatMap(({ layouts }) => layouts.map(({ name }) => name)),
  );
  if (baseline !== undefined) others.delete(baseline);
  if (baseline === undefined || others.size === 0) {
    return [{
      key: "lines",
      text: `Nothing is compared: ${
        baseline === undefined
          ? "the baseline is missing"
          : `${printable(baseline)} is alone`
      }.`,
    }];
  }
  const base = printable(baseline);
  return [
    linesSentence(groups, base, { others: others.size, listed }),
    ...instructionSentence(groups, base, listed),
    timeSentence(groups, listed),
    ...contradictions(groups, base, listed),
    ...rules(groups),
  ];
}

function linesSentence(
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
    signed(figures.moreLines ?? 0) +
    (isFirst
      ? ` of ${formatFigure(group.baseline?.lines, 6)} in ${
        printable(group.title)
      }`
      : "");
  const equal = others - less.names.length - more.names.length - both.length;
  if (equal === others) {
    return {
      key: "lines",
      text: `${what} per I/O: as many with each layout as with ${base}.`,
    };
  }
  const parts = [
    ...amounts({ less, more, both }, { size, listed }),
    ...(equal === 0
      ? []
      : [`as many with ${equal === 1 ? "1 other" : `${equal} others`}`]),
  ];
  return {
    key: "lines",
    text: `${what} per I/O beside ${base}: ${parts.join("; ")}.`,
  };
}

/** Who has less and who more, and by how much at most. */
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
    ...(both.length === 0
      ? []
      : [`fewer or more by workload with ${listed(both)}`]),
  ];
}

function instructionSentence(
  groups: readonly AnswerGroup[],
  base: string,
  listed: Listing,
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
    ? `Instructions of the path in C: as many with each ${
      hasGaps ? "of those counted" : "layout"
    } as with ${base}`
    : `Instructions of the path in C: ${parts.join("; ")}`;
  return [{
    key: "instructions",
    text: `${said}. ${kernelsAgree()}.`,
  }];
}

/** How near patched kernels are, in a few words: no independent test. */
function kernelsAgree(): string {
  const { kernel, changes, mostPointsOff } = PATCHED_KERNELS;
  return `Patched kernels (${kernel}, ${changes} changes), by which the path ` +
    `was tuned, agree within ${mostPointsOff.toFixed(1)} points`;
}

function timeSentence(
  groups: readonly AnswerGroup[],
  listed: Listing,
): AnswerSentence {
  const timed = groups.flatMap((group) =>
    group.layouts.flatMap((figures) =>
      figures.name === group.baseline?.name || figures.time.kind === "untimed"
        ? []
        : [{ group, figures, time: figures.time }]
    )
  );
  if (timed.length === 0) {
    return {
      key: "time",
      text: "Nothing was timed: the answer rests on counts alone.",
    };
  }
  const titles = new Set(timed.map(({ group }) => printable(group.title)));
  const [only] = titles;
  // What all of it is of is said once.
  const isOfOne = titles.size === 1 && groups.length > 1;
  const sentences = (["faster", "slower"] as const).flatMap((kind) => {
    const found = timed.flatMap(({ group, figures, time }) =>
      time.kind !== kind ? [] : [
        `${printable(figures.name)} ${formatChange(time.ratio.median)}` +
        (time.ratio.low === null || time.ratio.high === null
          ? ""
          : ` (${formatChange(time.ratio.low)} to ${
            formatChange(time.ratio.high)
          })`) +
        (isOfOne ? "" : ` in ${printable(group.title)}`),
      ]
    );
    return found.length === 0 ? [] : [`${kind} ${listed(found, ", ")}`];
  });
  const unshown = timed.flatMap(({ time }) =>
    time.kind === "none" ? [time.detectable] : []
  );
  const unclear = timed.filter(({ time }) => time.kind === "unclear").length;
  const isAll = sentences.length === 0;
  if (unshown.length > 0) {
    const which = unclear > 0
      ? `in ${unshown.length} of ${timed.length} comparisons `
      : isAll
      ? ""
      : "for the others ";
    sentences.push(
      `no difference shown ${which}(one of ${range(unshown)} would have been)`,
    );
  }
  if (unclear > 0) {
    sentences.push(
      unclear === timed.length
        ? "nothing shown, too noisy or too short to tell"
        : `${unclear} of ${timed.length} too noisy to tell`,
    );
  }
  return {
    key: "time",
    text: `Time on this machine${isOfOne ? `, in ${only} alone` : ""}: ${
      sentences.join("; ")
    }.`,
  };
}

/** Where the clock says the opposite of a count. */
function contradictions(
  groups: readonly AnswerGroup[],
  base: string,
  listed: Listing,
): AnswerSentence[] {
  const found = groups.flatMap((group) =>
    group.layouts.flatMap(({ name, moreLines, instructionRatio, time }) => {
      if (time.kind !== "faster" && time.kind !== "slower") return [];
      const counts = [
        [moreLines ?? 0, "lines"],
        [(instructionRatio ?? 1) - 1, "instructions"],
      ] as const;
      const against = counts.filter(([more]) =>
        time.kind === "faster" ? more > 0 : more < 0
      ).map(([, what]) => what);
      if (against.length === 0) return [];
      const amount = time.kind === "faster" ? "more" : "fewer";
      return [
        `${printable(name)} takes ${amount} ${against.join(" and ")} than ` +
        `${base} in ${printable(group.title)}, and is ${time.kind}`,
      ];
    })
  );
  const opposed = groups.flatMap(({ cells, title }) =>
    cells.flatMap(({ agreement }) =>
      (agreement?.opposed ?? []).map((name) =>
        `the engines disagree on ${printable(name)} in ${printable(title)}`
      )
    )
  );
  const all = [...found, ...opposed];
  return all.length === 0 ? [] : [{
    key: "contradiction",
    text: `Contradiction: ${
      listed(all, "; ")
    }. Cite neither without the other.`,
  }];
}

/**
 * What is the rule's doing on bios is not the layout's: of several cells it is
 * told where it makes a difference, and the others are named.
 */
function rules(groups: readonly AnswerGroup[]): AnswerSentence[] {
  const found = groups.flatMap(({ cells: [cell], title }) => {
    const rule = mixingReminder(cell);
    return rule === ""
      ? []
      : [{ title: printable(title), rule, differs: differsByRule(cell) }];
  });
  const first = found.find(({ differs }) => differs) ?? found[0];
  if (first === undefined) return [];
  const others = found.filter((one) => one !== first);
  const also = others.length === 0
    ? ""
    : `; ${others.map(({ title }) => title).join(", ")}: ${
      others.length === 1 ? "a proposal" : "proposals"
    }, too`;
  return [{ key: "rule", text: `But in ${first.title} ${first.rule}${also}.` }];
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

function signed(value: number): string {
  return (value < 0 ? "-" : "+") + formatFigure(Math.abs(value), 5);
}

function range(values: readonly number[]): string {
  const ends = new Set([leastOf(values), mostOf(values)].map(formatPercent));
  return [...ends].join(" to ");
}

/** Some of many names; a phrase is one of them. */
function listedNames(
  names: readonly string[],
  most: number,
  separator = ", ",
): string {
  const shown = names.slice(0, most).map((name) =>
    separator === ", " && !name.includes(" ") ? printable(name) : name
  );
  const rest = names.length - shown.length;
  const more = separator === ", " ? ` and ${rest} more` : `; ${rest} more`;
  return shown.join(separator) + (rest > 0 ? more : "");
}
