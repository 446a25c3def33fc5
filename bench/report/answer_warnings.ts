/** The warnings of a result, for an answer of a few lines. */
import { printableLine } from "../../sim/text/printable.ts";
import type { LabResult } from "../result/result.ts";
import type { LabWarning } from "../statistics/warning.ts";
import { plural } from "../../sim/text/plural.ts";
import { printableCell } from "../text/plain_table.ts";

function warningsOf({ warnings, cells }: LabResult): LabWarning[] {
  return [...warnings, ...cells.flatMap((cell) => cell.warnings ?? [])];
}

/** How many warnings there are, if any. */
export function warningCount(result: LabResult): string[] {
  const { length } = warningsOf(result);
  return length === 0 ? [] : [`${plural(length, "warning")} during the run`];
}

/** Kinds of warnings that are spelled out. */
export const MOST_WARNINGS = 3;
const MESSAGE_LENGTH = 90;

/** Warnings that the run is not the one that was asked for: they come first. */
const FIRST_CODES = [
  ...["no-native-engine", "input-changed", "resumed", "like-empty"],
  ...["counts-contradict", "other-baseline", "not-counted"],
];

/** Warnings that what was run is not what the input says: quoted in full. */
const INPUT_CODES = ["cut-ios", "rounded-ios"];

/**
 * Without this one, untrustworthy times would read as if they could be trusted.
 */
const UNTRUSTED_CODE = "engines-apart";

/** Times that nobody can trust. */
export function untrusted({ cells }: LabResult): string[] {
  const found = cells.flatMap(({ workload, warnings = [] }) =>
    warnings.filter(({ code }) => code === UNTRUSTED_CODE)
      .map(({ message }) => ({ workload, message }))
  );
  const [first] = found;
  if (first === undefined) return [];
  const more = found.length - 1;
  return [
    `Cannot trust the times of ${
      printableCell(first.workload)
    }: ${first.message}` +
    `${more > 0 ? `, nor those of ${plural(more, "cell")} more` : ""}.`,
  ];
}

function isToldWhole(code: string): boolean {
  return INPUT_CODES.includes(code) || code === UNTRUSTED_CODE;
}

/** The first of them; all others, and the hints of each, are among the details. */
export function warningWords(result: LabResult, most: number): string[] {
  const warnings = warningsOf(result);
  if (warnings.length === 0) return [];
  const told = result.cells.flatMap(({ workload, warnings = [] }) =>
    warnings.filter(({ code }) => INPUT_CODES.includes(code)).map((
      { message },
    ) => `${printableCell(workload)}: ${message}.`)
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
      `${plural(kinds.size, "warning")} (--details: hints)` +
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
