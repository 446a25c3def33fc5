/**
 * `lab verify FILE|-`: counts the exact figures of a result, or of a mail as it
 * was received, again.
 */
import type { Command } from "commander";
import { printableLine } from "../../sim/text/printable.ts";
import { readResult } from "../result/read_result.ts";
import {
  LONGEST_RESULT_BYTES,
  readStreamText,
  readText,
} from "../files/read_text.ts";
import { findAnswer } from "../report/answer_document.ts";
import { prose, type Section } from "../report/blocks.ts";
import { exactCode, exactFiguresOf } from "../report/exact_code.ts";
import { plainSections } from "../report/plain_blocks.ts";
import { repeatCommand } from "../report/repeat_command.ts";
import { repeatingWords } from "../report/repeating_words.ts";
import type { LabResult } from "../result/result.ts";
import { RESULT_SCHEMA_VERSION } from "../result/result_schema.ts";
import { systemReason } from "../files/system_reason.ts";
import { labTool } from "../machine/tool.ts";
import { compareExact } from "../verify/compare_exact.ts";
import { compareMeasured } from "../verify/compare_measured.ts";
import { compareTable, type UnequalFigure } from "../verify/mail_table.ts";
import { readMail } from "../verify/read_mail.ts";
import { receivedText } from "../verify/received_text.ts";
import {
  addCommonOptions,
  type CommonOptions,
  createCommand,
} from "../shell/command.ts";
import { type CommandContext, EXIT } from "../shell/context.ts";
import { connect, GROUPS } from "../shell/help.ts";
import { writeJson } from "../shell/output.ts";
import { checkOutputs } from "../shell/output_names.ts";
import { runCommand } from "./run.ts";

/** Options that exact figures do not depend on. */
const MEASURING = new Set([
  "--engine",
  "--cc",
  "--counts",
  "--rounds",
  "--time",
  "--births",
  "--width",
  "--budget",
  "--by",
]);

/** Digits of a commit that a mail has. */
const COMMIT_DIGITS = 12;
/** Longest mail. */
const LONGEST_MAIL_BYTES = 16 << 20;
/** Rows of figures that differ. */
const MOST_SHOWN = 20;

interface VerifyOptions extends CommonOptions {
  readonly timed: boolean;
}

/** What was verified, and how it came out. */
interface Verification {
  /** What it was found in. */
  readonly source: "result" | "mail";
  /** The words after `lab` of the claim; what is measured need not be run. */
  readonly words: readonly string[];
  /** Exact figures that the claim is of. */
  readonly figures: number;
  /** Whether all of them are equal. */
  readonly isEqual: boolean;
  /** Those that are known to differ. */
  readonly unequal: readonly UnequalFigure[];
  /** Ratios that have intervals in both; absent where nothing was timed. */
  readonly measured?: {
    readonly compared: number;
    readonly apart: readonly UnequalFigure[];
  };
  /** What a reader has to know. */
  readonly notes: readonly string[];
}

/**
 * Makes the command `lab verify`.
 *
 * @param context The outside world.
 * @param report Sets the exit status.
 * @returns The command.
 */
export function verifyCommand(
  context: CommandContext,
  report: (status: number) => void,
): Command {
  const command = createCommand(
    "verify",
    "count the exact figures of a result or a mail again",
  )
    .argument(
      "<file>",
      "a result of lab run --json or a mail of --mail, as received; - for stdin",
    )
    .optionsGroup(GROUPS.measure)
    .option(
      "--timed",
      "measure a result again, too, and compare ratios by their intervals",
      false,
    );
  addCommonOptions(command).addHelpText(
    "after",
    "\nA mail may be quoted, wrapped, encoded (quoted-printable, base64) and have\n" +
      "its headers. Exit status 1: an exact figure is not what is counted now.",
  );
  return command.action((file: string, options: VerifyOptions) =>
    verify(file, { options, context, report })
  );
}

async function verify(
  file: string,
  { options, context, report }: {
    options: VerifyOptions;
    context: CommandContext;
    report: (status: number) => void;
  },
): Promise<void> {
  const { json, force } = options;
  await checkOutputs({ "--json": json }, { force, inputs: { file } });
  const text = await readGiven(file, context);
  const found = text.trimStart().startsWith("{")
    ? [await verifyResult(readResult(text, file), { file, options, context })]
    : await verifyMail(text, { file, options, context });
  if (json !== undefined) {
    await writeJson(
      json,
      {
        schemaVersion: RESULT_SCHEMA_VERSION,
        tool: labTool(),
        file,
        verifications: found,
      },
      context,
      options,
    );
  }
  if (json !== "-") {
    for (const one of found) {
      context.writeOut(
        plainSections(verificationDocument(one), { width: 80 }).join("\n") +
          "\n",
      );
    }
  }
  report(
    found.every(({ isEqual }) => isEqual) ? EXIT.done : EXIT.wrongAnswer,
  );
}

async function readGiven(
  file: string,
  context: CommandContext,
): Promise<string> {
  try {
    return file === "-"
      ? await readStreamText(
        (context.stdin ?? Deno.stdin).readable,
        LONGEST_RESULT_BYTES,
      )
      : await readText(file, LONGEST_RESULT_BYTES);
  } catch (error) {
    throw new Deno.errors.NotFound(
      `Cannot read "${file}": ${
        systemReason(error)
      }, expected a result or a mail`,
    );
  }
}

interface VerifyTask {
  readonly file: string;
  readonly options: VerifyOptions;
  readonly context: CommandContext;
}

async function verifyResult(
  result: LabResult,
  task: VerifyTask,
): Promise<Verification> {
  const { file, options } = task;
  const { words, notes } = repeatCommand(result);
  if (result.cells.length === 0) {
    throw new RangeError(
      `Cannot verify "${file}": it has no cells, expected one at least`,
    );
  }
  if (notes.length > 0) {
    throw new RangeError(
      `Cannot verify "${file}": ${printableLine(notes.join(" "))} Expected a ` +
        "result of lab run alone",
    );
  }
  const own = repeatingWords(words.slice(3)) ?? ["run"];
  const again = await runAgain(options.timed ? own : exactWords(own), {
    ...task,
    isTimed: options.timed,
  });
  const exact = compareExact(result, again);
  const measured = options.timed ? compareMeasured(result, again) : undefined;
  return {
    source: "result",
    words: own,
    figures: exact.compared,
    isEqual: exact.unequal.length === 0,
    unequal: exact.unequal,
    ...(measured === undefined ? {} : {
      measured: { compared: measured.compared, apart: measured.unequal },
    }),
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

async function verifyMail(
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
    const again = await runAgain(exactWords(claim.words), {
      ...task,
      isTimed: false,
    });
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

/** Runs a command of the lab here, and gives its result. */
async function runAgain(
  words: readonly string[],
  task: VerifyTask & { readonly isTimed: boolean },
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
  return readResult(out, "the run made anew");
}

/** What was found, as blocks. */
function verificationDocument(found: Verification): readonly Section[] {
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
