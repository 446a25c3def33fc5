import { assertEquals, assertStringIncludes } from "@std/assert";
import { footprintResultSchema } from "../../../bench/footprint/result.ts";
import { oracleMain } from "../../../bench/oracle/command.ts";
import { captured } from "../captured.ts";

const ROWS = new URL("../../data/kernel/rows", import.meta.url).pathname;

async function run(...args: string[]) {
  const { status, out, err } = await captured((context) =>
    oracleMain(args, context)
  );
  return { status, out, error: err };
}

/** A folder with one of the recorded files in it. */
async function folderOf(name: string): Promise<string> {
  const folder = await Deno.makeTempDir();
  for await (const { name: file } of Deno.readDir(ROWS)) {
    if (!file.startsWith(`${name}.`)) continue;
    await Deno.copyFile(`${ROWS}/${file}`, `${folder}/${file}`);
  }
  return folder;
}

Deno.test("oracle prints rows, covered and exact as text and as JSON", async () => {
  // A short file: every_row_test.ts replays all of them.
  const name = "p2p.6.12.noiommu.amd";
  const folder = await folderOf(name);
  const told = `${folder}/told`;
  const text = await run("--rows", folder, "--json", told);
  assertEquals(text.status, 0);
  assertStringIncludes(
    text.out,
    "p2p.6.12.noiommu.amd      311      296      296\n",
  );
  const { files } = JSON.parse(await Deno.readTextFile(told));
  assertEquals(files.length, 1);
  const { reasons, open, ...counts } = files[0];
  const whole = { name, rows: 311, covered: 296, exact: 296, differences: [] };
  assertEquals(counts, whole);
  assertEquals(
    Object.values<number>(reasons).toSorted((a, b) => a - b),
    [5, 10],
  );
  assertEquals(open, { "issue order": 6 });
  await Deno.remove(folder, { recursive: true });
});

Deno.test("oracle ends with 1 where a covered row differs", async () => {
  const folder = await folderOf("nvme-pi.7.2");
  // The first row of a file on its own, with another number of segments.
  const path = `${folder}/nvme-pi.7.2.jsonl`;
  const bytes = await Deno.readFile(`${path}.gz`);
  const stream = new Blob([bytes]).stream()
    .pipeThrough(new DecompressionStream("gzip"));
  const line = (await new Response(stream).text()).split("\n")[0] ?? "";
  const row = JSON.parse(line);
  row.reqs[0][3]++;
  await Deno.remove(`${path}.gz`);
  await Deno.writeTextFile(path, JSON.stringify(row) + "\n");
  const { status, out } = await run("--rows", folder);
  assertEquals(status, 1);
  assertStringIncludes(out, "1 row: requests differ");
  await Deno.remove(folder, { recursive: true });
});

Deno.test("oracle refuses what it cannot read in one line", async () => {
  const missing = await run("--rows", "does/not/exist");
  assertEquals(missing.status, 2);
  assertEquals(
    missing.error,
    'oracle: Cannot read oracle rows: no folder "does/not/exist", expected ' +
      "one with <kind>.<kernel>.jsonl or .jsonl.gz\n",
  );
  assertEquals((await run("--row", "x")).status, 2);
});

const FOOTPRINTS = new URL("../../data/footprint", import.meta.url).pathname;

Deno.test("oracle --footprint compares recordings, as text and as JSON", async () => {
  const folder = await Deno.makeTempDir();
  const json = `${folder}/told.json`;
  const text = await run("--footprint", FOOTPRINTS, "--json", json);
  assertEquals(text.status, 0);
  assertStringIncludes(text.out, "27 workloads, 24 covered; ");
  for (const line of text.out.split("\n")) {
    assertEquals(line.length <= 80, true, line);
  }
  const { footprints } = footprintResultSchema.parse(
    JSON.parse(await Deno.readTextFile(json)),
  );
  await Deno.remove(folder, { recursive: true });
  assertEquals(footprints.length, 27);
  // In Debian's kernel as in the lab: 32 pages, one line each.
  const page = footprints.find(({ file, workload }) =>
    file === "7.2.prp.json.gz" && workload === "c_128k_pread_scattered"
  )?.structures.find(({ name }) => name === "struct page (data)");
  assertEquals(
    [page?.kernelLines, page?.labLines, page?.kernelReads, page?.equal],
    [{ low: 32, high: 32 }, 32, 930, true],
  );
  // d2 is run by a worker, whose accesses nobody has recorded.
  const without = footprints.filter(({ covered }) => !covered);
  assertEquals([...new Set(without.map(({ workload }) => workload))], [
    "d2_1m_uring_huge",
  ]);
});

