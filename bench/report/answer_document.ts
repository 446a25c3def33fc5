/**
 * The answer of a result as blocks: sentences, one table, what the layouts are,
 * what is uncertain, where the figures come from, and how to go on. It is what
 * `lab run` prints and what a mail is made of.
 */
import { layouts as registered } from "../../layouts/registry.ts";
import { printableLine } from "../../sim/text/printable.ts";
import type { LabWarning } from "../statistics/warning.ts";
import type { LabResult } from "../result/result.ts";
import { omittedBlocks } from "./answer_cut.ts";
import {
  type AnswerGroup,
  answerGroups,
  hasPlainMachine,
} from "./answer_figures.ts";
import { type AnswerRow, answerRows, answerTable } from "./answer_rows.ts";
import { answerSentences, type SentenceOptions } from "./answer_sentences.ts";
import { type Block, prose, type Section } from "./blocks.ts";
import { doneCells } from "./cell_facts.ts";
import { mostOf } from "../text/extremes.ts";
import { formatCount, formatPercent } from "../text/figure.ts";
import { machineWords } from "./machine_words.ts";
import { printable } from "../text/plain_table.ts";
import { ownLayoutTitles } from "./own_layout_words.ts";
import { repeatCommand } from "./repeat_command.ts";
import { RECORDED_CODE, recordedBuild } from "./recorded_code.ts";
import {
  RECORDED_KERNEL,
  RECORDED_LINES,
  type RecordedLines,
  recordedLines,
  recordedWords,
} from "./recorded_lines.ts";

/** What an answer is made of. */
export interface Answer {
  /** The cells, by workload and what else tells them apart. */
  readonly groups: readonly AnswerGroup[];
  /** The rows of the table. */
  readonly rows: readonly AnswerRow[];
}

/**
 * Finds the answer of a result.
 *
 * @param result The result.
 * @returns Its groups and rows.
 */
export function findAnswer(result: LabResult): Answer {
  const groups = answerGroups(result);
  return { groups, rows: answerRows(result, groups) };
}

/**
 * Gives the answer as blocks.
 *
 * @param result The result.
 * @returns Sentences, table, legend, doubts, origin, and commands to go on.
 */
export function answerDocument(result: LabResult): readonly Section[] {
  const answer = findAnswer(result);
  return answerSections(result, answer, answer);
}

/** What is shown of an answer. */
export interface AnswerParts extends Answer, SentenceOptions {
  /** How layouts are explained; default: `lines`, one each. */
  readonly legend?: "lines" | "paragraph" | "none";
  /** Warnings that are told in words; default: 3. */
  readonly mostWarnings?: number;
  /** Whether a long command and its notes are left out; default: no. */
  readonly isShort?: boolean;
}

/**
 * Gives an answer, or parts of it, as blocks.
 *
 * @param result The result.
 * @param answer Its answer.
 * @param parts What is shown of it.
 * @returns The same as `answerDocument()`, and how much is left out.
 */
export function answerSections(
  result: LabResult,
  answer: Answer,
  parts: AnswerParts,
): readonly Section[] {
  const { mostNames, groups, rows } = parts;
  return [
    sentenceBlocks(answer, mostNames === undefined ? {} : { mostNames }),
    [...answerTable(groups, rows), ...omittedBlocks(answer, parts)],
    layoutLegend(result, parts),
    [
      ...uncertainBlocks(result, answer, parts),
      ...(parts.legend === undefined || parts.legend === "lines"
        ? originBlocks(result, answer)
        : joined(originBlocks(result, answer))),
    ],
    goOn(result, parts),
  ];
}

/**
 * Gives the sentences of an answer.
 *
 * @param answer The answer.
 * @param options How much is listed.
 * @returns A paragraph for each.
 */
export function sentenceBlocks(
  { groups }: Answer,
  options: SentenceOptions = {},
): Section {
  return answerSentences(groups, options).flatMap(({ key, text }) =>
    prose(`answer.${key}`, text)
  );
}

/** Paragraphs as one, which takes fewer lines. */
function joined(blocks: Section): Section {
  const texts = blocks.flatMap((one) => one.kind === "prose" ? [one.text] : []);
  return prose("origin", texts.join(" "));
}

