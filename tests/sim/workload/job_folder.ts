/** Job files in a folder with the files that they name, and their I/Os. */
import { dirname, join } from "@std/path";
import { openIoSource } from "../../../sim/workload/open_io_source.ts";

/** An iolog for job files to replay: four I/Os of one file. */
export const LOG = "fio version 3 iolog\n0 d add\n1 d open\n" +
  "10 d read 8192 4096\n25 d write 20480 8192\n30 d trim 65536 4096\n" +
  "40 d sync 0 0\n50 d close\n";

/** Runs in a folder with files, as their reader's working directory is not. */
export async function withFiles(
  files: Readonly<Record<string, string>>,
  run: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "fio_source" });
  try {
    for (const [name, text] of Object.entries(files)) {
      const path = join(folder, name);
      await Deno.mkdir(dirname(path), { recursive: true });
      await Deno.writeTextFile(path, text);
    }
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Rows [op, offset, length, time] and what was remarked. */
export async function read(path: string, options: { ios?: number } = {}) {
  const source = await openIoSource(path, { seed: 1, ...options });
  const rows: number[][] = [];
  for await (const batch of source.batches) {
    for (let i = 0; i < batch.count; i++) {
      rows.push(
        [batch.op, batch.offsetBytes, batch.lengthBytes, batch.timeNs]
          .map((column) => column[i] ?? NaN),
      );
    }
  }
  const codes = source.rows.warnings.map(({ code }) => code);
  return { rows, codes, source };
}
