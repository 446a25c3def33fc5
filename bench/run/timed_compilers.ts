/**
 * Which compilers build what is timed in C: all that are here, in turn, as one
 * of them alone decides nothing (128 KiB with phys_flags took 0.88 of the time
 * as gcc built it, and 0.91 as clang did).
 */
import { compilerVersion } from "../native/compile.ts";
import { NativeEngineError } from "../native/error.ts";

/** A compiler that is here. */
export interface TimedCompiler {
  /** Its program. */
  readonly cc: string;
  /** Its name and version, such as `gcc (Debian 12.2.0-14) 12.2.0`. */
  readonly title: string;
}

/** Those that are asked for: one that goes by two names counts once. */
const PROGRAMS: readonly string[] = ["cc", "gcc", "clang"];

/**
 * Finds the compilers.
 *
 * @param cc The only one that is wanted; default: all.
 * @returns Those that tell their version, the machine's own first; that one
 *   alone where none does.
 */
export async function timedCompilers(cc?: string): Promise<TimedCompiler[]> {
  const found = new Map<string, TimedCompiler>();
  for (const program of cc === undefined ? PROGRAMS : [cc]) {
    try {
      const title = await compilerVersion({ cc: program });
      // `cc (Debian ...` is `gcc (Debian ...`; clang says "clang" itself.
      const version = title.replace(/^\S*cc /, "");
      if (found.has(version)) continue;
      const isGcc = version !== title;
      found.set(version, {
        cc: program,
        title: isGcc ? `gcc ${version}` : title,
      });
    } catch (error) {
      // One that is missing, may not be run or fails builds nothing.
      if (!(error instanceof NativeEngineError)) throw error;
    }
  }
  return found.size === 0
    ? [{ cc: cc ?? "cc", title: cc ?? "cc" }]
    : [...found.values()];
}