Deno.test("oracle --footprint refuses what it cannot read in one line", async () => {
  const missing = await run("--footprint", "does/not/exist");
  assertEquals(missing.status, 2);
  assertEquals(
    missing.error,
    'oracle: Cannot read footprints: no folder "does/not/exist", expected ' +
      "one with recordings, <name>.json or .json.gz\n",
  );
  const both = await run("--footprint", FOOTPRINTS, "--rows", ROWS);
  assertEquals(both.status, 2);
});

Deno.test("oracle --footprint names what it cannot read and compares the rest", async () => {
  const folder = await Deno.makeTempDir();
  const good = await Deno.readFile(`${FOOTPRINTS}/7.2.sgl.json.gz`);
  await Deno.writeFile(`${folder}/cut.json.gz`, good.subarray(0, 900));
  await Deno.writeFile(`${folder}/good.json.gz`, good);
  await Deno.writeTextFile(`${folder}/notes.txt`, "no recording");
  await Deno.writeTextFile(`${folder}/other.json`, '{"a": 1}');
  const { status, out, error } = await run("--footprint", folder);
  // Wrong input beside figures that are right.
  assertEquals(status, 2);
  assertStringIncludes(out, "8 workloads, 7 covered; 134 of 134 structures");
  assertStringIncludes(out, "\nNot read, and left out: cut.json.gz\n");
  assertEquals(error.split("\n").length, 3);
  assertStringIncludes(error, 'cut.json.gz": found damaged or truncated data');
  assertStringIncludes(
    error,
    'other.json": line 1, column 1: kernel: found nothing',
  );
  const json = await run("--footprint", folder, "--json", "-");
  const { refused } = footprintResultSchema.parse(JSON.parse(json.out));
  assertEquals(refused.map(({ file }) => file), ["cut.json.gz", "other.json"]);
  // Where nothing can be read there is nothing to tell.
  await Deno.remove(`${folder}/good.json.gz`);
  const none = await run("--footprint", folder);
  assertEquals([none.status, none.out], [2, ""]);
  assertEquals(none.error.split("\n").length, 2);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("oracle --footprint says of a strange workload what it does not know", async () => {
  const folder = await Deno.makeTempDir();
  const stream = (await Deno.open(`${FOOTPRINTS}/7.2.prp.json.gz`)).readable
    .pipeThrough(new DecompressionStream("gzip"));
  const recording = JSON.parse(await new Response(stream).text());
  const one = recording.workloads.b_4k_pread;
  const structures = { ...one.structures, "my struct": one.structures.bio };
  await Deno.writeTextFile(
    `${folder}/odd.json`,
    JSON.stringify({
      ...recording,
      more: { keys: [1] },
      workloads: {
        silent: { ...one, desc: "" },
        sent: { ...one, desc: "sent api=sendfile:1 op=r bytes=4096 kind=alt" },
        more: { ...one, structures, more: 1 },
      },
    }),
  );
  const { status, out } = await run("--footprint", folder);
  assertEquals(status, 0);
  assertStringIncludes(out, "3 workloads, 1 covered; 15 of 15 structures");
  assertStringIncludes(out, "its description has no words such as api=pread");
  assertStringIncludes(out, 'API "sendfile" is not known');
  await Deno.remove(folder, { recursive: true });
});
