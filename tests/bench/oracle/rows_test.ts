import { assertEquals, assertRejects } from "@std/assert";
import { listOracleFiles, readOracleFile } from "../../../bench/oracle/rows.ts";

const ROWS = new URL("../../data/kernel/rows/", import.meta.url).pathname;

/** A folder with one file of rows: the given lines, one device, one buffer. */
async function withRows(
  lines: readonly string[],
  use: (path: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const meta = {
      runs: [{ run: "a", disk: "nba", limits: { max_segments: "4" } }],
      buffers: { C: { kind: "contig", runs: [["0x1000", 2], ["0x8000", 1]] } },
    };
    await Deno.writeTextFile(
      `${folder}/split.7.2.meta.json`,
      JSON.stringify(meta),
    );
    await Deno.writeTextFile(
      `${folder}/split.7.2.jsonl`,
      lines.join("\n") + "\n",
    );
    await use(`${folder}/split.7.2.jsonl`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const row = (change: Record<string, unknown>) =>
  JSON.stringify({
    run: "a",
    id: "a.1",
    api: "sync",
    io: [["r", 0, 4096, 4096, [["C", 4096, 4096]]]],
    bios: [],
    reqs: [],
    ...change,
  });

Deno.test("readOracleFile() reads rows, devices and pages", async () => {
  const file = await readOracleFile(`${ROWS}nvme.6.12.jsonl.gz`);
  assertEquals([file.name, file.kind, file.kernel], [
    "nvme.6.12",
    "nvme",
    "6.12",
  ]);
  assertEquals(file.rows.length, 644);
  // m10.t0.184: 4 MiB is PRP1 and 1023 entries: 511 and a chain pointer, 512.
  const chained = file.rows.find(({ id }) => id === "m10.t0.184");
  assertEquals(chained?.commands[0]?.pages.length, 1024);
  assertEquals(chained?.commands[0]?.listPages.map(([, n]) => n), [512, 512]);
  const huge = file.buffers.get("H");
  assertEquals(huge?.pages.length, 1536);
  assertEquals(file.runs.get("m7.t0")?.limits["max_segments"], "128");
});

Deno.test("readOracleFile() keeps flags, priority and topology", async () => {
  const merge = await readOracleFile(`${ROWS}merge.6.1.jsonl.gz`);
  const flags = merge.rows.flatMap(({ ios }) => ios.map((io) => io.flags));
  // Dsync is 2, nowait is 8; nothing else occurs.
  assertEquals([...new Set(flags)].sort(), [0, 2, 8]);
  const p2p = await readOracleFile(`${ROWS}p2p.7.2.iommu.amd.jsonl.gz`);
  assertEquals(p2p.labels, ["iommu", "amd"]);
  assertEquals(p2p.topology.includes("NVME cmba nvme2 0000:03:00.0"), true);
});

Deno.test("readOracleFile() names file and line of a bad row", async () => {
  const bad: [string, string][] = [
    ["{", "found the end of the text (truncated?), expected a key in quotes"],
    [row({ api: "posix" }), '"api"'],
    [row({ io: [] }), '"io"'],
    [row({ run: "b" }), 'run "b"'],
    [row({ bios: [{ s: 0, b: 1, vcnt: 1, opf: "12", bv: [] }] }), "hex"],
    [
      row({ io: [["r", 0, 9, 9, [["C", 0, 12289]]]] }),
      '0 + 12289 bytes of buffer "C"',
    ],
  ];
  for (const [line, wanted] of bad) {
    await withRows([row({}), line], async (path) => {
      const error = await assertRejects(
        () => readOracleFile(path),
        SyntaxError,
        wanted,
      );
      assertEquals(error.message.includes(`${path}:2`), true, error.message);
    });
  }
});

Deno.test("readOracleFile() refuses names and truncated files", async () => {
  await assertRejects(
    () => readOracleFile(`${ROWS}splits.7.2.jsonl.gz`),
    SyntaxError,
    '"splits.7.2"',
  );
  await withRows([row({})], async (path) => {
    const bytes = await Deno.readFile(`${ROWS}merge.6.1.jsonl.gz`);
    await Deno.remove(path);
    await Deno.writeFile(`${path}.gz`, bytes.subarray(0, 1000));
    await assertRejects(
      () => readOracleFile(`${path}.gz`),
      SyntaxError,
      "expected a whole gzip file",
    );
  });
});

Deno.test("listOracleFiles() refuses a folder without rows", async () => {
  const folder = await Deno.makeTempDir();
  await assertRejects(() => listOracleFiles(folder), RangeError, folder);
  await Deno.remove(folder);
  assertEquals((await listOracleFiles(ROWS)).length, 23);
});
