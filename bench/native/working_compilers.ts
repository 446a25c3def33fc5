/**
 * Which compilers work: one that prints its version may still not compile, not
 * end, or lack the headers of its machine.
 */
import {
  compileFile,
  type CompileOptions,
  compilerVersion,
} from "./compile.ts";
import { NativeEngineError } from "./error.ts";

export interface WorkingCompiler {
  readonly cc: string;
  /** The first line of its version. */
  readonly version: string;
}

/** What is compiled to see whether one works. */
const PROBE = "#include <stdint.h>\nuint32_t probe(void) { return 1; }\n";

/** Flags are those that choose the machine. */
export type TryCompilersOptions = Omit<CompileOptions, "cc">;

/**
 * @returns Those that work, one that goes by two names once; and a line on each
 *   that is there and does not.
 */
export async function workingCompilers(
  programs: readonly string[],
  options: TryCompilersOptions = {},
): Promise<{ compilers: WorkingCompiler[]; complaints: string[] }> {
  const { flags = [], cacheDir, timeoutMs } = options;
  const found = new Map<string, WorkingCompiler>();
  const complaints = new Set<string>();
  for (const cc of programs) {
    try {
      const own = { cc, cacheDir, timeoutMs };
      const version = await compilerVersion(own);
      // cc is gcc or clang by another name.
      const name = version.replace(/^\S*(cc|clang)\S* /, "");
      if (found.has(name)) continue;
      await compileFile(
        { files: new Map([["probe.c", PROBE]]), main: "probe.c" },
        { ...own, flags: [...flags, "-c"], extension: ".o" },
      );
      found.set(name, { cc, version });
    } catch (error) {
      if (!(error instanceof NativeEngineError)) throw error;
      if (!/there is no such program/.test(error.message)) {
        complaints.add(error.message);
      }
    }
  }
  return { compilers: [...found.values()], complaints: [...complaints] };
}
