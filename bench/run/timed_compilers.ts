/**
 * Which compilers build what is timed in C: all that are here, in turn, as one
 * of them alone decides nothing (128 KiB with phys_flags took 0.88 of the time
 * as gcc built it, and 0.91 as clang did).
 */
import {
  type TryCompilersOptions,
  workingCompilers,
} from "../native/working_compilers.ts";

export interface TimedCompiler {
  /** Its program. */
  readonly cc: string;
  /** Its name and version, such as `gcc (Debian 12.2.0-14) 12.2.0`. */
  readonly title: string;
}

/** Those that are looked for, unless one is asked for. */
export const COMPILERS: readonly string[] = ["cc", "gcc", "clang"];

export interface FoundCompilers {
  /** Those that work, the machine's own first. */
  readonly compilers: readonly TimedCompiler[];
  /** A line on each that is there and does not. */
  readonly complaints: readonly string[];
}

/**
 * Finds the compilers.
 *
 * @param cc The only one that is wanted; default: all.
 */
export async function timedCompilers(
  cc?: string,
  options: TryCompilersOptions = {},
): Promise<FoundCompilers> {
  const { compilers, complaints } = await workingCompilers(
    cc === undefined ? COMPILERS : [cc],
    options,
  );
  return {
    compilers: compilers.map(({ cc, version }) => ({
      cc,
      // `cc (Debian ...` is `gcc (Debian ...`; clang says "clang" itself.
      title: version.replace(/^\S*cc /, "gcc "),
    })),
    complaints,
  };
}
