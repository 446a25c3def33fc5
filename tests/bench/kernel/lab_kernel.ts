/** Runs `lab:kernel` in this process. */
import { kernelMain } from "../../../bench/kernel/command.ts";
import { captured } from "../captured.ts";

/**
 * Runs the command.
 *
 * @param args Its words.
 * @param signal Ends it early.
 * @returns Its status, what it printed and what it complained of.
 */
export async function labKernel(
  args: readonly string[],
  signal?: AbortSignal,
): Promise<{ status: number; out: string; complaints: string }> {
  const { status, out, err } = await captured(
    (context) => kernelMain(args, context),
    signal,
  );
  return { status, out, complaints: err };
}
