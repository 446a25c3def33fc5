/**
 * The script that Slurm runs for one kind of a sweep's jobs: a job array, each
 * task a shard of the plan that does what is not in its folder yet. So a task
 * may be killed, be run again, or be run twice, and nothing is lost by it.
 */
import { dirname, fromFileUrl, join } from "@std/path";
import config from "../../deno.json" with { type: "json" };
import { quoteWord } from "../text/shell_words.ts";
import type { ExpandedPlan } from "./expand.ts";
import type { SlurmOptions } from "./slurm_options.ts";
import type { JobKind } from "./sweep_cell.ts";

/** The folder of Slurm's files in that of the sweep. */
export const SLURM_FOLDER = "slurm";

/** The plan, in that folder: the user's own may be changed meanwhile. */
export const SLURM_PLAN = "plan.json";

export interface SlurmArray {
  readonly plan: ExpandedPlan;
  readonly kind: JobKind;
  /** The folder of the sweep, absolute: all nodes have to see it. */
  readonly folder: string;
  /** The seed that was given in the place of the plan's. */
  readonly seed?: number | undefined;
  /** How many shards there are. */
  readonly count: number;
  /** Which of them are to be done, ascending, from 1. */
  readonly tasks: readonly number[];
}

export function slurmScript(array: SlurmArray, options: SlurmOptions): string {
  const { plan, kind, count, tasks } = array;
  const { partition, account, exclusive, timeLimit, modules, sbatch } = options;
  const isAlone = exclusive || kind === "timed";
  const directives = [
    `--job-name=${jobName(plan, kind)}`,
    `--array=${arrayText(tasks, options.arrayLimit)}`,
    "--nodes=1",
    "--ntasks=1",
    ...(isAlone ? ["--exclusive"] : []),
    ...(partition === undefined ? [] : [`--partition=${partition}`]),
    ...(account === undefined ? [] : [`--account=${account}`]),
    ...(timeLimit === undefined ? [] : [`--time=${timeLimit}`]),
    // A node that fails is Slurm's to replace, before it is ours.
    "--requeue",
    ...(sbatch ?? []),
  ];
  return [
    // Modules are a function that a login shell has.
    `#!/bin/bash${modules === undefined ? "" : " -l"}`,
    `# ${kind} figures of a sweep of ${config.name} ${config.version}, plan ` +
    `${plan.digest.slice(0, 12)}: task I does shard I of ${count}.`,
    ...directives.map((text) => `#SBATCH ${text}`),
    "",
    ...(modules === undefined
      ? []
      : [`module load ${modules.map(quoteWord).join(" ")} || exit 1`]),
    "exec env \\",
    ...taskCommand(array, options).map((words, i, all) =>
      `  ${words}${i + 1 < all.length ? " \\" : ""}`
    ),
    "",
  ].join("\n");
}

/** Lines of the command of a task, as in the task of deno.json. */
function taskCommand(
  { plan, kind, folder, seed, count }: SlurmArray,
  { exclusive, deno = Deno.execPath() }: SlurmOptions,
): string[] {
  const task = needsPrograms(plan) ? "lab:native" : "lab";
  const words = config.tasks[task].command.split(" ");
  const at = words.indexOf("deno");
  const root = fromFileUrl(new URL("../../deno.json", import.meta.url));
  const main = join(dirname(root), words.at(-1) ?? "");
  return [
    words.slice(0, at).map(quoteWord).join(" "),
    [quoteWord(deno), "run", `--config=${quoteWord(root)}`].join(" "),
    // Between "deno run" and the program.
    ...words.slice(at + 2, -1).map(quoteWord),
    `${quoteWord(main)} sweep ${
      quoteWord(join(folder, SLURM_FOLDER, SLURM_PLAN))
    }`,
    `--out ${quoteWord(folder)} --resume --quiet` +
    (seed === undefined ? "" : ` --seed ${seed}`),
    // As many isolates as Slurm has given CPUs, not as the node has.
    `--jobs "\${${
      exclusive ? "SLURM_CPUS_ON_NODE" : "SLURM_CPUS_PER_TASK"
    }:-1}"`,
    `--only ${kind} --shard "$SLURM_ARRAY_TASK_ID/${count}"`,
  ];
}

/** Whether a cell compiles, or counts machine code. */
function needsPrograms({ cells }: ExpandedPlan): boolean {
  return cells.some(({ setup: { engine, counts } }) =>
    (engine ?? "js") !== "js" || (counts ?? "off") !== "off"
  );
}

/** Returns the name of a sweep's jobs, for those who look at the queue. */
function jobName(plan: ExpandedPlan, kind: JobKind): string {
  const name = plan.name.replace(/^.*[\\/]/, "").replace(/\.json$/, "")
    .replace(/[^A-Za-z0-9_.-]+/g, "_").slice(0, 24);
  return `lab-${kind}-${name}`;
}

/**
 * Writes numbers of tasks as sbatch reads them.
 *
 * @param tasks The numbers, ascending.
 * @param most How many may run at once; all if absent.
 * @returns Such as `1-3,7%2`.
 */
export function arrayText(tasks: readonly number[], most?: number): string {
  const ranges: [number, number][] = [];
  for (const task of tasks) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] + 1 === task) last[1] = task;
    else ranges.push([task, task]);
  }
  return ranges.map(([from, to]) => from === to ? `${from}` : `${from}-${to}`)
    .join(",") + (most === undefined ? "" : `%${most}`);
}

/**
 * Returns the pattern of the files into which tasks write what they say.
 *
 * @param folder The folder of the sweep, absolute.
 */
export function logPattern(folder: string, kind: JobKind): string {
  return join(folder.replaceAll("%", "%%"), SLURM_FOLDER, `${kind}-%A_%a.log`);
}

/**
 * Returns the file into which a task writes what it says.
 *
 * @param folder The folder of the sweep, absolute.
 */
export function logPath(
  folder: string,
  kind: JobKind,
  task: { readonly jobId: string; readonly task: number },
): string {
  return join(folder, SLURM_FOLDER, `${kind}-${task.jobId}_${task.task}.log`);
}
