/**
 * The tools that count: which of them are there, and what each makes of a
 * program. What is missing or refuses is told in one line.
 */
import { pluginApi } from "./plugin_api.ts";
import { join } from "@std/path";
import { compileFile } from "../compile.ts";
import { NativeEngineError } from "../error.ts";
import {
  type BoundedResult,
  LateProgramError,
  MissingProgramError,
  runBounded,
} from "../run_bounded.ts";
import { readSealedObject } from "../sealed_object.ts";
import type { BuiltProgram } from "./build_program.ts";
import { callgrindArguments, readCallgrind } from "./callgrind.ts";
import type { InstructionFigures } from "./figures.ts";
import type { CountToolName } from "../../setup/count_choice.ts";
import {
  perfArguments,
  type PerfFigures,
  perfRefusal,
  readPerfStat,
} from "./perf_stat.ts";
import { readQemuCounts } from "./qemu_counts.ts";
import type { Scratch } from "./scratch.ts";
import type { Toolchain } from "./toolchain.ts";

/** Longest time for one run of a program under a tool, in ms. */
const RUN_MS = 60_000;
/** Runs under perf of which the least counts: interrupts add a few. */
const PERF_RUNS = 3;

/** A program in a folder, with the dump that it runs over. */
export interface CountedProgram {
  /** The program. */
  readonly program: BuiltProgram;
  /** Its path. */
  readonly path: string;
  /** Path of the dump. */
  readonly dump: string;
  /** Where tools may write. */
  readonly scratch: Scratch;
  /** Ends counting early. */
  readonly signal?: AbortSignal | undefined;
}

/** A tool that is there. */
export interface CountTool {
  /** Its name. */
  readonly name: CountToolName;
  /** Its version. */
  readonly version: string;
  /** Counts a program. */
  readonly count: (what: CountedProgram) => Promise<InstructionFigures>;
}

/** Where tools are looked for. */
export interface FindToolOptions {
  /** The machine of the programs. */
  readonly toolchain: Toolchain;
  /** The compiler of QEMU's plugin, for this computer; default: `cc`. */
  readonly cc?: string | undefined;
  /** Where it is kept; default: the user's cache. */
  readonly cacheDir?: string | undefined;
  /** Longest time for one run, in ms. */
  readonly timeoutMs?: number | undefined;
}

/**
 * Looks for a tool.
 *
 * @param name Which one.
 * @param options The machine, and how the plugin is compiled.
 * @returns The tool.
 * @throws {NativeEngineError} If it is missing or cannot be used; one line.
 */
export async function findTool(
  name: CountToolName,
  options: FindToolOptions,
): Promise<CountTool> {
  const { toolchain, timeoutMs = RUN_MS } = options;
  const { perf = "perf", valgrind = "valgrind" } = toolchain.programs ?? {};
  switch (name) {
    case "perf": {
      requireHost("perf", toolchain);
      const version = await versionOf(perf, "linux-perf", timeoutMs);
      const { stderr } = await runBounded({
        program: perf,
        args: perfArguments(["true"]),
        timeoutMs,
      });
      if (readPerfStat(stderr) === undefined) {
        throw new NativeEngineError(
          `Cannot count with perf: ${perfRefusal(stderr)}`,
        );
      }
      const by = { program: perf, timeoutMs };
      return { name, version, count: (what) => countByPerf(what, by) };
    }
    case "valgrind": {
      requireHost("valgrind", toolchain);
      const version = await versionOf(valgrind, "valgrind", timeoutMs);
      const by = { program: valgrind, timeoutMs };
      return { name, version, count: (what) => countByValgrind(what, by) };
    }
    case "qemu":
      return await findQemu(options, timeoutMs);
  }
}

/** Others' programs are run by QEMU alone. */
function requireHost(
  name: string,
  { runsHere, machine, qemu }: Toolchain,
): void {
  if (runsHere) return;
  throw new NativeEngineError(
    `Cannot count with ${name}: the program is for ${machine}, expected ` +
      `${qemu} for it`,
  );
}

/** The first line of `--version`, or what to install. */
async function versionOf(
  program: string,
  packages: string,
  timeoutMs: number,
): Promise<string> {
  let result: BoundedResult;
  try {
    result = await runBounded({ program, args: ["--version"], timeoutMs });
  } catch (error) {
    if (error instanceof MissingProgramError && error.why === "absent") {
      throw new NativeEngineError(
        `Cannot count with ${program}: it is not installed, expected it in ` +
          `PATH (Debian: apt install ${packages})`,
      );
    }
    throw error;
  }
  const line = result.stdout.split("\n")[0]?.trim() ?? "";
  if (result.status !== 0 || line === "") {
    throw new NativeEngineError(
      `Cannot count with ${program}: --version ends with status ` +
        `${result.status}, expected a version`,
    );
  }
  return line;
}

