import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { gunzip } from "../gunzip.ts";
import { patched } from "../guards/patched.ts";
import { inFolder, lab } from "../lab_in_process.ts";

const ROWS = new URL("../../data/kernel/rows/", import.meta.url);

Deno.test("lab check passes words on to its tool, and its exit status back", async () => {
  await inFolder(async (folder) => {
    const name = "nvme-pi.7.2";
    const [meta, rows] = await Promise.all(
      ["meta.json.gz", "jsonl.gz"].map((end) =>
        Deno.readFile(new URL(`${name}.${end}`, ROWS))
      ),
    ) as [Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>];
    await Deno.writeFile(`${folder}/${name}.meta.json.gz`, meta);
    await Deno.writeFile(`${folder}/${name}.jsonl.gz`, rows);
    const json = `${folder}/oracle.json`;
    const right = await lab(
      ["check", "oracle", "--rows", folder, "--json", json],
    );
    assertEquals([right.status, right.err], [0, ""]);
    assertStringIncludes(right.out, name);
    const { files: [file] } = JSON.parse(await Deno.readTextFile(json));
    assertEquals([file.name, file.exact], [name, file.covered]);

    // The first row with another number of segments: a wrong answer.
    const [first = ""] = (await gunzip(rows)).split("\n");
    const row = JSON.parse(first);
    row.reqs[0][3]++;
    await Deno.remove(`${folder}/${name}.jsonl.gz`);
    await Deno.writeTextFile(
      `${folder}/${name}.jsonl`,
      JSON.stringify(row) + "\n",
    );
    const wrong = await lab(["check", "oracle", "--rows", folder]);
    assertEquals(wrong.status, 1, wrong.out + wrong.err);
  });
});

Deno.test("lab check fuzz and soak do what their options say", async () => {
  const fuzz = await lab([
    "check",
    "fuzz",
    "spc",
    "--runs",
    "20",
    "--seed",
    "3",
  ]);
  assertEquals([fuzz.status, fuzz.err], [0, ""]);
  assertMatch(fuzz.out, /^20 inputs for each reader, seed 3\n/);
  assertEquals(fuzz.out.match(/^\w+ +20 +\d+ % /gm)?.length, 1);

  // Memory is the whole process's, in which other tests' isolates grow.
  await patched(
    Deno,
    "memoryUsage",
    (real) => () => ({ ...real(), rss: 100 << 20 }),
    async () => {
      const soak = await lab([
        ...["check", "soak", "--ios", "400", "--layout", "phyr"],
        ...["--workers", "1", "--seed", "5"],
      ]);
      assertEquals(soak.status, 0, soak.err);
      // One for each P2P detection that phyr serves, and as many I/Os as fill
      // them.
      assertMatch(soak.out, /^40\d I\/Os in 3 isolates/m);
    },
  );
});

Deno.test("a tool of lab check says how it was called, and shows examples", async () => {
  for (const tool of ["oracle", "fuzz", "soak", "study"]) {
    const help = await lab(["check", tool, "--help"]);
    assertEquals([help.status, help.err], [0, ""]);
    assertMatch(
      help.out,
      new RegExp(`^Usage: lab check ${tool} \\[options\\]`),
    );
    // Each option of an example is one that the help lists.
    const [options = "", examples = ""] = help.out.split("\nExamples:\n");
    const flags = examples.match(/(?<= )--[a-z-]+/g) ?? [];
    assertEquals(flags.length > 0, true, help.out);
    for (const flag of flags) assertStringIncludes(options, ` ${flag} `);
    const wrong = await lab(["check", tool, "--no-such-option"]);
    assertEquals([wrong.status, wrong.out], [2, ""]);
    assertStringIncludes(
      wrong.err,
      "Cannot use --no-such-option: found no such option",
    );
  }
  const refused = await lab(["check", "study", "--exact", "--timed"]);
  assertEquals(refused.status, 2);
  assertMatch(refused.err, /^(lab check study: |error: )/);
  const nothing = await lab(["check", "oracle", "--rows", "/no/such/folder"]);
  assertEquals(nothing.status, 2);
  assertMatch(nothing.err, /^lab check oracle: Cannot [^\n]*\n$/);
});
