import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { blktraceObserver } from "../../../bench/export/export_blktrace.ts";
import { inFolder, lab as runLab } from "../lab_in_process.ts";
import { findAbi } from "../../../layouts/abi.ts";
import { findLayout } from "../../../layouts/registry.ts";
import { assemblePath } from "../../../sim/setup/assembly.ts";
import { QUEUE_LIMIT_PRESETS } from "../../../sim/block/queue_limits.ts";
import { defaultMemoryMap } from "../../../sim/memory/memory_map.ts";
import { dataIos, replay } from "../../../sim/replay/replay.ts";
import { BlktraceWriter } from "../../../sim/workload/write_blktrace.ts";
import { openWorkload } from "../../../sim/workload/workload.ts";
import { traceRows } from "../../sim/workload/trace_rows.ts";
import { askWitness } from "../witness.ts";

const EXACT = [
  "run",
  "--rounds",
  "0",
  "--layout",
  "page_offset",
  "--cpu",
  "none",
];

function lab(args: string[]) {
  return runLab([...EXACT, "--recognise", "page", ...args]);
}

/** Counts of blkparse's letters, from its own text. */
function letters(text: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const line of text.split("\n")) {
    const letter = /^259,0 +0 +\d+ +[\d.]+ +\d+ +(\w) /.exec(line)?.[1];
    if (letter !== undefined) counts[letter] = (counts[letter] ?? 0) + 1;
  }
  return counts;
}

/** Has blkparse and btt read PREFIX in a folder; undefined where absent. */
async function read(folder: string, prefix: string) {
  const blkparse = await askWitness("blkparse", [
    "-i",
    prefix,
    "-d",
    `${prefix}.bin`,
  ], { cwd: folder });
  if (blkparse === undefined) return undefined;
  assert(blkparse.success, blkparse.err);
  assertEquals(blkparse.err, "");
  assertStringIncludes(blkparse.out, "Skips: 0 forward");
  const btt = await askWitness("btt", ["-i", `${prefix}.bin`], { cwd: folder });
  if (btt !== undefined) {
    assert(btt.success, btt.err);
    assertEquals(btt.err, "");
  }
  return { text: blkparse.out, btt: btt?.out };
}

Deno.test("lab run --blktrace writes what blkparse and btt read", async () => {
  await inFolder(async (folder) => {
    const log = `${folder}/t.iolog`;
    const reads = Array.from(
      { length: 16 },
      (_, i) => `${i} f read ${i << 20} 1048576\n`,
    );
    await Deno.writeTextFile(log, "fio version 3 iolog\n" + reads.join(""));
    const { status, err } = await lab(
      ["--workload", log, "--blktrace", `${folder}/wide`],
    );
    assertEquals(status, 0, err);
    // MDTS 7 allows 512 KiB (T38): each read of 1 MiB is cut once.
    assertStringIncludes(
      err,
      "wide.blktrace.0: 16 Q, 16 X, 32 G, 32 D, 32 C; read with",
    );
    const seen = await read(folder, "wide");
    if (seen === undefined) return;
    assertEquals(letters(seen.text), { Q: 16, X: 16, G: 32, D: 32, C: 32 });
    // The first read: cut at sector 1024, the front issued before the rest.
    assertEquals(
      seen.text.split("\n").slice(0, 6).map((line) => line.slice(31)),
      [
        "0000  1000  Q   R 0 + 2048 [bvec-lab]",
        "0200  1000  X   R 0 / 1024 [bvec-lab]",
        "0700  1000  G   R 0 + 1024 [bvec-lab]",
        "1000  1000  D   R 0 + 1024 [bvec-lab]",
        "1500  1000  G   R 1024 + 1024 [bvec-lab]",
        "1800  1000  D   R 1024 + 1024 [bvec-lab]",
      ],
    );
  });
});

