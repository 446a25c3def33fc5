/** Tasks that time the path give V8 the documented inlining budgets. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import config from "../deno.json" with { type: "json" };
import { ROOT } from "./project_files.ts";

/** Bytes of bytecode: per compiled function, per inlined one, and in all. */
type Budget = readonly [cumulative: number, one: number, absolute: number];

/** For comparisons of few builds in a short run, which have to be alike. */
const OF_RUNS: Budget = [12000, 4000, 40000];

/** For measuring how fast the path can be. */
const OF_PATH: Budget = [18000, 4000, 60000];

const flagsOf = ([cumulative, one, absolute]: Budget) =>
  `--max-inlined-bytecode-size-cumulative=${cumulative},` +
  `--max-inlined-bytecode-size=${one},` +
  `--max-inlined-bytecode-size-absolute=${absolute}`;

/** Tasks whose times depend on how much of a path V8 inlines. */
const TIMED = [
  { name: "lab", budget: OF_RUNS },
  { name: "lab:native", budget: OF_RUNS },
  { name: "bench", budget: OF_PATH },
  { name: "study", budget: OF_PATH },
  { name: "bench:native", budget: OF_PATH },
  { name: "bench:targets", budget: OF_PATH },
  { name: "check:timing", budget: OF_RUNS },
];

const FLAGS =
  /--max-inlined-bytecode-size[-a-z]*=\d+(?:,--max-inlined[-a-z]+=\d+)*/;

Deno.test("tasks that time the path give V8 the budgets in HOT_PATH.md's table", async () => {
  const flags = Object.entries(config.tasks).flatMap(([name, task]) => {
    const [found] = "command" in task ? FLAGS.exec(task.command) ?? [] : [];
    return found === undefined ? [] : [{ name, found }];
  });
  // While the last is V8's 4600, the first two do nothing.
  assertEquals(
    flags,
    TIMED.map(({ name, budget }) => ({ name, found: flagsOf(budget) })),
  );
  const page = await Deno.readTextFile(new URL("bench/HOT_PATH.md", ROOT));
  for (const shared of [OF_RUNS, OF_PATH]) {
    const tasks = TIMED.filter(({ budget }) => budget === shared)
      .map(({ name }) => `\`${name}\``);
    assertStringIncludes(
      page.replaceAll(/ +/g, " "),
      `| ${[...shared, tasks.join(", ")].join(" | ")} |`,
    );
  }
});
