/** Jobs of a sweep, done: on this machine, or by Slurm. */
import { plural } from "../../sim/text/plural.ts";
import { captureEnvironment } from "../machine/environment.ts";
import type { CommonOptions } from "../shell/command.ts";
import {
  type CommandContext,
  EXIT,
  interruptStatus,
} from "../shell/context.ts";
import { oneLine } from "../shell/one_line.ts";
import { progressLine } from "../shell/progress_line.ts";
import type { Reuse } from "../sweep/exact_group.ts";
import type { ExpandedPlan } from "../sweep/expand.ts";
import { findJobs, type SweepJob } from "../sweep/jobs.ts";
import { runSweepJobs } from "../sweep/local_engine.ts";
import { openFolder } from "../sweep/manifest.ts";
import type { SlurmOptions } from "../sweep/slurm_options.ts";
import type { SweepPageTargets } from "./sweep_pages.ts";
import { sweepInSlurm } from "./sweep_slurm.ts";

/** Options of `lab sweep`. */
export interface SweepOptions
  extends CommonOptions, SlurmOptions, SweepPageTargets {
  readonly engine: string;
  readonly out?: string;
  readonly dryRun: boolean;
  readonly resume: boolean;
  readonly shard?: string;
  readonly cell?: readonly string[];
  readonly only?: string;
  readonly jobs?: number;
}

export interface AskedSweep {
  readonly out: string;
  readonly seed: number | undefined;
  readonly options: SweepOptions;
  readonly context: CommandContext;
  readonly report: (status: number) => void;
}

/**
 * Does jobs, on this machine or in Slurm, and says what became of them.
 *
 * @throws {RangeError} If the folder has some of them, and nothing says what is
 * to become of those.
 */
export async function runSweep(
  plan: ExpandedPlan,
  jobs: readonly SweepJob[],
  from: AskedSweep,
): Promise<void> {
  const { out, options, context, report } = from;
  const { signal } = context;
  const say = (text: string) => {
    if (!options.quiet) context.writeError(`${text}\n`);
  };
  if (plan.leftOut.length > 0) {
    say(
      `${plural(plan.leftOut.length, "combination")} left out, see --dry-run`,
    );
  }
  await openFolder(out, plan);
  const environment = { ...await captureEnvironment() };
  const found = await findJobs(out, jobs, { plan: plan.digest, environment });
  for (const text of found.stale) say(`${text}; it is made again`);
  if (!options.resume && !options.force && found.done.length > 0) {
    throw new RangeError(
      `Cannot sweep into "${out}": found ${found.done.length} of ` +
        `${
          plural(jobs.length, "job")
        } done, expected --resume to continue, or ` +
        "--force to do them again",
    );
  }
  if (options.engine === "slurm") {
    if (options.force && !options.resume) {
      throw new RangeError(
        "Cannot run cells again in Slurm: found --force, expected --resume " +
          "with it, or a new folder",
      );
    }
    return await slurm(plan, jobs, from, environment);
  }
  const open = options.force && !options.resume ? jobs : found.open;
  const line = progressLine(context, { quiet: options.quiet });
  const { done, failed, reuse } = await runSweepJobs(open, {
    folder: out,
    plan: plan.digest,
    environment,
    signal,
    lanes: options.jobs,
    onNote: say,
    onProgress: ({ cell, kind }, at) =>
      line.show(`${at + 1}/${open.length} ${cell.id}`, { stage: kind }),
  });
  line.clear();
  const kept = jobs.length - open.length;
  if (reuse.reread + reuse.retraced > 0) say(savedText(reuse));
  for (const { job, reason } of failed) {
    context.writeError(
      `lab: Cannot do ${job.kind}/${job.cell.id}: ${oneLine(reason)}\n`,
    );
  }
  if (!isTaken(options)) {
    context.writeOut(
      `${done + kept} of ${plural(jobs.length, "job")} in ${out}` +
        (kept > 0 ? `, ${kept} from before` : "") +
        (failed.length > 0 ? `, ${failed.length} failed` : "") + "\n",
    );
  }
  if (signal.aborted) report(interruptStatus(signal.reason));
  else if (failed.length > 0) report(EXIT.wrongAnswer);
}

function savedText({ read, reread, traced, retraced }: Reuse): string {
  return `${reread} of ${read + reread} cells took their workload, and ` +
    `${retraced} of ${traced + retraced} paths of layouts their trace, from ` +
    "cells before them";
}

/** Whether standard output is another output's. */
function isTaken({ json, html, markdown }: SweepOptions): boolean {
  return [json, html, markdown].includes("-");
}

async function slurm(
  plan: ExpandedPlan,
  jobs: readonly SweepJob[],
  from: AskedSweep,
  environment: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { out, seed, options, context, report } = from;
  const { done, failed } = await sweepInSlurm(
    { plan, jobs, out, seed, options, environment },
    { context, quiet: options.quiet },
  );
  for (const text of failed) {
    context.writeError(`lab: Cannot do ${oneLine(text)}\n`);
  }
  if (!isTaken(options)) {
    context.writeOut(`${done} of ${plural(jobs.length, "job")} in ${out}\n`);
  }
  if (context.signal.aborted) report(interruptStatus(context.signal.reason));
  else if (failed.length > 0 || done < jobs.length) report(EXIT.wrongAnswer);
}