Deno.test("lab run --blktrace is read back as the I/Os of the workload", async () => {
  await inFolder(async (folder) => {
    const { status, err } = await lab(
      ["--workload", "mixedbs", "--blktrace", `${folder}/mixed`],
    );
    assertEquals(status, 0, err);
    const shipped = new URL(
      "../../../bench/data/mixedbs.iolog",
      import.meta.url,
    );
    const ios = async (bytes: Uint8Array) =>
      (await traceRows(bytes)).rows.filter(([op]) => op !== 2)
        .map((row) => row.slice(0, 3));
    assertEquals(
      await ios(await Deno.readFile(`${folder}/mixed.blktrace.0`)),
      await ios(await Deno.readFile(shipped)),
    );
    const again = await lab(
      ["--workload", "mixedbs", "--blktrace", `${folder}/mixed`],
    );
    assertEquals(again.status, 2);
    assertStringIncludes(again.err, 'mixed.blktrace.0": the file exists');
  });
});

Deno.test("a trace of plugged I/O obeys the identities of blockspec 2.11", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/t.iolog`;
    // Two batches of 32 adjacent 4 KiB reads, and a batch of strays.
    const reads = Array.from(
      { length: 96 },
      (_, i) => `${i} f read ${i < 64 ? i * 4096 : i * 65536} 4096\n`,
    );
    await Deno.writeTextFile(path, "fio version 3 iolog\n" + reads.join(""));
    const memoryMap = defaultMemoryMap(true);
    const workload = await openWorkload(path, { seed: 1, memoryMap });
    const parts: number[] = [];
    const writer = new BlktraceWriter((part) => parts.push(...part));
    const assembly = assemblePath({
      layout: findLayout("page_offset"),
      abi: findAbi("lp64"),
      kernel: "7.2",
      recognition: "page",
      limits: QUEUE_LIMIT_PRESETS.nvme_prp,
      map: memoryMap,
      depth: 64,
      batch: 32,
      decode: true,
      probe: { event: blktraceObserver(writer) },
    });
    for await (const window of workload.windows({ ios: 128, pieces: 256 })) {
      replay(assembly, window, dataIos(window));
    }
    writer.finish();
    // Each of the first two plugs becomes one request of 128 KiB (129 segments
    // and 1024 sectors would fit); the strays stay 32 requests.
    const expected = { Q: 96, G: 34, M: 62, P: 3, U: 3, D: 34, C: 34 };
    const { Q, G, M, P, U, D, C } = writer.counts;
    assertEquals({ Q, G, M, P, U, D, C }, expected);
    await Deno.writeFile(`${folder}/t.blktrace.0`, new Uint8Array(parts));
    const seen = await read(folder, "t");
    if (seen === undefined) return;
    assertEquals(letters(seen.text), expected);
    assertStringIncludes(seen.text, " Read Merges:           62,      248KiB");
    // btt pairs events by itself: 62 merges, 34 issued, 34 completed.
    const rows = (seen.btt ?? "Q2M 62\nM2D 62\n").split("\n");
    for (const [name, n] of [["Q2M", "62"], ["M2D", "62"]]) {
      const row = rows.find((line) => line.startsWith(`${name} `));
      assertEquals(row?.trim().split(/ +/).at(-1), n, name);
    }
  });
});

Deno.test("a trace of a scheduler has I, and M of requests (T61)", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/t.iolog`;
    // Two streams in turn: in the plug none meets its neighbour, and inserted
    // they become two requests of 8.
    const reads = Array.from(
      { length: 16 },
      (_, i) => `${i} f read ${(i % 2) * 2 ** 20 + (i >> 1) * 4096} 4096\n`,
    );
    await Deno.writeTextFile(path, "fio version 3 iolog\n" + reads.join(""));
    const { status, err } = await lab([
      ...["--workload", path, "--blktrace", `${folder}/t`],
      ...["--scheduler", "mq-deadline", "--batch", "16"],
    ]);
    assertEquals(status, 0, err);
    assertStringIncludes(
      err,
      "t.blktrace.0: 16 Q, 14 M, 16 G, 1 P, 1 U, 2 I, 2 D, 2 C; read with",
    );
    const seen = await read(folder, "t");
    if (seen === undefined) return;
    assertEquals(letters(seen.text), {
      Q: 16,
      G: 16,
      M: 14,
      P: 1,
      U: 1,
      I: 2,
      D: 2,
      C: 2,
    });
  });
});