/** What each layout of the table is, in one line or a paragraph of them. */
function layoutLegend(
  result: LabResult,
  { rows, legend = "lines" }: AnswerParts,
): Section {
  if (legend === "none") {
    return prose("layout", "What the layouts are: deno task lab layouts.");
  }
  const titles = new Map(registered.map(({ name, title }) => [name, title]));
  for (const [name, title] of ownLayoutTitles(result.config)) {
    titles.set(name, title);
  }
  const said = rows.flatMap(({ name, equals }) => [name, ...equals])
    .map((name) =>
      `${printable(name)}: ${titles.get(name) ?? "a layout of this run"}`
    );
  return legend === "paragraph"
    ? prose("layout", said.join(". "))
    : said.flatMap((text) => prose("layout", text));
}

/**
 * Says what is uncertain, and why.
 *
 * @param result The result.
 * @param answer Its answer.
 * @param options How much is said.
 * @returns A line each; fewer where nothing was timed.
 */
export function uncertainBlocks(
  result: LabResult,
  answer: Answer,
  { isBrief = false, mostWarnings = MOST_WARNINGS }: AnswerOptions = {},
): Section {
  const doubts = [
    ...timeDoubts(result),
    ...lineDoubts(answer),
    ...(isBrief ? warningCount(result) : []),
  ];
  return [
    ...doneCells(result).flatMap((text) => prose("done", `${text}.`)),
    ...prose(
      "uncertain",
      doubts.length === 0 ? "" : `Uncertain: ${doubts.join("; ")}.`,
    ),
    ...(isBrief ? untrusted(result) : [
      ...besides(result),
      ...leftOut(result),
      ...untrusted(result),
      ...warningWords(result, mostWarnings),
    ]).flatMap((
      text,
    ) => prose("uncertain", text)),
  ];
}

function timeDoubts({ cells }: LabResult): string[] {
  const timed = cells.filter(({ layouts }) =>
    layouts.some(({ nsPerIo }) => nsPerIo !== null)
  );
  if (timed.length === 0) return [];
  const floors = timed.flatMap(({ noiseFloor }) =>
    noiseFloor ? [noiseFloor.difference] : []
  );
  const spreads = timed.flatMap(({ layouts }) =>
    layouts.flatMap(({ betweenBirthSpread }) => betweenBirthSpread ?? [])
  );
  const parts = [
    ...(floors.length === 0
      ? []
      : [`identical code differs by up to ${formatPercent(mostOf(floors))}`]),
    ...(spreads.length === 0
      ? []
      : [`builds scatter by up to ${formatPercent(mostOf(spreads))}`]),
  ];
  return parts.length === 0 ? [] : [`time (${parts.join(", ")})`];
}

/** A kernel touches more lines than the model has structures for. */
function lineDoubts({ groups }: Answer): string[] {
  if (groups.length === 0) return [];
  const own = groups.flatMap(({ cells: [cell] }) => recordedLines(cell) ?? []);
  const by = (sign: number) => (one: RecordedLines, other: RecordedLines) =>
    sign * (one.lines - other.lines);
  // The largest shows most of what is not in the model; of an I/O that was not
  // recorded, the smallest promises no more than there is.
  const [recorded] = own.length === 0
    ? RECORDED_LINES.toSorted(by(1))
    : own.toSorted(by(-1));
  return [
    "lines (of modelled structures alone" +
    (recorded === undefined
      ? ")"
      : `; ${RECORDED_KERNEL} touched ${recordedWords(recorded)})`),
  ];
}

/** What was run besides, and stands in no table of the answer. */
function besides({ cells }: LabResult): string[] {
  const parts = [
    ...(cells.some(({ simulated }) => simulated) ? ["simulated time"] : []),
    ...(cells.some(({ workers }) => workers) ? ["groups of workers"] : []),
  ];
  return parts.length === 0
    ? []
    : [`Run as well (--details): ${parts.join(", ")}.`];
}

/** Layouts that were left out and are named. */
const MOST_LEFT_OUT = 6;

