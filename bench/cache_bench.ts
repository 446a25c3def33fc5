/**
 * How fast the cache model is, beside the same algorithm in C at -O2, and how
 * fast the readers of address traces are. One iteration is 2^20 references, so
 * that milliseconds an iteration are nanoseconds a reference, nearly (x 0.95).
 *
 *     deno bench --allow-read --allow-write --allow-run=cc --allow-ffi \
 *       bench/cache_bench.ts
 *
 * Without the last three permissions the C contender is left out. On a busy
 * machine, `deno task bench:targets` says more.
 */
import type { ContenderTask } from "./native/cache/contender.ts";
import { REFERENCES } from "./native/cache/reference_trace.ts";
import {
  buildTwin,
  type RunningContender,
  startContender,
} from "./native/cache/start_contender.ts";

const TRACE =
  new URL("../tests/data/cache/ls.trace.gz", import.meta.url).pathname;

/** Runs one task in a worker whenever it is asked to. */
function bench(task: ContenderTask) {
  let contender: RunningContender | undefined;
  return async (context: Deno.BenchContext): Promise<void> => {
    // Born at its turn and warmed up there; idle workers of other contenders
    // take no time.
    if (contender === undefined) {
      contender = await startContender(task);
      for (let round = 0; round < 30; round++) await contender.run();
    }
    context.start();
    await contender.run();
    context.end();
  };
}

const library = await buildTwin();

for (
  const [trace, what] of [["hits", "mostly hits"], [TRACE, "ls"]] as const
) {
  const group = `cache model, ${REFERENCES} references, ${what}`;
  // Without a compiler there is nothing to be in its place.
  if (library !== undefined) {
    Deno.bench({
      name: `C at -O2, ${what}`,
      group,
      baseline: true,
      fn: bench({ contender: "c", trace, library }),
    });
  }
  Deno.bench({
    name: `createHierarchy().run(), ${what}`,
    group,
    baseline: library === undefined,
    fn: bench({ contender: "model", trace }),
  });
}

for (const format of ["lackey", "din"] as const) {
  Deno.bench({
    name: `readAddressTrace(), ${format}, ${REFERENCES} lines of ls`,
    group: `readers of address traces, ${REFERENCES} lines, by format`,
    baseline: format === "lackey",
    fn: bench({ contender: "reader", trace: TRACE, format }),
  });
}
