/** What counting again has found, and how it is reported. */
import { prose, type Section } from "../report/blocks.ts";
import type { UnequalFigure } from "./mail_table.ts";

/** Rows of figures that differ. */
const MOST_SHOWN = 20;

/** What was verified, and how it came out. */
export interface Verification {
  readonly source: "result" | "mail";
  /** The words after `lab` of the claim; what is measured need not be run. */
  readonly words: readonly string[];
  /** Exact figures that the claim is of. */
  readonly figures: number;
  readonly isEqual: boolean;
  /** Those that are known to differ. */
  readonly unequal: readonly UnequalFigure[];
  /** Ratios that have intervals in both; absent where nothing was timed. */
  readonly measured?: {
    readonly compared: number;
    readonly apart: readonly UnequalFigure[];
  } | undefined;
  /** What a reader has to know. */
  readonly notes: readonly string[];
}

export function verificationDocument(
  found: Verification,
): readonly Section[] {
  const { figures, isEqual, unequal, measured, notes } = found;
  const said = isEqual
    ? `all ${figures} exact figures equal`
    : found.source === "mail"
    ? `not all ${figures} exact figures equal:`
    : `${unequal.length} of ${figures} exact figures not equal:`;
  return [
    prose("verified", said),
    differing(unequal, ["figure", "claimed", "counted"]),
    measured === undefined ? [] : [
      ...prose(
        "measured",
        measured.apart.length === 0
          ? `all ${measured.compared} measured ratios within each other's ` +
            "intervals"
          : `${measured.apart.length} of ${measured.compared} measured ` +
            "ratios apart; times are of the machine they were taken on",
      ),
      ...differing(measured.apart, ["ratio", "claimed", "measured"]),
    ],
    notes.flatMap((note) => prose("note", note)),
  ];
}

function differing(
  unequal: readonly UnequalFigure[],
  [what, claimed, counted]: readonly [string, string, string],
): Section {
  const shown = unequal.slice(0, MOST_SHOWN);
  return [
    ...shown.flatMap((one) =>
      prose(
        "unequal",
        `${one.figure}: ${claimed} ${one.claimed}, ${counted} ${one.counted}`,
      )
    ),
    ...(shown.length < unequal.length
      ? prose("unequal", `and ${unequal.length - shown.length} more ${what}s`)
      : []),
  ];
}