function leftOut({ cells }: LabResult): string[] {
  const names = new Set(
    cells.flatMap((cell) => (cell.leftOut ?? []).map(({ name }) => name)),
  );
  const listed = [...names].slice(0, MOST_LEFT_OUT).map(printable);
  const more = names.size - listed.length;
  return names.size === 0 ? [] : [
    `Left out of some cells (--details says why): ${listed.join(", ")}${
      more > 0 ? ` and ${more} more` : ""
    }.`,
  ];
}

/** How much an answer says. */
export interface AnswerOptions {
  /** Whether it is for a mail, which has few lines; `false` unless told. */
  readonly isBrief?: boolean;
  /** Warnings that are told in words; default: 3. */
  readonly mostWarnings?: number;
}

function warningsOf({ warnings, cells }: LabResult): LabWarning[] {
  return [...warnings, ...cells.flatMap((cell) => cell.warnings ?? [])];
}

function warningCount(result: LabResult): string[] {
  const { length } = warningsOf(result);
  return length === 0 ? [] : [`${formatCount(length, "warning")} of the run`];
}

/** Kinds of warnings that are told in words. */
const MOST_WARNINGS = 3;
/** Characters of each. */
const MESSAGE_LENGTH = 90;

/** Warnings that the run is not the one that was asked for: told first. */
const FIRST_CODES = [
  ...["no-native-engine", "input-changed", "resumed", "like-empty"],
  ...["counts-contradict", "other-baseline", "not-counted"],
];

/** Warnings that what was run is not what the input says: told whole. */
const INPUT_CODES = ["cut-ios", "rounded-ios"];

/** Without this one, times that nobody can trust are told as if they could. */
const UNTRUSTED_CODE = "engines-apart";

function untrusted({ cells }: LabResult): string[] {
  const found = cells.flatMap(({ workload, warnings = [] }) =>
    warnings.filter(({ code }) => code === UNTRUSTED_CODE)
      .map(({ message }) => ({ workload, message }))
  );
  const [first] = found;
  if (first === undefined) return [];
  const more = found.length - 1;
  return [
    `Cannot trust the times of ${printable(first.workload)}: ${first.message}` +
    `${more > 0 ? `, nor those of ${formatCount(more, "cell")} more` : ""}.`,
  ];
}

function isToldWhole(code: string): boolean {
  return INPUT_CODES.includes(code) || code === UNTRUSTED_CODE;
}

/** All others, and the hints of each, are among the details. */
function warningWords(result: LabResult, most: number): string[] {
  const warnings = warningsOf(result);
  if (warnings.length === 0) return [];
  const told = result.cells.flatMap(({ workload, warnings = [] }) =>
    warnings.filter(({ code }) => INPUT_CODES.includes(code)).map((
      { message },
    ) => `${printable(workload)}: ${message}.`)
  );
  const kinds = new Map<string, string>();
  for (const { code, message } of warnings) {
    if (!kinds.has(code) && !isToldWhole(code)) {
      kinds.set(code, message);
    }
  }
  const isFirst = (code: string) => Number(FIRST_CODES.includes(code));
  const said = [...kinds].sort(([a], [b]) => isFirst(b) - isFirst(a))
    .slice(0, most).map(([, message]) => shortMessage(message));
  const more = kinds.size - said.length;
  return [
    ...[...new Set(told)].slice(0, Math.max(1, most)),
    ...(kinds.size === 0 ? [] : [
      `${formatCount(kinds.size, "warning")} (--details: hints)` +
      `${said.length === 0 ? "" : `: ${said.join("; ")}`}` +
      `${said.length > 0 && more > 0 ? `; ${more} more` : ""}.`,
    ]),
  ];
}

function shortMessage(message: string): string {
  const text = printableLine(message);
  return text.length <= MESSAGE_LENGTH
    ? text
    : `${text.slice(0, MESSAGE_LENGTH - 3).trimEnd()}...`;
}

/**
 * Says where the figures come from.
 *
 * @param result The result.
 * @param answer Its answer.
 * @param options How much is said.
 * @returns What was counted and measured on what, the machine, the lab.
 */
