/** What a task of Slurm said last: why it has left cells undone. */
import { printableText } from "../../sim/text/printable.ts";
import type { JobKind } from "./sweep_cell.ts";
import { logPath } from "./slurm_script.ts";
import type { ArrayTask } from "./slurm_tools.ts";

/** A log's end that is looked at, in bytes. */
const END_BYTES = 4096;
/** Characters that are quoted of a line. */
const LONGEST = 200;

/**
 * Returns the last line of a task's log, that of the lab if there is one.
 *
 * @param folder The folder of the sweep, absolute.
 * @returns The line; nothing if it has said nothing, or nothing can be read.
 */
export async function lastWords(
  folder: string,
  kind: JobKind,
  task: ArrayTask,
): Promise<string | undefined> {
  try {
    using file = await Deno.open(logPath(folder, kind, task));
    const { size } = await file.stat();
    await file.seek(Math.max(0, size - END_BYTES), Deno.SeekMode.Start);
    const bytes = new Uint8Array(END_BYTES);
    const read = await file.read(bytes) ?? 0;
    const lines = new TextDecoder().decode(bytes.subarray(0, read))
      .split("\n").map((line) => line.trim()).filter((line) => line !== "");
    const line = lines.findLast((one) => one.startsWith("lab: ")) ??
      lines.at(-1);
    return line === undefined
      ? undefined
      : printableText(line.slice(0, LONGEST));
  } catch {
    return undefined;
  }
}
