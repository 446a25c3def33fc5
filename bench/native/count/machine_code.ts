/**
 * What the machine code of a path costs: the same I/Os through each build of
 * it, counted exactly.
 */
import type { Abi } from "../../../layouts/abi.ts";
import type {
  ResultMachineCode,
  ResultMachineCodeBuild,
} from "../../result/exact_types.ts";
import type { BuildFolder } from "../build_files.ts";
import type { CompileOptions } from "../compile.ts";
import { NativeEngineError } from "../error.ts";
import { LateProgramError } from "../run_bounded.ts";
import { buildProgram } from "./build_program.ts";
import { type PreparedPath, writeDump } from "./dump.ts";
import {
  figureApart,
  FIGURES,
  fillFigures,
  type InstructionFigures,
} from "./figures.ts";
import {
  COUNT_TOOLS,
  type CountChoice,
  type CountToolName,
} from "../../setup/count_choice.ts";
import { makeScratch, writeProgram } from "./scratch.ts";
import { type Toolchain, toolchainOf } from "./toolchain.ts";
import type { CountTool } from "./count_tool.ts";
import { findTool } from "./tools.ts";
import { type CodeVariant, findVariants } from "./variants.ts";

/**
 * How counting is set up: `cc` is preferred, but others count as well, and
 * `timeoutMs` is for runs of tools, too.
 */
export interface CounterOptions extends Omit<CompileOptions, "flags"> {
  readonly choice: Exclude<CountChoice, "off">;
  readonly abi: Abi;
  /** Ends counting early. */
  readonly signal?: AbortSignal | undefined;
  /** Whether only the build whose figures come first is counted. */
  readonly firstBuildOnly?: boolean | undefined;
  /** The toolchain instead of the ABI's own, for tests. */
  readonly toolchain?: Toolchain | undefined;
}

/** Counts paths of one ABI. */
export class MachineCodeCounter {
  readonly variants: readonly CodeVariant[];
  /** What was wrong with compilers that are there; one line each. */
  readonly complaints: readonly string[];
  readonly #options: CounterOptions;
  readonly #toolchain: Toolchain;
  readonly #tools: readonly CountTool[];
  /** What has hung, and what was said of it. */
  readonly #late = new Map<CodeVariant | CountTool, LateProgramError>();

  private constructor(
    options: CounterOptions,
    found: {
      readonly toolchain: Toolchain;
      readonly variants: readonly CodeVariant[];
      readonly tools: readonly CountTool[];
      readonly complaints: readonly string[];
    },
  ) {
    this.#options = options;
    this.#toolchain = found.toolchain;
    this.#tools = found.tools;
    this.variants = found.variants;
    this.complaints = found.complaints;
  }

  /**
   * Looks for compilers and tools.
   *
   * @throws {NativeEngineError} If there is no compiler or no tool; one line
   *   that names what to install.
   */
  static async start(options: CounterOptions): Promise<MachineCodeCounter> {
    const { choice, abi, cc } = options;
    const toolchain = options.toolchain ?? toolchainOf(abi, { cc });
    const { variants: every, complaints } = await findVariants(
      toolchain,
      options,
    );
    const variants = options.firstBuildOnly === true
      ? every.slice(0, 1)
      : every;
    if (variants.length === 0) {
      const [complaint] = complaints;
      throw new NativeEngineError(
        complaint ??
          `Cannot count the machine code of ${abi.name}: there is no ` +
            `${toolchain.compilers[0]}, expected it in PATH (Debian: apt ` +
            `install ${toolchain.packages})`,
      );
    }
    const tools: CountTool[] = [];
    const why: string[] = [];
    for (const name of choice === "auto" ? COUNT_TOOLS : [choice]) {
      try {
        tools.push(await findTool(name, { ...options, toolchain }));
      } catch (error) {
        if (!(error instanceof NativeEngineError)) throw error;
        why.push(error.message);
      }
    }
    if (tools.length === 0) {
      throw new NativeEngineError(
        choice !== "auto" && why[0] !== undefined
          ? why[0]
          : `Cannot count the machine code of ${abi.name}: no tool is there, ` +
            `expected ${toolchain.qemu}${
              toolchain.runsHere ? " or valgrind" : ""
            } in PATH (Debian: apt install ${
              toolchain.runsHere ? "valgrind " : ""
            }qemu-user)`,
      );
    }
    return new MachineCodeCounter(options, {
      ...{ toolchain, variants, tools },
      // Of several, one that is not there is no news.
      complaints: [...complaints, ...why.filter((text) => !isAbsent(text))],
    });
  }

  /** Tools that count, the one whose figures are taken first. */
  get tools(): readonly CountToolName[] {
    return this.#tools.map(({ name }) => name);
  }

