/**
 * `deno task oracle`: replays rows of real kernels through the path and says
 * how many are covered and exact, and why the others are not.
 *
 * @module
 */
import { Command, Option } from "commander";
import {
  type CommandContext,
  EXIT,
  processContext,
} from "../command/context.ts";
import { GROUPS } from "../command/help.ts";
import { checkOutput, writeJson } from "../command/output.ts";
import { runCommand } from "../command/run_command.ts";
import { pathReplay } from "./path_replay.ts";
import { formatOracleResult, isExact } from "./result.ts";
import { runOracle } from "./run_oracle.ts";

/** Rows that come with the project. */
const ROWS = `${import.meta.dirname}/../../tests/data/kernel/rows`;

interface OracleOptions {
  readonly rows: string;
  readonly json?: string;
  readonly force: boolean;
}

/**
 * Runs the command.
 *
 * @param args The words of the command line.
 * @param context The outside world.
 * @returns 0 if every covered row is exact, 1 if not, 2 on wrong use.
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
    .optionsGroup(GROUPS.output)
    .option("--json <file>", "write the result as JSON, - for stdout")
    .option("--force", "replace an existing output file", false)
    .action(async ({ rows, json, force }: OracleOptions) => {
      if (json !== undefined) await checkOutput(json, { force });
      const result = await runOracle(rows, pathReplay);
      if (json !== undefined) await writeJson(json, result, context, { force });
      if (json !== "-") context.writeOut(formatOracleResult(result));
      if (!isExact(result)) status = EXIT.wrongAnswer;
    });
  const ended = await runCommand(command, { args, context });
  return ended === EXIT.done ? status : ended;
}

if (import.meta.main) {
  Deno.exit(await oracleMain(Deno.args, processContext()));
}