export function originBlocks(
  result: LabResult,
  answer: Answer,
  { isBrief = false }: AnswerOptions = {},
): Section {
  const { cells } = result;
  const [cell] = cells;
  if (cell === undefined) return [];
  const { groups } = answer;
  const distinct = (values: readonly (string | undefined)[]) =>
    [...new Set(values.flatMap((value) => value ?? []))].join(", ");
  const kernels = distinct(cells.map(({ kernel }) => kernel));
  const setting = [
    `ABI ${distinct(cells.map(({ abi }) => abi))}`,
    `P2P detection ${distinct(cells.map(({ recognition }) => recognition))}`,
    ...(kernels === "" ? [] : [`kernel ${kernels}`]),
    // As usual, it goes without saying; the details have it.
    ...(hasPlainMachine(result) || cell.setting === undefined
      ? []
      : [printableLine(cell.setting)]),
  ].join(", ");
  const traced = cells.flatMap(({ layouts }) =>
    layouts.flatMap(({ footprint }) =>
      typeof footprint?.tracedIos === "number" ? [footprint.tracedIos] : []
    )
  );
  const timed = groups.flatMap(({ cells: [first] }) =>
    first.layouts.some(({ nsPerIo }) => nsPerIo !== null) ? [first] : []
  );
  const counted = groups.find((group) => group.instructionsFrom !== undefined);
  const parts = [
    `lines exact, over ${
      traced.length === 0 ? "the" : `the first ${mostOf(traced)}`
    } I/Os`,
    ...(counted === undefined
      ? ["no instructions (lab:native counts them)"]
      : [instructionOrigin(counted, isBrief)]),
    ...(timed[0] === undefined ? [] : [
      `time of engine ${distinct(timed.map(({ engine }) => engine))}, ${
        formatCount(timed[0].births ?? 0, "birth")
      } x ${formatCount(timed[0].rounds ?? 0, "round")}`,
    ]),
  ];
  const { tool, seed, environment } = result;
  return [
    ...prose("setting", `From: ${setting}; ${parts.join("; ")}.`),
    ...prose(
      "machine",
      [
        `${tool.name} ${printable(tool.version)}` +
        (isBrief ? "" : `, seed ${seed}`),
        machineWords(shortEnvironment(environment, isBrief)),
      ].filter((part) => part !== "").join(", ") + ".",
    ),
  ];
}

function instructionOrigin(group: AnswerGroup, isBrief: boolean): string {
  const [cell] = group.cells;
  if (group.instructionsFrom === "record") {
    const file = isBrief ? "on record" : RECORDED_CODE.file;
    return `instructions of ${recordedBuild(cell.abi)} (${file})`;
  }
  const code = group.cells.flatMap(({ layouts }) => layouts)
    .find(({ machineCode }) => machineCode)?.machineCode;
  const compiler = /^[\w.+-]{1,40}?(?=[:\s]|$)/.exec(code?.compiler ?? "")?.[0];
  return `instructions of ${
    [compiler ?? "C", code?.build ?? ""].map(printable).join(" ").trim()
  }`;
}

/** What a reader asks for first; the details have all of it. */
function shortEnvironment(
  environment: LabResult["environment"],
  isBrief: boolean,
): LabResult["environment"] {
  const { cpuModel, cpuCount, deno, commit, date } = environment;
  if (isBrief) return { cpuModel, cpuCount, commit, date };
  return {
    ...{ cpuModel, cpuCount, deno, commit },
    date,
  };
}

/** Characters of a command that has no room where all else is short. */
const LONG_COMMAND = 160;

/** What can be asked next. */
function goOn(result: LabResult, { isShort = false }: AnswerParts): Block[] {
  const { words, notes } = repeatCommand(result);
  const isLeftOut = isShort && words.join(" ").length > LONG_COMMAND;
  const isByPage = result.cells.length > 0 &&
    result.cells.every(({ recognition }) => recognition === "page");
  return [
    ...notes.slice(0, isShort ? 1 : notes.length)
      .flatMap((note) => prose("repetition", note)),
    ...(isLeftOut
      ? prose("repetition", "The same command with --details: every table.")
      : [{
        kind: "command" as const,
        words: [...words, "--details"],
        comment: "every table; --html FILE: charts; --mail -: mail",
      }]),
    ...(isByPage
      ? [{
        kind: "command" as const,
        words: [
          ...["deno", "task", "lab", "--workload", "1m-p2p"],
          ...["--recognise", "page,segment"],
        ],
        comment: "what a P2P flag does",
      }]
      : []),
  ];
}
