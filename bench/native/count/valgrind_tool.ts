/** valgrind: every instruction of a program, as callgrind counts it. */
import { join } from "@std/path";
import { callgrindArguments, readCallgrind } from "./callgrind.ts";
import {
  type CountedProgram,
  type CountTool,
  readCounts,
  runWhole,
  type ToolRun,
  versionOf,
} from "./count_tool.ts";
import type { InstructionFigures } from "./figures.ts";

/** @throws {NativeEngineError} If it is missing. */
export async function findValgrindTool(by: ToolRun): Promise<CountTool> {
  const version = await versionOf(by.program, "valgrind", by.timeoutMs);
  return {
    name: "valgrind",
    version,
    count: (what) => countByValgrind(what, by),
  };
}

async function countByValgrind(
  what: CountedProgram,
  by: ToolRun,
): Promise<InstructionFigures> {
  const { program, path, dump, scratch } = what;
  const out = join(scratch.path, `${crypto.randomUUID()}.callgrind`);
  await runWhole(by, {
    args: callgrindArguments({
      command: [path, dump],
      inside: program.inside,
      out,
    }),
    what,
  });
  return await readCounts(
    "valgrind",
    out,
    (text) => readCallgrind(text, program.elf),
  );
}
