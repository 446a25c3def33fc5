/** `lab sweep --engine slurm`: what it adds to the command. */
import { resolve } from "@std/path";
import type { Command } from "commander";
import type { CommandContext } from "../shell/context.ts";
import { quoteWord } from "../text/shell_words.ts";
import { progressLine } from "../shell/progress_line.ts";
import { runSlurm } from "../sweep/slurm_engine.ts";
import type { SlurmOutcome, SlurmSweep } from "../sweep/slurm_sweep.ts";
import { slurmScripts } from "../sweep/slurm_tasks.ts";
import { SLURM_FLAGS, type SlurmOptions } from "../sweep/slurm_options.ts";
import { logPattern, SLURM_FOLDER } from "../sweep/slurm_script.ts";
import { slurmPrograms } from "../sweep/slurm_tools.ts";

export const SWEEP_ENGINES = ["local", "slurm"] as const;

export type SweepEngine = (typeof SWEEP_ENGINES)[number];

/** Options of the command that each engine has, or has not. */
const LOCAL_ONLY = ["shard", "cell", "jobs"];

/**
 * Refuses options that say nothing with an engine.
 *
 * @throws {RangeError} If one was given.
 */
export function requireEngineOptions(
  command: Command,
  engine: SweepEngine,
): void {
  const names: readonly string[] = engine === "slurm"
    ? LOCAL_ONLY
    : SLURM_FLAGS;
  const option = command.options.find((one) =>
    names.includes(one.attributeName()) &&
    command.getOptionValueSource(one.attributeName()) === "cli"
  );
  if (option === undefined) return;
  throw new RangeError(
    engine === "slurm"
      ? `Cannot use ${option.long}: found --engine slurm, which takes the ` +
        "plan apart itself and keeps what is done, expected one of them"
      : `Cannot use ${option.long}: found no --engine slurm, expected it`,
  );
}

export function slurmListing(
  sweep: Pick<SlurmSweep, "plan" | "jobs" | "seed" | "options"> & {
    readonly out: string;
  },
): string {
  const folder = resolve(sweep.out);
  return [...slurmScripts({ ...sweep, folder })].map(([kind, script]) =>
    `sbatch --parsable --output=${quoteWord(logPattern(folder, kind))} \\\n` +
    `  --open-mode=append ${
      quoteWord(resolve(folder, SLURM_FOLDER, `${kind}.sh`))
    }\n\n${script}`
  ).join("\n");
}

export async function sweepInSlurm(
  sweep: Pick<SlurmSweep, "plan" | "jobs" | "seed" | "environment"> & {
    readonly out: string;
    readonly options: SlurmOptions;
  },
  from: { readonly context: CommandContext; readonly quiet: boolean },
): Promise<SlurmOutcome> {
  const { context, quiet } = from;
  const line = progressLine(context, { quiet });
  let told = "";
  try {
    return await runSlurm({
      ...sweep,
      // Another machine has another working directory.
      folder: resolve(sweep.out),
      run: slurmPrograms(),
      signal: context.signal,
      onProgress(text) {
        if (context.errorIsTerminal) line.show("slurm", { stage: text });
        else if (!quiet && text !== told) context.writeError(`${text}\n`);
        told = text;
      },
      onNote(text) {
        line.clear();
        context.writeError(`lab: ${text}\n`);
      },
    });
  } finally {
    line.clear();
  }
}
