import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { outcomeDifferences } from "../../../bench/check/differences.ts";
import { EXACT_COMMANDS } from "../../../bench/check/exact_commands.ts";
import { exactEqualMain } from "../../../bench/check/exact_equal.ts";
import { withoutCommitAndTime } from "../../../bench/check/outcome.ts";
import { captured } from "../captured.ts";

const TREE = new URL("../../../", import.meta.url).pathname;

async function exactEqual(...args: string[]) {
  const { status, out, err } = await captured((context) =>
    exactEqualMain(args, context)
  );
  return { status, out, error: err };
}

Deno.test("withoutCommitAndTime() finds them on a line and on two", () => {
  const report = (commit: string, time: string) =>
    `Deno 2.9.6, commit ${commit},\n${time}.\ncommit ${commit}, ${time}\n`;
  assertEquals(
    withoutCommitAndTime(report("5fb31dca64e8", "2026-11-29T19:19:01Z")),
    withoutCommitAndTime(report("3aa76909c837", "2026-11-29T20:06:18.5Z")),
  );
  assertEquals(
    withoutCommitAndTime("digest 5fb31dca64e8"),
    "digest 5fb31dca64e8",
  );
});

Deno.test("differences() names every leaf that is not the same", () => {
  const was = { a: 1, b: [1, 2, 3], c: "x\ny", d: null, e: {} };
  assertEquals(outcomeDifferences(was, structuredClone(was), "r"), []);
  assertEquals(
    outcomeDifferences(was, { a: 2, b: [1, 2], c: "x\nz", d: 0, f: true }, "r"),
    [
      "r.a: 1, then 2",
      "r.b[2]: 3, then nothing",
      'r.c by line[1]: "y", then "z"',
      "r.d: null, then 0",
      "r.e: {}, then nothing",
      "r.f: nothing, then true",
    ],
  );
  // A list is no object of the same keys.
  assertEquals(outcomeDifferences([1], { 0: 1 }, "r"), [
    'r: [1], then {"0":1}',
  ]);
  assertEquals(outcomeDifferences(NaN, NaN, "r"), []);
});

Deno.test("each command of exact_equal has a name of its own", () => {
  const names = EXACT_COMMANDS.map(({ name }) => name);
  assertEquals(new Set(names).size, names.length);
});

Deno.test("exact_equal finds one figure that is not as it was", async () => {
  const folder = await Deno.makeTempDir();
  const kept = `${folder}/kept.json`;
  const only = ["--only", "layouts,tree"];
  const first = await exactEqual(TREE, "--keep", kept, ...only);
  assertEquals(first, { status: 0, out: "", error: "" });
  const again = await exactEqual(TREE, "--before", kept, "--only", "tree");
  assertEquals(again, { status: 0, out: "tree: equal\n", error: "" });
  // What was kept is what the commands print: one size in it is changed.
  const outcomes = JSON.parse(await Deno.readTextFile(kept));
  assertEquals(outcomes.layouts.status, 0);
  assert(outcomes.tree.text.length > 100);
  outcomes.layouts.json.layouts[0].sizeBytes += 1;
  await Deno.writeTextFile(kept, JSON.stringify(outcomes));
  const other = await exactEqual(TREE, "--before", kept, ...only);
  assertEquals(other.status, 1);
  assertEquals(
    other.out,
    "layouts: 1 difference\n" +
      "  layouts.json.layouts[0].sizeBytes: 17, then 16\n" +
      "tree: equal\n",
  );
  assertStringIncludes(other.error, "1 of 2 commands gives other output");
  await Deno.remove(folder, { recursive: true });
});

Deno.test("exact_equal refuses what it cannot compare", async () => {
  for (
    const [args, expected] of [
      [[TREE], "expected --before or --keep"],
      [[TREE, "--before", "/nowhere"], 'Cannot compare with "/nowhere"'],
      [["/nowhere", "--keep", "/nowhere/x"], "found no bench/lab.ts there"],
      [
        [TREE, "--keep", "/nowhere/x", "--only", "layout"],
        'find command "layout" (nearest: "layouts")',
      ],
    ] as const
  ) {
    const { status, out, error } = await exactEqual(...args);
    assertEquals([status, out], [2, ""]);
    assertStringIncludes(error.toLowerCase(), expected.toLowerCase());
  }
});
