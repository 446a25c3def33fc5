/**
 * `deno task oracle`: replays rows of real kernels through the path and says
 * how many are covered and exact, and why the others are not; or compares what
 * an I/O touched in a real kernel with what it touches in the lab; or what a
 * layout changed in a real kernel with what it changes in the path in C.
 *
 * @module
 */
import { Command, Option } from "commander";
import { type CommandContext, EXIT, processContext } from "../shell/context.ts";
import { GROUPS } from "../shell/help.ts";
import { checkOutput, writeFound } from "../shell/output.ts";
import { runToStatus } from "../shell/run_command.ts";
import { compareRecordings } from "../footprint/compare.ts";
import {
  listRecordings,
  readRecordingFile,
} from "../footprint/read_recording.ts";
import type { Recording } from "../footprint/recording.ts";
import { isExplained, type RefusedRecording } from "../footprint/result.ts";
import { formatFootprints } from "../footprint/text.ts";
import { comparePatchedKernels } from "../patched/compare_kernels.ts";
import {
  KERNEL_LAYOUTS,
  withKernelLayouts,
} from "../patched/kernel_layouts.ts";
import { readKernels } from "../patched/recorded_kernels.ts";
import { patchedLines } from "../patched/text.ts";
import type { CountChoice } from "../setup/count_choice.ts";
import type { KeptArena } from "../../sim/memory/kept_arena.ts";
import { pathReplay } from "./path_replay.ts";
import { formatOracleResult, isExact } from "./result.ts";
import { runOracle } from "./run_oracle.ts";

/** Rows that come with the project. */
const ROWS = `${import.meta.dirname}/../../tests/data/kernel/rows`;

interface OracleOptions {
  readonly rows: string;
  readonly footprint?: string;
  readonly patched?: string;
  readonly kernelLayouts?: string;
  readonly counts: Exclude<CountChoice, "off">;
  readonly cc?: string;
  readonly json?: string;
  readonly force: boolean;
}

/**
 * @returns 0 if every covered row is exact, every difference of footprints has
 *   a reason, or every change of instructions is as a kernel's; 1 if not, 2 on
 *   wrong use, or if one of several recordings could not be read.
 */
export async function oracleMain(
  args: readonly string[],
  context: CommandContext,
): Promise<number> {
  let status: number = EXIT.done;
  const command = new Command("oracle")
    .description(
      "compare the path with recorded rows of real kernels: covered, exact, " +
        "reasons",
    )
    .optionsGroup(GROUPS.compared)
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
    .addOption(
      new Option(
        "--patched <folder>",
        "folder of recordings of patched kernels, .json[.gz]: compare the " +
          "change of instructions instead (needs cc and valgrind or qemu)",
      ).conflicts(["rows", "footprint"]),
    )
    .option(
      "--kernel-layouts <pairs>",
      "layouts of patched kernels, such as C=phys_len:page, comma-separated",
    )
    .addOption(
      new Option("--counts <tool>", "what counts with --patched")
        .choices(["auto", "perf", "valgrind", "qemu"]).default("valgrind"),
    )
    .option("--cc <program>", "C compiler with --patched")
    .optionsGroup(GROUPS.output)
    .option("--json <file>", "write the result as JSON, - for stdout")
    .option("--force", "replace an existing output file", false)
    .action(async (options: OracleOptions) => {
      const { rows, footprint, patched, json, force } = options;
      if (json !== undefined) await checkOutput(json, { force });
      const { result, text, isRight, status: told } = patched !== undefined
        ? await comparePatched(patched, { ...options, signal: context.signal })
        : footprint === undefined
        ? await replayRows(rows)
        : await compareFootprints(footprint, context.writeError);
      await writeFound(
        {
          json: () => result,
          text: () => text,
        },
        context,
        options,
      );
      status = isRight ? told ?? status : EXIT.wrongAnswer;
    });
  const ended = await runToStatus(command, { args, context });
  return ended === EXIT.done ? status : ended;
}

/** A result, as JSON and as text, and whether it is as it should be. */
interface OracleAnswer {
  readonly result: unknown;
  readonly text: string;
  readonly isRight: boolean;
  /** How it ends where it is right. */
  readonly status?: number | undefined;
}

async function replayRows(folder: string): Promise<OracleAnswer> {
  // Memory of one file's devices after the other.
  const arenas: KeptArena[] = [];
  const result = await runOracle(
    folder,
    (file) => pathReplay(file, arenas),
  );
  return {
    result,
    text: formatOracleResult(result),
    isRight: isExact(result),
  };
}

/** What cannot be read is named, and does not keep others from comparison. */
async function compareFootprints(
  folder: string,
  complain: (text: string) => void,
): Promise<OracleAnswer> {
  const recordings: Recording[] = [];
  const refused: RefusedRecording[] = [];
  let first: unknown;
  for (const path of await listRecordings(folder)) {
    try {
      recordings.push(await readRecordingFile(path));
    } catch (error) {
      if (!(error instanceof SyntaxError || error instanceof TypeError)) {
        throw error;
      }
      first ??= error;
      const file = path.slice(path.lastIndexOf("/") + 1);
      refused.push({ file, reason: error.message });
    }
  }
  if (recordings.length === 0) throw first;
  for (const { reason } of refused) complain(`oracle: ${reason}\n`);
  const result = { ...compareRecordings(recordings), refused };
  return {
    result,
    text: formatFootprints(result),
    isRight: isExplained(result),
    status: refused.length > 0 ? EXIT.wrongUse : undefined,
  };
}

async function comparePatched(
  folder: string,
  { counts, cc, kernelLayouts, signal }:
    & Pick<OracleOptions, "counts" | "cc" | "kernelLayouts">
    & Pick<CommandContext, "signal">,
): Promise<OracleAnswer> {
  const layouts = kernelLayouts === undefined
    ? KERNEL_LAYOUTS
    : withKernelLayouts(kernelLayouts);
  const recorded = [];
  for (const path of await listRecordings(folder, "patched kernels")) {
    recorded.push(...await readKernels(path));
  }
  const result = await comparePatchedKernels(recorded, {
    ...{ choice: counts, layouts, signal },
    cc,
  });
  return {
    result,
    text: `${patchedLines(result).join("\n")}\n`,
    isRight: result.rows.every(({ within }) => within !== false),
  };
}

if (import.meta.main) {
  Deno.exit(await oracleMain(Deno.args, processContext()));
}
