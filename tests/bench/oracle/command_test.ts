import { assertEquals, assertStringIncludes } from "@std/assert";
import { oracleMain } from "../../../bench/oracle/command.ts";

const ROWS = new URL("../../data/kernel/rows", import.meta.url).pathname;

async function run(...args: string[]) {
  let out = "";
  let error = "";
  const status = await oracleMain(args, {
    writeOut: (text) => void (out += text),
    writeError: (text) => void (error += text),
    errorIsTerminal: false,
    color: false,
    signal: new AbortController().signal,
  });
  return { status, out, error };
}

/** A folder with one of the recorded files in it. */
async function folderOf(name: string): Promise<string> {
  const folder = await Deno.makeTempDir();
  for (const end of ["jsonl.gz", "meta.json.gz"]) {
    await Deno.copyFile(`${ROWS}/${name}.${end}`, `${folder}/${name}.${end}`);
  }
  return folder;
}

Deno.test("oracle prints rows, covered and exact as text and as JSON", async () => {
  const folder = await folderOf("merge.7.2");
  const text = await run("--rows", folder);
  assertEquals(text.status, 0);
  assertStringIncludes(text.out, "merge.7.2     1552     1537     1537\n");
  const json = await run("--rows", folder, "--json", "-");
  const { files } = JSON.parse(json.out);
  assertEquals(files.length, 1);
  const { name, rows, covered, exact, reasons } = files[0];
  assertEquals({ name, rows, covered, exact }, {
    name: "merge.7.2",
    rows: 1552,
    covered: 1537,
    exact: 1537,
  });
  assertEquals(Object.values<number>(reasons).toSorted((a, b) => a - b), [
    1,
    1,
    2,
    11,
  ]);
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
