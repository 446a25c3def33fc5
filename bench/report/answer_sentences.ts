/**
 * The answer in sentences, each made of figures and verdicts and of nothing
 * else: what is counted first, then what the clock says of it, and where the
 * two contradict each other.
 */
import type { AnswerGroup } from "./answer_figures.ts";
import { formatChange, formatPercent } from "../text/figure.ts";
import { differsByRule, mixingReminder } from "./mixing.ts";
import { printableCell } from "../text/plain_table.ts";
import { leastOf, mostOf } from "../text/extremes.ts";
import {
  type AnswerSentence,
  type Listing,
  listing,
} from "./answer_sentence.ts";
import { instructionSentence, linesSentence } from "./count_sentences.ts";

/** Names in a sentence; the table has all of them. */
const MOST_NAMES = 3;

export interface SentenceOptions {
  /** Names that a sentence lists; default: 3. */
  readonly mostNames?: number | undefined;
  /** Whether they say how near patched kernels are; default: they do. */
  readonly hasPatched?: boolean | undefined;
  /** Whether a reminder that adds no figure goes; default: it stays. */
  readonly isTerse?: boolean | undefined;
}

/**
 * Returns the answer.
 *
 * @returns Two sentences or more; one if there is nothing to compare.
 */
export function answerSentences(
  groups: readonly AnswerGroup[],
  { mostNames = MOST_NAMES, hasPatched = true, isTerse = false }:
    SentenceOptions = {},
): readonly AnswerSentence[] {
  const listed = listing(mostNames);
  const baseline = groups.find((group) => group.baseline)?.baseline?.name;
  const others = new Set(
    groups.flatMap(({ layouts }) => layouts.map(({ name }) => name)),
  );
  if (baseline !== undefined) others.delete(baseline);
  if (baseline === undefined || others.size === 0) {
    return [{
      key: "lines",
      text: `Nothing to compare: ${
        groups.length === 0
          ? "the result has no cells"
          : baseline === undefined
          ? "the baseline is missing"
          : `${printableCell(baseline)} is the only layout`
      }.`,
    }];
  }
  const base = printableCell(baseline);
  return [
    linesSentence(groups, base, { others: others.size, listed }),
    ...instructionSentence(groups, base, { listed, hasPatched }),
    timeSentence(groups, listed),
    ...contradictions(groups, base, { listed, isTerse }),
    ...rules(groups),
  ];
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
  const titles = new Set(timed.map(({ group }) => printableCell(group.title)));
  const [only] = titles;
  // What all of it is of is said once.
  const isOfOne = titles.size === 1 && groups.length > 1;
  const sentences = (["faster", "slower"] as const).flatMap((kind) => {
    const found = timed.flatMap(({ group, figures, time }) =>
      time.kind !== kind ? [] : [
        `${printableCell(figures.name)} ${formatChange(time.ratio.median)}` +
        (time.ratio.low === null || time.ratio.high === null
          ? ""
          : ` (${formatChange(time.ratio.low)} to ${
            formatChange(time.ratio.high)
          })`) +
        (isOfOne ? "" : ` in ${printableCell(group.title)}`),
      ]
    );
    return found.length === 0 ? [] : [`${kind} with ${listed(found, ", ")}`];
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
    text: `Time ${whose(timed.map(({ group }) => group))}${
      isOfOne ? `, in ${only} alone` : ""
    }: ${sentences.join("; ")}.`,
  };
}

/** Which language a path is in: V8 pays for what C may get for nothing. */
function languageOf({ cells: [{ engine }] }: AnswerGroup): string {
  return engine === "native" ? "C" : "JavaScript";
}

function whose(groups: readonly AnswerGroup[]): string {
  const [language, ...others] = new Set(groups.map(languageOf));
  return others.length > 0 ? "on this machine" : `in ${language}`;
}

/** Where the clock says the opposite of a count. */
function contradictions(
  groups: readonly AnswerGroup[],
  base: string,
  { listed, isTerse }: { listed: Listing; isTerse: boolean },
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
        `${printableCell(name)} takes ${amount} ${
          against.join(" and ")
        } than ` +
        `${base} in ${printableCell(group.title)}, but is ${time.kind}`,
      ];
    })
  );
  const opposed = groups.flatMap(({ cells, title }) =>
    cells.flatMap(({ agreement }) =>
      (agreement?.opposed ?? []).map((name) =>
        `the engines disagree on ${printableCell(name)} in ${
          printableCell(title)
        }`
      )
    )
  );
  const all = [...found, ...opposed];
  return all.length === 0 ? [] : [{
    key: "contradiction",
    text: `Contradiction: ${listed(all, "; ")}.${
      isTerse ? "" : " Cite neither without the other."
    }`,
  }];
}

/**
 * What the rule on bios causes is not the layout's: of several cells, those
 * where it makes a difference are described, and the others named.
 */
function rules(groups: readonly AnswerGroup[]): AnswerSentence[] {
  const found = groups.flatMap(({ cells: [cell], title }) => {
    const rule = mixingReminder(cell);
    return rule === ""
      ? []
      : [{ title: printableCell(title), rule, differs: differsByRule(cell) }];
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

function range(values: readonly number[]): string {
  const ends = new Set([leastOf(values), mostOf(values)].map(formatPercent));
  return [...ends].join(" to ");
}
