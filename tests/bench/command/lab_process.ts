/**
 * Runs the command line as a process of its own, with the permissions of its
 * task, for what only a process can show: signals, pipes, limits, refusals.
 */
import config from "../../../deno.json" with { type: "json" };

/** The words of `deno task lab`, without `deno` itself. */
export function labWords(): string[] {
  const words = config.tasks.lab.command.split(" ");
  return words.slice(words.indexOf("deno") + 1).map((word) =>
    word === "bench/lab.ts"
      ? new URL("../../../bench/lab.ts", import.meta.url).pathname
      : word
  );
}

/** Variables that the task sets in front of `deno`. */
export function labVariables(): Record<string, string> {
  const words = config.tasks.lab.command.split(" ");
  return Object.fromEntries(
    words.slice(0, words.indexOf("deno")).map((word) => {
      const equals = word.indexOf("=");
      return [word.slice(0, equals), word.slice(equals + 1)];
    }),
  );
}

/** What a process left. */
export interface ProcessOutcome {
  /** Its exit status; 128 and the number for one that a signal ended. */
  readonly code: number;
  /** What it wrote to standard output. */
  readonly out: string;
  /** What it wrote to standard error. */
  readonly err: string;
}

/** Starts `lab` with the words after it. */
export function startLab(
  args: readonly string[],
  { env, ...options }: Pick<Deno.CommandOptions, "cwd" | "env" | "stdin"> = {},
): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [...labWords(), ...args],
    env: { ...labVariables(), ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    ...options,
  }).spawn();
}

/** Waits for a process and takes what it wrote. */
export async function outcomeOf(
  child: Deno.ChildProcess,
): Promise<ProcessOutcome> {
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
}
