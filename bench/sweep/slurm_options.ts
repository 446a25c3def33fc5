/**
 * What the user says about Slurm: options of `lab sweep --engine slurm`. Each
 * becomes an `#SBATCH` line of the script, or says how it is followed.
 */
import { type Command, InvalidArgumentError } from "commander";
import { countOption, nameList, seconds } from "../shell/command.ts";

export interface SlurmOptions {
  readonly partition?: string;
  readonly account?: string;
  /** Whether jobs of exact figures have their nodes alone, too. */
  readonly exclusive: boolean;
  /** Modules that a task loads first. */
  readonly modules?: readonly string[];
  /** Longest time of a task, as Slurm reads it. */
  readonly timeLimit?: string;
  /** Tasks that run at once; as many as there is room for if absent. */
  readonly arrayLimit?: number;
  /** Other options of sbatch, such as `--qos=low`. */
  readonly sbatch?: readonly string[];
  /** Tasks of an array; chosen by the number of cells if absent. */
  readonly tasks?: number;
  /** How often a task is submitted again that has left cells undone. */
  readonly retries: number;
  /** Seconds between two looks at the queue. */
  readonly poll: number;
  /** Deno on the nodes; the one that runs this if absent. */
  readonly deno?: string;
}

/** Options that say something only with `--engine slurm`. */
export const SLURM_FLAGS: readonly (keyof SlurmOptions)[] = [
  "partition",
  "account",
  "exclusive",
  "modules",
  "timeLimit",
  "arrayLimit",
  "sbatch",
  "tasks",
  "retries",
  "poll",
  "deno",
];

const GROUP = "With --engine slurm:";

export function addSlurmOptions(command: Command): Command {
  return command.optionsGroup(GROUP)
    .option("--partition <name>", "partition of the jobs", slurmWord)
    .option("--account <name>", "account to charge", slurmWord)
    .option(
      "--exclusive",
      "whole nodes for exact figures as well; timed jobs always get them",
      false,
    )
    .option(
      "--modules <names>",
      "environment modules that a task loads first, comma-separated",
      moduleList(),
    )
    .option(
      "--time-limit <time>",
      "time limit of a task, in minutes or as sbatch takes it: 1-12:00:00",
      timeLimit,
    )
    .option(
      "--array-limit <n>",
      "tasks that run at once (default: as many as fit)",
      countOption(1, 1_000_000),
    )
    .option(
      "--tasks <n>",
      "tasks in an array (default: one per 20 or so exact cells, one per " +
        "timed cell, at most 1000)",
      countOption(1, 100_000),
    )
    .option(
      "--sbatch <option>",
      "another option of sbatch, such as --qos=low; may be repeated",
      sbatchOption,
    )
    .option(
      "--deno <path>",
      "deno on the nodes (default: the one running this)",
      denoPath,
    )
    .option(
      "--retries <n>",
      "how often to resubmit a task that left cells undone",
      countOption(0, 1000),
      2,
    )
    .option(
      "--poll <time>",
      "interval between queries of the queue",
      seconds(0.1, 3600),
      10,
    );
}

function unlike(text: string, expected: string): InvalidArgumentError {
  return new InvalidArgumentError(
    `Found ${JSON.stringify(text.slice(0, 40))}, expected ${expected}.`,
  );
}

/** Names in Slurm: what neither a script nor sbatch takes apart. */
function slurmWord(text: string): string {
  if (/^[\w.,:+@-]{1,200}$/.test(text) && !text.startsWith("-")) return text;
  throw unlike(text, "a name of letters, digits and . , : + @ - _");
}

function moduleList(): (text: string, before?: string[]) => string[] {
  const list = nameList();
  return (text, before) => {
    const names = list(text, before);
    const odd = names.find((name) => !/^[\w.+@/-]{1,200}$/.test(name));
    if (odd === undefined && !names.some((name) => name.startsWith("-"))) {
      return names;
    }
    throw unlike(text, "names of modules between commas");
  };
}

/** The forms of sbatch(1), --time. */
function timeLimit(text: string): string {
  if (
    /^(\d{1,6}(:\d{1,2}(:\d{1,2})?)?|\d{1,4}-\d{1,2}(:\d{1,2}){0,2})$/.test(
      text,
    )
  ) return text;
  throw unlike(
    text,
    "minutes, minutes:seconds, hours:minutes:seconds, days-hours, or " +
      "days-hours:minutes[:seconds]",
  );
}

/** What the engine sets itself would be lost, or lose what it follows. */
const OWN = [
  "array",
  "clusters",
  "output",
  "error",
  "parsable",
  "wait",
  "wrap",
  "test-only",
];

function sbatchOption(text: string, before: string[] = []): string[] {
  const [, name] = /^--([a-z][a-z-]*)(=[^\s'"\\#]{1,500})?$/.exec(text) ?? [];
  if (name === undefined) {
    throw unlike(
      text,
      "a long option of sbatch without blanks, such as --sbatch=--qos=low",
    );
  }
  if (OWN.includes(name)) {
    throw new InvalidArgumentError(
      `Found --${name}, which lab sweep sets itself, expected another option.`,
    );
  }
  return [...before, text];
}

function denoPath(text: string): string {
  if (text !== "" && !/\p{C}/u.test(text)) return text;
  throw new InvalidArgumentError("Expected the path of deno.");
}
