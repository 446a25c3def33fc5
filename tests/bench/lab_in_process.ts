/**
 * Runs the command line in the test's own process, with streams that are kept
 * and an interrupt that a test can pull.
 */
import { main } from "../../bench/lab.ts";

/** What a command left. */
export interface LabOutcome {
  /** Its exit status. */
  readonly status: number;
  /** What it wrote to standard output. */
  readonly out: string;
  /** What it wrote to standard error. */
  readonly err: string;
}

/** Runs `lab` with the words after it, and with what is piped into it. */
export async function lab(
  args: readonly string[],
  signal: AbortSignal = new AbortController().signal,
  stdin?: ReadableStream<Uint8Array>,
): Promise<LabOutcome> {
  let out = "";
  let err = "";
  const status = await main(args, {
    writeOut: (text) => out += text,
    writeError: (text) => err += text,
    errorIsTerminal: false,
    color: false,
    signal,
    ...(stdin && { stdin: { readable: stdin, isTerminal: () => false } }),
  });
  return { status, out, err };
}

/** Gives work a folder that is gone afterwards. */
export async function inFolder(
  work: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
