/**
 * Counts what a result or a mail claims again, by the command that it names.
 */
import { printableLine } from "../../sim/text/printable.ts";
import { labTool } from "../machine/tool.ts";
import { findAnswer } from "../report/found_answer.ts";
import { exactCode, exactFiguresOf } from "../report/exact_code.ts";
import { repeatCommand } from "../report/repeat_command.ts";
import { repeatingWords } from "../report/repeating_words.ts";
import { readResult } from "../result/read_result.ts";
import type { LabResult } from "../result/result.ts";
import { type CommandContext, EXIT } from "../shell/context.ts";
import { connect } from "../shell/help.ts";
import { compareExact } from "../verify/compare_exact.ts";
import { compareMeasured } from "../verify/compare_measured.ts";
import { compareTable } from "../verify/mail_table.ts";
import { readMail } from "../verify/read_mail.ts";
import { receivedText } from "../verify/received_text.ts";
import type { Verification } from "../verify/verification.ts";
import { runCommand } from "./run.ts";

/** Options that exact figures do not depend on. */
const MEASURING = new Set([
  "--engine",
  "--cc",
  "--counts",
  "--rounds",
  "--time",
  "--builds",
  // As in earlier mails.
  "--births",
  "--width",
  "--budget",
  "--by",
]);

const COMMIT_DIGITS = 12;
const LONGEST_MAIL_BYTES = 16 << 20;
export interface VerifyTask {
  readonly file: string;
  /** Whether a result is measured again, and whether that is reported. */
  readonly options: { readonly timed: boolean; readonly quiet: boolean };
  readonly context: CommandContext;
}

/**
 * Counts the figures of a result again.
 *
 * @throws {RangeError} If one command does not make all of it again.
 */
export async function verifyResult(
  result: LabResult,
  task: VerifyTask,
): Promise<Verification> {
  const { file, options } = task;
  const { words, notes } = repeatCommand(result);
  if (result.cells.length === 0) {
    throw new RangeError(
      `Cannot verify "${file}": it has no cells, expected at least one`,
    );
  }
  if (notes.length > 0) {
    throw new RangeError(
      `Cannot verify "${file}": ${printableLine(notes.join(" "))} Expected a ` +
        "result of lab run alone",
    );
  }
  const own = repeatingWords(words.slice(3)) ?? ["run"];
  const again = await runAgain(options.timed ? own : exactWords(own), task);
  const exact = compareExact(result, again);
  const measured = options.timed ? compareMeasured(result, again) : undefined;
  return {
    source: "result",
    words: own,
    figures: exact.compared,
    isEqual: exact.unequal.length === 0,
    unequal: exact.unequal,
    measured: measured &&
      { compared: measured.compared, apart: measured.unequal },
    notes: [
      ...versionNote(result.tool.version),
      ...(exact.unequal.length === 0
        ? []
        : commitNote(result.environment["commit"], again)),
      ...(result.cells.some(({ layouts }) =>
          layouts.some(({ machineCode }) => machineCode)
        )
        ? ["Machine code was not counted again."]
        : []),
    ],
  };
}

/**
 * Counts the figures of a mail again.
 *
 * @throws {RangeError} If it has no claim, or is to be timed.
 */
export async function verifyMail(
  text: string,
  task: VerifyTask,
): Promise<Verification[]> {
  const { file, options } = task;
  if (text.length > LONGEST_MAIL_BYTES) {
    throw new RangeError(
      `Cannot verify "${file}": it is longer than ${LONGEST_MAIL_BYTES} ` +
        "bytes, expected a mail",
    );
  }
  if (options.timed) {
    throw new RangeError(
      `Cannot time the mail "${file}" again: found no intervals in a mail, ` +
        "expected a result of lab run --json",
    );
  }
  const claims = readMail(receivedText(text, file), file);
  const found: Verification[] = [];
  for (const claim of claims) {
    const again = await runAgain(exactWords(claim.words), task);
    const figures = exactFiguresOf(again);
    const table = compareTable(claim.before, {
      answer: findAnswer(again),
      hasCode: !claim.countsCode,
    }, file);
    const unequal = table?.unequal ?? [];
    const code = exactCode(figures);
    const isCode = code === claim.code && figures.size === claim.figures;
    const version = /bvec-lab (\d+\.\d+\.\d+\S*?)[,.]?(?= |$)/.exec(
      claim.before.join(" "),
    )?.[1];
    const commit = /commit ([0-9a-f]{12,40})(?![0-9a-f])/.exec(
      claim.before.join(" "),
    )?.[1];
    found.push({
      source: "mail",
      words: claim.words,
      figures: claim.figures,
      isEqual: isCode && unequal.length === 0,
      unequal: [
        ...(isCode ? [] : [{
          figure: "code of the exact figures",
          claimed: `${claim.figures}, ${claim.code}`,
          counted: `${figures.size}, ${code}`,
        }]),
        ...unequal,
      ],
      notes: [
        ...versionNote(version),
        ...(isCode && unequal.length === 0 ? [] : commitNote(commit, again)),
        table === undefined
          ? "It has no table to compare."
          : `Figures of its table that were compared: ${table.compared}.`,
      ],
    });
  }
  return found;
}

function versionNote(version: string | undefined): string[] {
  const own = labTool().version;
  return version === undefined || version === own
    ? []
    : [`It is of bvec-lab ${printableLine(version)}, counted now by ${own}.`];
}

/** A model that was changed since counts other figures. */
function commitNote(claimed: unknown, again: LabResult): string[] {
  const own = again.environment["commit"];
  if (typeof claimed !== "string" || typeof own !== "string") return [];
  const digits = Math.min(COMMIT_DIGITS, claimed.length, own.length);
  const [before, now] = [claimed, own].map((text) => text.slice(0, digits));
  return before === now ? [] : [
    `It was counted at commit ${printableLine(before ?? "")}, now at ${now}; ` +
    "a lab that changed in between may count otherwise; check out the former.",
  ];
}

/** The command without what exact figures do not depend on. */
function exactWords(words: readonly string[]): string[] {
  const kept: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string;
    const [name = word] = word.split("=");
    if (!MEASURING.has(name)) kept.push(word);
    else if (!word.includes("=")) i++;
  }
  return [...kept, "--rounds", "0"];
}

async function runAgain(
  words: readonly string[],
  task: VerifyTask,
): Promise<LabResult> {
  const { context, options, file } = task;
  let out = "";
  let status: number = EXIT.done;
  const inner: CommandContext = {
    ...context,
    writeOut: (text) => out += text,
    words,
  };
  const command = runCommand(inner, (code) => status = code);
  connect(command, inner);
  await command.parseAsync([
    ...words.slice(1),
    ...["--json", "-", ...(options.quiet ? ["--quiet"] : [])],
  ], { from: "user" });
  if (out === "" || status !== EXIT.done) {
    context.signal.throwIfAborted();
    throw new Error(
      `Cannot verify "${file}": its run ended with status ${status}, expected 0`,
    );
  }
  return readResult(out, "the repeated run");
}