  /**
   * @throws {NativeEngineError} If no build could be counted, or two tools
   *   differ by more than 0.1 %.
   */
  async count(
    prepared: PreparedPath,
  ): Promise<{ machineCode: ResultMachineCode; complaints: string[] }> {
    const { cacheDir, abi } = this.#options;
    await using scratch = await makeScratch(cacheDir);
    const dump = `${scratch.path}/dump`;
    await writeDump(dump, prepared);
    const complaints: string[] = [];
    const failed = new Map<string, string[]>();
    const builds: ResultMachineCodeBuild[] = [];
    let tools: readonly CountTool[] = [];
    for (const variant of this.variants) {
      try {
        const counted = await this.#countBuild(prepared, {
          ...{ variant, scratch, dump },
          isFirst: builds.length === 0,
        });
        builds.push(counted.build);
        complaints.push(...counted.complaints);
        if (tools.length === 0) tools = counted.by;
      } catch (error) {
        if (!(error instanceof NativeEngineError)) throw error;
        failed.getOrInsertComputed(error.message, () => [])
          .push(`${variant.compiler}, ${variant.title}`);
      }
    }
    // An error of all builds is not the fault of one.
    complaints.push(
      ...[...failed].map(([message, which]) =>
        which.length === this.variants.length
          ? message
          : `${which.join("; ")}: ${message}`
      ),
    );
    const [first] = builds;
    if (first === undefined) {
      throw new NativeEngineError(
        complaints[0] ?? "Cannot count: there is no build, expected one",
      );
    }
    return {
      machineCode: {
        ...first,
        abi: abi.name,
        machine: this.#toolchain.machine,
        tools: tools.map(({ version }) => version),
        ios: prepared.ios.length - prepared.warmIos,
        builds,
      },
      complaints,
    };
  }

  /** What hung once is not waited for again. */
  #requireInTime(what: CodeVariant | CountTool): void {
    const late = this.#late.get(what);
    if (late !== undefined) throw late;
  }

  #giveUp(what: CodeVariant | CountTool, error: unknown): never {
    if (error instanceof LateProgramError) this.#late.set(what, error);
    throw error;
  }

  /** Counts one build; the first with every tool, so that they are compared. */
  async #countBuild(
    prepared: PreparedPath,
    what: {
      readonly variant: CodeVariant;
      readonly scratch: BuildFolder;
      readonly dump: string;
      readonly isFirst: boolean;
    },
  ): Promise<{
    build: ResultMachineCodeBuild;
    by: readonly CountTool[];
    complaints: readonly string[];
  }> {
    const { variant, scratch, dump, isFirst } = what;
    const { signal } = this.#options;
    this.#requireInTime(variant);
    const program = await buildProgram(prepared, variant, this.#options)
      .catch((error) => this.#giveUp(variant, error));
    const path = await writeProgram(
      scratch,
      crypto.randomUUID(),
      program.bytes,
    );
    let figures: InstructionFigures | undefined;
    const by: CountTool[] = [];
    const complaints: string[] = [];
    for (const tool of this.#tools) {
      const isWhole = figures !== undefined &&
        FIGURES.every((name) => figures?.[name] !== null);
      if (isWhole && !isFirst) break;
      let found: InstructionFigures;
      try {
        this.#requireInTime(tool);
        found = await tool.count({
          ...{ program, path, dump, scratch },
          signal,
        }).catch((error) => this.#giveUp(tool, error));
      } catch (error) {
        if (!(error instanceof NativeEngineError)) throw error;
        complaints.push(error.message);
        continue;
      }
      const apart = figures && figureApart(figures, found);
      if (apart !== undefined) {
        throw new NativeEngineError(
          `Cannot trust the counts: ${by[0]?.name} has ${apart.values[0]} ` +
            `${apart.name} and ${tool.name} ${
              apart.values[1]
            }, expected them ` +
            `within 0.1 %`,
        );
      }
      figures = figures === undefined ? found : fillFigures(figures, found);
      by.push(tool);
    }
    await Deno.remove(path);
    if (figures === undefined) {
      throw new NativeEngineError(complaints.join("; "));
    }
    const ios = prepared.ios.length - prepared.warmIos;
    const per = (value: number | null) => value === null ? null : value / ios;
    return {
      build: {
        instructionsPerIo: figures.instructions / ios,
        loadsPerIo: per(figures.loads),
        storesPerIo: per(figures.stores),
        branchesPerIo: per(figures.branches),
        unalignedPerIo: per(figures.unaligned),
        lineCrossingsPerIo: per(figures.lineCrossings),
        textBytes: program.textBytes,
        compiler: variant.compiler,
        build: variant.title,
        flags: variant.flags,
      },
      by,
      complaints,
    };
  }
}

/** Whether a tool cannot be had here, so that there is nothing to mend. */
function isAbsent(complaint: string): boolean {
  return /is not installed|the program is for|machine has no counters/.test(
    complaint,
  );
}
