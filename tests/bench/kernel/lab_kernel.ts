/** Runs `lab:kernel` in this process. */
import { kernelMain } from "../../../bench/kernel/command.ts";

/**
 * Runs the command.
 *
 * @param args Its words.
 * @param signal Ends it early.
 * @returns Its status, what it printed and what it complained of.
 */
export async function labKernel(
  args: readonly string[],
  signal: AbortSignal = new AbortController().signal,
): Promise<{ status: number; out: string; complaints: string }> {
  let out = "";
  let complaints = "";
  const status = await kernelMain(args, {
    writeOut: (text) => out += text,
    writeError: (text) => complaints += text,
    errorIsTerminal: false,
    color: false,
    signal,
  });
  return { status, out, complaints };
}
