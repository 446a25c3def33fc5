/**
 * What a tool that counts is, and how it is run: to its end, for so long, with
 * one line about what went wrong.
 */
import type { BuildFolder } from "../build_files.ts";
import { NativeEngineError } from "../error.ts";
import {
  type BoundedResult,
  LateProgramError,
  MissingProgramError,
  runBounded,
} from "../run_bounded.ts";
import type { CountToolName } from "../../setup/count_choice.ts";
import type { BuiltProgram } from "./build_program.ts";
import type { InstructionFigures } from "./figures.ts";

/** A program in a folder, with the dump that it runs over. */
export interface CountedProgram {
  readonly program: BuiltProgram;
  readonly path: string;
  readonly dump: string;
  readonly scratch: BuildFolder;
  /** Ends counting early. */
  readonly signal?: AbortSignal | undefined;
}

export interface CountTool {
  readonly name: CountToolName;
  readonly version: string;
  readonly count: (what: CountedProgram) => Promise<InstructionFigures>;
}

export interface ToolRun {
  readonly program: string;
  /** For how long at most, in ms. */
  readonly timeoutMs: number;
}

/**
 * Returns the version of a tool.
 *
 * @param packages The package that it is in, for who has not got it.
 * @returns The first line of `--version`.
 * @throws {NativeEngineError} If it is missing or says none.
 */
export async function versionOf(
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

/**
 * Runs a tool that has to come to its end.
 *
 * @throws {NativeEngineError} If it does not, or the program under it does not.
 */
export async function runWhole(
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

/** @throws {NativeEngineError} If it is not there, or no such text. */
export async function readCounts(
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
