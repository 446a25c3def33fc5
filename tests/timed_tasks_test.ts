/** What times the path gives V8 one budget of inlining, the one that is told. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import config from "../deno.json" with { type: "json" };
import { ROOT } from "./project_files.ts";

/** Tasks whose times depend on what of a path V8 inlines. */
const TIMED = [
  "lab",
  "lab:native",
  "bench",
  "study",
  "bench:native",
  "bench:targets",
  "check:timing",
];

const FLAGS =
  /--max-inlined-bytecode-size[-a-z]*=\d+(?:,--max-inlined[-a-z]+=\d+)*/;

Deno.test("tasks that time give V8 the budget that HOT_PATH.md tells of", async () => {
  const flags = Object.entries(config.tasks).flatMap(([name, task]) => {
    const [found] = "command" in task ? FLAGS.exec(task.command) ?? [] : [];
    return found === undefined ? [] : [{ name, found }];
  });
  assertEquals(flags.map(({ name }) => name), TIMED);
  const budgets = new Set(flags.map(({ found }) => found));
  // Of a compiled function, of one that is inlined, and of all: where the last
  // is left at V8's 4600, the first two do nothing.
  assertEquals([...budgets], [
    "--max-inlined-bytecode-size-cumulative=18000," +
    "--max-inlined-bytecode-size=4000," +
    "--max-inlined-bytecode-size-absolute=60000",
  ]);
  const text = await Deno.readTextFile(new URL("bench/HOT_PATH.md", ROOT));
  assertStringIncludes(
    text.replaceAll(/\s+/g, " "),
    "They are 18000, of one function 4000 and in all 60000 here.",
  );
});
