/**
 * Runs the command line in the test's own process, with streams that are kept
 * and an interrupt that a test can pull.
 */
import { main } from "../../bench/lab.ts";
import { type Captured, captured } from "./captured.ts";
import "./spare_audits.ts";

/** Runs `lab` with the words after it, and with what is piped into it. */
export function lab(
  args: readonly string[],
  signal?: AbortSignal,
  stdin?: ReadableStream<Uint8Array>,
): Promise<Captured> {
  return captured((context) =>
    main(args, {
      ...context,
      ...(stdin && { stdin: { readable: stdin, isTerminal: () => false } }),
    }), signal);
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
