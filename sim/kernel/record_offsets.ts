/**
 * Makes `recorded/*.json` from pahole text. Run it with one or more files named
 * `KERNEL_ARCH.txt`, gzipped or not:
 *
 *     deno run --allow-read --allow-write=sim/kernel/recorded \
 *       sim/kernel/record_offsets.ts tests/data/structs/*.gz
 */
import { parsePaholeOffsets } from "./pahole_offsets.ts";
import { printRecorded } from "./recorded_text.ts";

/**
 * Prints the file that keeps the offsets of one kernel.
 *
 * @param pahole What pahole printed for it.
 * @returns JSON: an array of lines.
 */
export function recordedJson(pahole: string): string {
  const lines = printRecorded(parsePaholeOffsets(pahole));
  return `${JSON.stringify(lines, null, 2)}\n`;
}

if (import.meta.main) {
  for (const path of Deno.args) {
    const name = path.replace(/^.*\//, "").replace(/\.txt(\.gz)?$/, "");
    const file = await Deno.open(path);
    const bytes = path.endsWith(".gz")
      ? file.readable.pipeThrough(new DecompressionStream("gzip"))
      : file.readable;
    const text = await new Response(bytes).text();
    const target = name.replaceAll(/[^a-z0-9]+/g, "_");
    await Deno.writeTextFile(
      new URL(`./recorded/v${target}.json`, import.meta.url),
      recordedJson(text),
    );
  }
}
