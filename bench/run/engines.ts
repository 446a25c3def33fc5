/**
 * Which engines a run has: the DataView path in JavaScript, the same path in C,
 * or both. Nothing is compiled or loaded unless C is asked for.
 */
import type { Abi } from "../../layouts/abi.ts";
import type { Recognition } from "../../sim/recognition/recognition_registry.ts";
import type { Submitter } from "../../sim/setup/submitter.ts";
import type { MachineSetup } from "../../sim/setup/machine_setup.ts";
import type { LabWarning } from "../statistics/warning.ts";
import { cacheDirectory, openObjectCache } from "../native/cache_directory.ts";
import { C_FLAGS, compilerVersion } from "../native/compile.ts";
import {
  COMPILERS,
  type TimedCompiler,
  timedCompilers,
} from "./timed_compilers.ts";
import { NativeEngineError } from "../native/error.ts";
import { nativeRefusal } from "../native/refusal.ts";
import { isGroup } from "../setup/check_group.ts";
import type { Engine, EngineChoice } from "../setup/engine_choice.ts";

export interface EngineOptions {
  readonly engine: EngineChoice;
  /** The compiler's program; default: `cc`. */
  readonly cc?: string;
  /** Where compiled objects are kept; default: the user's cache. */
  readonly cacheDir?: string | undefined;
  /** Submitters at once. */
  readonly workers: number;
  /** Workers that are devices. */
  readonly devices: number;
  readonly abis: readonly Abi[];
  /** Whose memory I/O is on; each workload's own if absent. */
  readonly submitter?: Submitter;
  readonly kernel: string;
  /** How P2P memory is recognised. */
  readonly recognitions: readonly Recognition[];
  readonly machine: MachineSetup;
}

export interface RunEngines {
  /** Engines of the cells of an ABI, in their order. */
  readonly of: (abi: Abi) => readonly Engine[];
  /** What builds the paths that are timed in C; none without C. */
  readonly compilers: readonly TimedCompiler[];
  /** The compiler and its flags, for the environment; null without C. */
  readonly compiler: string | null;
  /** Its flags; null without C. */
  readonly compilerFlags: readonly string[] | null;
  /** Why there is no C where it was asked for. */
  readonly warnings: readonly LabWarning[];
}

/**
 * Finds out which engines can run.
 *
 * @returns The engines; with `both`, JavaScript alone where C cannot run, and
 *   a warning.
 * @throws {NativeEngineError} If C alone was asked for and cannot run.
 */
export async function chooseEngines(
  options: EngineOptions,
): Promise<RunEngines> {
  const { engine, abis, kernel, machine, submitter = "user", recognitions } =
    options;
  if (engine === "js") {
    return {
      of: () => ["js"],
      compilers: [],
      compiler: null,
      compilerFlags: null,
      warnings: [],
    };
  }
  const warnings: LabWarning[] = [];
  const refuse = (message: string, hint: string) => {
    if (engine === "native") throw new NativeEngineError(message);
    warnings.push({ code: "no-native-engine", message, hint });
  };
  const covered = new Set<string>();
  if (isGroup(options)) {
    refuse(
      `Cannot run engine native with workers ${options.workers} and devices ` +
        `${options.devices}, expected workers 1 and devices 0`,
      "all cells have only engine js",
    );
  }
  for (const abi of isGroup(options) ? [] : abis) {
    const reason = nativeRefusal(
      { kernel, submitter, machine, recognitions },
      abi.name,
    );
    if (reason === undefined) covered.add(abi.name);
    else {
      refuse(
        `Cannot run engine native with ${reason}`,
        "these cells have only engine js",
      );
    }
  }
  let compilers: readonly TimedCompiler[] = [];
  if (covered.size > 0) {
    try {
      compilers = await findCompilers(options, warnings);
    } catch (error) {
      if (!(error instanceof NativeEngineError)) throw error;
      covered.clear();
      refuse(error.message, "all cells have only engine js");
    }
  }
  const [first] = compilers;
  return {
    of: ({ name }) =>
      !covered.has(name)
        ? ["js"]
        : engine === "native"
        ? ["native"]
        : ["js", "native"],
    compilers,
    compiler: first === undefined
      ? null
      : `${first.cc}: ${await compilerVersion({ cc: first.cc })}`,
    compilerFlags: first === undefined ? null : C_FLAGS,
    warnings,
  };
}

/** The compilers that work; what is wrong with others is warned of. */
async function findCompilers(
  options: EngineOptions,
  warnings: LabWarning[],
): Promise<readonly TimedCompiler[]> {
  const { cc = "cc" } = options;
  const directory = options.cacheDir ?? await cacheDirectory();
  await requirePermissions(options, directory);
  await openObjectCache(directory);
  const { compilers, complaints } = await timedCompilers(options.cc, {
    cacheDir: options.cacheDir,
  });
  if (compilers.length === 0) {
    throw new NativeEngineError(
      complaints[0] ??
        `Cannot run C compiler "${cc}": there is no such program, expected ` +
          "one in PATH, such as gcc or clang",
    );
  }
  warnings.push(...complaints.map((message) => ({
    code: "compiler",
    message,
    hint: "what is timed in C was built by the others only",
  })));
  return compilers;
}

/** Asked for at once, by name, and not by a prompt in the middle of a run. */
async function requirePermissions(
  { cc }: EngineOptions,
  path: string,
): Promise<void> {
  const isGranted = async (permission: Deno.PermissionDescriptor) =>
    (await Deno.permissions.query(permission)).state === "granted";
  const programs = cc === undefined ? COMPILERS : [cc];
  const allowed = await Promise.all(
    programs.map((command) => isGranted({ name: "run", command })),
  );
  const mayCompile = allowed.includes(true);
  const missing = [
    ...(mayCompile ? [] : [`--allow-run=${programs[0]}`]),
    ...(await isGranted({ name: "ffi" }) ? [] : ["--allow-ffi"]),
    ...(await isGranted({ name: "write", path })
      ? []
      : [`--allow-write=${path}`]),
  ];
  if (missing.length === 0) return;
  if (!mayCompile && missing.length === 1) {
    // Deno leaves out of --allow-run what is not in PATH when it starts.
    throw new NativeEngineError(
      `Cannot run C compiler "${programs[0]}": it is not in PATH, or the ` +
        `permission is missing, expected a program in PATH and --allow-run=` +
        `${programs[0]} (deno task lab:native has it for ${
          COMPILERS.join(", ")
        })`,
    );
  }
  throw new NativeEngineError(
    `Cannot run engine native: ${missing.join(" and ")} ${
      missing.length === 1 ? "is" : "are"
    } missing, expected them as in deno task lab:native`,
  );
}
