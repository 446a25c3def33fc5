/** What times the path gives V8 the budgets of inlining that are told. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import config from "../deno.json" with { type: "json" };
import { ROOT } from "./project_files.ts";

/** Flags of V8: of a compiled function, of one that is inlined, and of all. */
const budget = (cumulative: number, one: number, all: number) =>
  `--max-inlined-bytecode-size-cumulative=${cumulative},` +
  `--max-inlined-bytecode-size=${one},` +
  `--max-inlined-bytecode-size-absolute=${all}`;

/** Of what compares few builds in a short run: they have to be alike. */
const OF_RUNS = budget(12000, 4000, 40000);

/** Of what says how fast the path can be. */
const OF_PATH = budget(18000, 4000, 60000);

/** Tasks whose times depend on what of a path V8 inlines. */
const TIMED = [
  { name: "lab", found: OF_RUNS },
  { name: "lab:native", found: OF_RUNS },
  { name: "bench", found: OF_PATH },
  { name: "study", found: OF_PATH },
  { name: "bench:native", found: OF_PATH },
  { name: "bench:targets", found: OF_PATH },
  { name: "check:timing", found: OF_RUNS },
];

const FLAGS =
  /--max-inlined-bytecode-size[-a-z]*=\d+(?:,--max-inlined[-a-z]+=\d+)*/;

Deno.test("tasks that time give V8 the budgets that HOT_PATH.md tells of", async () => {
  const flags = Object.entries(config.tasks).flatMap(([name, task]) => {
    const [found] = "command" in task ? FLAGS.exec(task.command) ?? [] : [];
    return found === undefined ? [] : [{ name, found }];
  });
  // Where the last is left at V8's 4600, the first two do nothing.
  assertEquals(flags, TIMED);
  const text = await Deno.readTextFile(new URL("bench/HOT_PATH.md", ROOT));
  assertStringIncludes(
    text.replaceAll(/\s+/g, " "),
    "They are 18000, of one function 4000 and in all 60000 where the path is " +
      "timed by itself or for the study, and 12000, 4000 and 40000 in runs of " +
      "`lab` and in `check:timing`.",
  );
});
