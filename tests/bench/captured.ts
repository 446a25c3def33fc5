/** A command's outside world that keeps what is written to it. */
import type { CommandContext } from "../../bench/shell/context.ts";

/** What a command left. */
export interface Captured {
  /** Its exit status. */
  readonly status: number;
  /** What it wrote to standard output. */
  readonly out: string;
  /** What it wrote to standard error. */
  readonly err: string;
}

/** Runs a command in the test's own process, no terminal around it. */
export async function captured(
  run: (context: CommandContext) => Promise<number>,
  signal: AbortSignal = new AbortController().signal,
): Promise<Captured> {
  let out = "";
  let err = "";
  const status = await run({
    writeOut: (text) => void (out += text),
    writeError: (text) => void (err += text),
    errorIsTerminal: false,
    color: false,
    signal,
  });
  return { status, out, err };
}
