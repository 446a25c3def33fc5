/**
 * Runs a program with the flags of its task, and tells every permission that it
 * asked for: Deno writes them down where `DENO_AUDIT_PERMISSIONS` says.
 */
import { fromFileUrl, isAbsolute, join, normalize } from "@std/path";
import config from "../../../deno.json" with { type: "json" };

/** Where the project lies. */
export const ROOT: string = fromFileUrl(new URL("../../../", import.meta.url))
  .replace(/\/$/, "");

/** One request. */
export interface Asked {
  /** `read`, `write`, `env`, `sys`, `run`, `net`, `ffi` or `import`. */
  readonly permission: string;
  /** What for; an absolute path for files. */
  readonly value: string;
}

/** What a program did. */
export interface Audited {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** What it asked for. */
  readonly asked: readonly Asked[];
}

/** The flags and the program of a `deno run` task. */
export function wordsOf(task: string): string[] {
  const entry = Object.entries(config.tasks).find(([name]) => name === task);
  const command = entry !== undefined && "command" in entry[1]
    ? entry[1].command
    : "";
  // The tasks that time have V8's flags before them.
  const [deno, run, ...words] = command.replace(/^([A-Z_\d]+=\S+ )+/, "")
    .split(" ");
  if (deno !== "deno" || run !== "run") {
    throw new RangeError(`Cannot run task "${task}": expected deno run`);
  }
  return words;
}

/** What a command of several did. */
export type CommandDone = Omit<Audited, "asked">;

/**
 * Runs commands of the lab in one process that has the flags of its task, in a
 * folder.
 *
 * @returns What each of them did, and what all of them asked for.
 */
export async function auditedLab(
  commands: readonly (readonly string[])[],
  folder: string,
): Promise<{ done: readonly CommandDone[]; asked: readonly Asked[] }> {
  const { code, out, err, asked } = await audited(
    "lab",
    [JSON.stringify(commands)],
    folder,
    "tests/bench/permission/lab_commands.ts",
  );
  if (code !== 0) throw new Error(`Cannot run ${commands.join("; ")}: ${err}`);
  return { done: JSON.parse(out), asked };
}

/** Runs a task's program with other arguments, in a folder. */
export async function audited(
  task: string,
  args: readonly string[],
  folder: string,
  program?: string,
): Promise<Audited> {
  const log = await Deno.makeTempFile();
  try {
    const words = wordsOf(task).map((word) =>
      word.endsWith(".ts") ? join(ROOT, program ?? word) : word
    );
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--no-prompt",
        "--no-check",
        "--config",
        join(ROOT, "deno.json"),
        ...words,
        ...args,
      ],
      cwd: folder,
      env: { DENO_AUDIT_PERMISSIONS: log },
      stdin: "null",
    }).output();
    const decoder = new TextDecoder();
    const lines = (await Deno.readTextFile(log)).trim().split("\n");
    return {
      code,
      out: decoder.decode(stdout),
      err: decoder.decode(stderr),
      asked: lines.filter((line) => line !== "").map((line) =>
        toAsked(JSON.parse(line), folder)
      ),
    };
  } finally {
    await Deno.remove(log);
  }
}

function toAsked(
  { permission, value }: { permission: string; value: unknown },
  folder: string,
): Asked {
  let text = String(value);
  if (permission === "read" || permission === "write") {
    if (text.startsWith("file:")) text = fromFileUrl(text);
    text = normalize(isAbsolute(text) ? text : join(folder, text));
  }
  return { permission, value: text };
}
