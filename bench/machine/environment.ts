/**
 * The machine and the runtime behind the figures, as far as the permissions of
 * `deno task lab` let one see; what cannot be seen is `null`.
 */
import { plural } from "../../sim/text/plural.ts";
import { callback, checkValue } from "../../layouts/option_check.ts";
import { cpus } from "node:os";
import { codeDigest } from "./code_digest.ts";
import { gitCommit } from "./git_commit.ts";
import { modifiedFiles } from "./git_modified.ts";
import { readIfPossible, type ReadText } from "./read_if_possible.ts";
import { v8Flags } from "./v8_flags.ts";
import { BUSY_HINT, type LabWarning } from "../statistics/warning.ts";

export interface CpuCache {
  /** 1, 2 or 3. */
  readonly level: number;
  /** `Data`, `Instruction` or `Unified`. */
  readonly type: string;
  readonly sizeBytes: number;
  /** Line size in bytes. */
  readonly lineBytes: number | null;
  readonly ways: number | null;
}

export interface Environment {
  /** When it was captured, in UTC, such as `2026-11-29T08:41:07Z`. */
  readonly date: string;
  /** Operating system, such as `linux`. */
  readonly os: string;
  readonly osRelease: string | null;
  /** CPU architecture, such as `x86_64`. */
  readonly arch: string;
  readonly cpuModel: string | null;
  readonly cpuCount: number | null;
  /** Caches; Deno shows them only under `--allow-all`. */
  readonly caches: readonly CpuCache[] | null;
  /** Memory of the machine in bytes. */
  readonly memoryBytes: number | null;
  /** Load averages over 1, 5 and 15 minutes at the start. */
  readonly loadAverage: readonly number[] | null;
  readonly deno: string;
  /** Version of V8. */
  readonly v8: string;
  /**
   * Flags that V8 was given in `DENO_V8_FLAGS`, as the tasks of the lab do;
   * those of `--v8-flags` cannot be seen. `null` if it may not be read.
   */
  readonly v8Flags: string | null;
  readonly typescript: string;
  readonly commit: string | null;
  /**
   * Files of the checkout that differ from git's index; `null` if there is no
   * checkout. What is staged or unknown to git is not seen.
   */
  readonly modified: readonly string[] | null;
  /** Digest of the lab's own files; `null` if they may not be read. */
  readonly codeDigest: string | null;
}

/**
 * Captures the environment.
 *
 * @param readText How files are read; default: the file system.
 *
 * @example What cannot be read is null
 * ```ts
 * import { captureEnvironment } from "./environment.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const environment = await captureEnvironment(() => Promise.resolve(null));
 *
 * assertEquals(environment.commit, null);
 * assertEquals(environment.deno, Deno.version.deno);
 * ```
 */
export async function captureEnvironment(
  readText: ReadText = readIfPossible,
): Promise<Environment> {
  checkValue("capture the environment", callback(), readText, "readText");
  const list = orNull(() => cpus()) ?? [];
  const root = new URL("../../", import.meta.url);
  const commit = await gitCommit(root, readText);
  return {
    date: new Date().toISOString().replace(/\.\d+Z$/, "Z"),
    os: Deno.build.os,
    osRelease: orNull(() => Deno.osRelease()),
    arch: Deno.build.arch,
    cpuModel: list[0]?.model.trim() || null,
    cpuCount: list.length || null,
    caches: await readCaches(readText),
    memoryBytes: orNull(() => Deno.systemMemoryInfo().total),
    loadAverage: orNull(() => Deno.loadavg()),
    deno: Deno.version.deno,
    v8: Deno.version.v8,
    v8Flags: v8Flags(),
    typescript: Deno.version.typescript,
    commit,
    modified: commit === null ? null : await (ownModified ??= modifiedFiles(
      root,
    )),
    codeDigest: await (ownDigest ??= codeDigest(root)),
  };
}

// Read once, a tenth of a second each: what changes later in the files is not
// what this process has loaded.
let ownModified: ReturnType<typeof modifiedFiles> | undefined;
let ownDigest: ReturnType<typeof codeDigest> | undefined;

/** Warns, before anything is measured, of a machine that is busy already. */
export function environmentWarnings(environment: Environment): LabWarning[] {
  const load = environment.loadAverage?.[0];
  const cpuCount = environment.cpuCount;
  if (load === undefined || cpuCount === null) {
    return [{
      code: "load-unknown",
      message: "the load of the machine could not be read",
      hint: "allow it with --allow-sys=loadavg,cpus",
    }];
  }
  // The run itself keeps one CPU busy; half of another is already too much.
  if (load <= Math.max(0.5, cpuCount / 2)) return [];
  return [{
    code: "busy-machine",
    message: `the load was ${load.toFixed(1)} on ${plural(cpuCount, "CPU")} ` +
      `before the start`,
    hint: BUSY_HINT,
  }];
}

/** Warns of code that is not the commit's: its figures cannot be repeated. */
export function checkoutWarnings(environment: Environment): LabWarning[] {
  const { commit, modified } = environment;
  const [first] = modified ?? [];
  if (commit === null || modified === null || first === undefined) return [];
  const more = modified.length > 1 ? ` and ${modified.length - 1} more` : "";
  return [{
    code: "modified-checkout",
    message: `the checkout is not commit ${commit.slice(0, 12)}: ${first}` +
      `${more} differ${modified.length > 1 ? "" : "s"}`,
    hint: "commit it before you publish a figure",
  }];
}

/**
 * Reads the caches of the first CPU (Linux,
 * Documentation/ABI/testing/sysfs-devices-system-cpu).
 *
 * @returns The caches; `null` if none could be read.
 */
export async function readCaches(
  readText: ReadText,
): Promise<CpuCache[] | null> {
  const caches: CpuCache[] = [];
  for (let index = 0;; index++) {
    const folder = `/sys/devices/system/cpu/cpu0/cache/index${index}/`;
    const read = async (name: string) =>
      (await readText(folder + name))?.trim() ?? null;
    const level = await read("level");
    const type = await read("type");
    const size = /^(\d+)([KMG]?)$/.exec(await read("size") ?? "");
    if (level === null || type === null || size === null) break;
    const unit = { "": 0, K: 10, M: 20, G: 30 }[size[2] ?? ""] ?? 0;
    caches.push({
      level: Number(level),
      type,
      sizeBytes: Number(size[1]) * 2 ** unit,
      lineBytes: wholeOrNull(await read("coherency_line_size")),
      ways: wholeOrNull(await read("ways_of_associativity")),
    });
  }
  return caches.length > 0 ? caches : null;
}

function wholeOrNull(text: string | null): number | null {
  return text !== null && /^[1-9]\d*$/.test(text) ? Number(text) : null;
}

function orNull<Value>(read: () => Value): Value | null {
  try {
    return read();
  } catch {
    return null;
  }
}