async function findQemu(
  options: FindToolOptions,
  timeoutMs: number,
): Promise<CountTool> {
  const { toolchain, cc, cacheDir } = options;
  const { qemu } = toolchain;
  const version = await versionOf(qemu, "qemu-user", timeoutMs);
  const [, major, minor] = /version (\d+)\.(\d+)/.exec(version) ?? [];
  const number = Number(major) * 100 + Number(minor);
  if (!(number >= 402)) {
    throw new NativeEngineError(
      `Cannot count with ${qemu}: it is "${version}", expected version 4.2 or ` +
        `later, which has plugins`,
    );
  }
  const files = new Map<string, string>();
  for (
    const [name, from] of [
      ["plugin.c", "./plugin.c"],
      ["qemu_plugin_api.h", "../../kernel/plugin/qemu_plugin_api.h"],
    ] as const
  ) {
    files.set(name, await Deno.readTextFile(new URL(from, import.meta.url)));
  }
  const { path } = await compileFile({ files, main: "plugin.c" }, {
    cc,
    cacheDir,
    extension: ".so",
    flags: [
      ...["-std=gnu11", "-O2", "-shared", "-fPIC", "-fvisibility=hidden"],
      `-DPLUGIN_API=${pluginApi(number)}`,
    ],
  });
  const plugin = await readSealedObject(path);
  if (plugin === undefined) {
    throw new NativeEngineError(
      `Cannot count with ${qemu}: its plugin is not what was compiled, ` +
        `expected it whole`,
    );
  }
  return {
    name: "qemu",
    version,
    count: (what) => countByQemu(what, { program: qemu, plugin, timeoutMs }),
  };
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

async function countByQemu(
  what: CountedProgram,
  by: ToolRun & { readonly plugin: Uint8Array },
): Promise<InstructionFigures> {
  const { program, path, dump, scratch } = what;
  const out = join(scratch.path, `${crypto.randomUUID()}.counts`);
  const plugin = join(scratch.path, "plugin.so");
  await Deno.writeFile(plugin, by.plugin, { mode: 0o700 });
  const marks = `begin=${program.begin.toString(16)},` +
    `end=${program.end.toString(16)}`;
  await runWhole(by, {
    args: ["-plugin", `${plugin},out=${out},${marks}`, path, dump],
    what,
  });
  return await readCounts(
    "qemu",
    out,
    (text) => readQemuCounts(text, program.elf),
  );
}

/** Reads what a tool has written. */
async function readCounts(
  tool: string,
  path: string,
  read: (text: string) => InstructionFigures,
): Promise<InstructionFigures> {
  try {
    return read(await Deno.readTextFile(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw new NativeEngineError(
        `Cannot count with ${tool}: it has written nothing, expected counts`,
      );
    }
    if (!(error instanceof SyntaxError)) throw error;
    throw new NativeEngineError(
      `Cannot count with ${tool}: ${error.message.replace(/^Cannot /, "")}`,
    );
  }
}

/** How a tool is run. */
interface ToolRun {
  /** Its program. */
  readonly program: string;
  /** For how long at most, in ms. */
  readonly timeoutMs: number;
}

/**
 * Runs a tool that has to come to its end.
 *
 * @param by The tool.
 * @param options Arguments, and what it counts.
 * @returns What it printed.
 * @throws {NativeEngineError} If it does not, or the program under it does not.
 */
async function runWhole(
  by: ToolRun,
  options: {
    readonly args: readonly string[];
    readonly what: Pick<CountedProgram, "signal">;
  },
): Promise<BoundedResult> {
  const { program: tool, timeoutMs } = by;
  const { args, what } = options;
  let result: BoundedResult;
  try {
    result = await runBounded({
      program: tool,
      args,
      timeoutMs,
      signal: what.signal,
    });
  } catch (error) {
    if (!(error instanceof LateProgramError)) throw error;
    throw new LateProgramError(
      `Cannot count with ${tool}: it has not ended after ` +
        `${timeoutMs / 1000} s, expected counts by then`,
    );
  }
  if (result.status === 0 && result.signal === null) return result;
  const said = result.stderr.split("\n").map((line) => line.trim())
    .filter((line) => line !== "");
  const own = said.find((line) => /^lab-(plugin|count): /.test(line));
  const how = own?.replace(/^lab-(plugin|count): /, "") ??
    (result.signal === null
      ? `it ended with status ${result.status}` +
        (said.length === 0 ? "" : `: ${said.at(-1)?.slice(0, 160)}`)
      : `it was ended by ${result.signal}`);
  throw new NativeEngineError(
    `Cannot count with ${tool}: ${how}, expected it to run to its end`,
  );
}
