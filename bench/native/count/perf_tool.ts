/** perf: the processor's own counters, with a few more of interrupts. */
import { NativeEngineError } from "../error.ts";
import { runBounded } from "../run_bounded.ts";
import {
  type CountedProgram,
  type CountTool,
  runWhole,
  type ToolRun,
  versionOf,
} from "./count_tool.ts";
import type { InstructionFigures } from "./figures.ts";
import {
  perfArguments,
  type PerfFigures,
  perfRefusal,
  readPerfStat,
} from "./perf_stat.ts";

/** Runs; the lowest count is taken, because interrupts add a few. */
const PERF_RUNS = 3;

/** @throws {NativeEngineError} If it is missing, or may not count. */
export async function findPerfTool(by: ToolRun): Promise<CountTool> {
  const { program, timeoutMs } = by;
  const version = await versionOf(program, "linux-perf", timeoutMs);
  const { stderr } = await runBounded({
    program,
    args: perfArguments(["true"]),
    timeoutMs,
  });
  if (readPerfStat(stderr) === undefined) {
    throw new NativeEngineError(
      `Cannot count with perf: ${perfRefusal(stderr)}`,
    );
  }
  return { name: "perf", version, count: (what) => countByPerf(what, by) };
}

async function countByPerf(
  what: CountedProgram,
  by: ToolRun,
): Promise<InstructionFigures> {
  const runs: PerfFigures[][] = [[], []];
  for (let run = 0; run < PERF_RUNS; run++) {
    // The same program without what is counted: the rest is that.
    for (const [index, more] of [[], ["--warm"]].entries()) {
      const { stderr } = await runWhole(by, {
        args: perfArguments([what.path, what.dump, ...more]),
        what,
      });
      const found = readPerfStat(stderr);
      if (found === undefined) {
        throw new NativeEngineError(
          `Cannot count with perf: ${perfRefusal(stderr)}`,
        );
      }
      runs[index]?.push(found);
    }
  }
  const [whole = [], warm = []] = runs;
  const counted = (name: keyof PerfFigures) => {
    const least = (of: PerfFigures[]) =>
      Math.min(...of.map((figures) => figures[name] ?? NaN));
    const difference = least(whole) - least(warm);
    return Number.isNaN(difference) ? null : difference;
  };
  return {
    instructions: counted("instructions") ?? 0,
    loads: counted("loads"),
    stores: counted("stores"),
    branches: counted("branches"),
    unaligned: null,
    lineCrossings: null,
  };
}
