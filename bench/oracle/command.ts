/**
 * `deno task oracle`: replays rows of real kernels through the path and says
 * how many are covered and exact, and why the others are not; or compares what
 * an I/O touched in a real kernel with what it touches in the lab.
 *
 * @module
 */
import { Command, Option } from "commander";
import { type CommandContext, EXIT, processContext } from "../shell/context.ts";
import { GROUPS } from "../shell/help.ts";
import { checkOutput, writeJson } from "../shell/output.ts";
import { runToStatus } from "../shell/run_command.ts";
import { compareRecordings } from "../footprint/compare.ts";
import {
  listRecordings,
  readRecordingFile,
} from "../footprint/read_recording.ts";
import { isExplained } from "../footprint/result.ts";
import { formatFootprints } from "../footprint/text.ts";
import { pathReplay } from "./path_replay.ts";
import { formatOracleResult, isExact } from "./result.ts";
import { runOracle } from "./run_oracle.ts";

/** Rows that come with the project. */
const ROWS = `${import.meta.dirname}/../../tests/data/kernel/rows`;

interface OracleOptions {
  readonly rows: string;
  readonly footprint?: string;
  readonly json?: string;
  readonly force: boolean;
}

/**
 * Runs the command.
 *
 * @param args The words of the command line.
 * @param context The outside world.
 * @returns 0 if every covered row is exact, or every difference of footprints
 *   has a reason; 1 if not, 2 on wrong use.
 */
export async function oracleMain(
  args: readonly string[],
  context: CommandContext,
): Promise<number> {
  let status: number = EXIT.done;
  const command = new Command("oracle")
    .description(
      "compare the path with rows of real kernels: covered, exact, reasons",
    )
    .addOption(
      new Option("--rows <folder>", "folder of <kind>.<kernel>.jsonl[.gz]")
        .default(ROWS, "the rows that come with the lab"),
    )
    .addOption(
      new Option(
        "--footprint <folder>",
        "folder of recorded footprints, .json[.gz]: compare lines instead",
      ).conflicts("rows"),
    )
    .optionsGroup(GROUPS.output)
    .option("--json <file>", "write the result as JSON, - for stdout")
    .option("--force", "replace an existing output file", false)
    .action(async ({ rows, footprint, json, force }: OracleOptions) => {
      if (json !== undefined) await checkOutput(json, { force });
      const { result, text, isRight } = footprint === undefined
        ? await replayRows(rows)
        : await compareFootprints(footprint);
      if (json !== undefined) await writeJson(json, result, context, { force });
      if (json !== "-") context.writeOut(text);
      if (!isRight) status = EXIT.wrongAnswer;
    });
  const ended = await runToStatus(command, { args, context });
  return ended === EXIT.done ? status : ended;
}

/** A result, as JSON and as text, and whether it is as it should be. */
interface OracleAnswer {
  readonly result: unknown;
  readonly text: string;
  readonly isRight: boolean;
}

async function replayRows(folder: string): Promise<OracleAnswer> {
  const result = await runOracle(folder, pathReplay);
  return {
    result,
    text: formatOracleResult(result),
    isRight: isExact(result),
  };
}

async function compareFootprints(folder: string): Promise<OracleAnswer> {
  const recordings = [];
  for (const path of await listRecordings(folder)) {
    recordings.push(await readRecordingFile(path));
  }
  const result = compareRecordings(recordings);
  return {
    result,
    text: formatFootprints(result),
    isRight: isExplained(result),
  };
}

if (import.meta.main) {
  Deno.exit(await oracleMain(Deno.args, processContext()));
}
