/** The builds of the path that are counted: compilers with their flags. */
import { compilerVersion } from "../compile.ts";
import { NativeEngineError } from "../error.ts";
import type { Toolchain } from "./toolchain.ts";

/** One way to build the path. */
export interface Variant {
  /** The compiler's program. */
  readonly cc: string;
  /** The first line of its version, behind its name. */
  readonly compiler: string;
  /** What its flags are, such as `-O2` or `kernel flags`. */
  readonly title: string;
  /** All flags that make code different. */
  readonly flags: readonly string[];
}

/** Flags that every build has, as the engine in C has them. */
const COMMON: readonly string[] = [
  "-std=gnu11",
  "-O2",
  "-fno-strict-aliasing",
  "-fvisibility=hidden",
];

/**
 * Finds the builds that this computer can make.
 *
 * @param toolchain The machine they are for.
 * @param options Longest time for a compiler to tell its version, in ms.
 * @returns The builds, the one whose figures come first at the front; and what
 *   was wrong with compilers that are there and cannot be used.
 */
export async function findVariants(
  toolchain: Toolchain,
  options: { readonly timeoutMs?: number } = {},
): Promise<{ variants: Variant[]; complaints: string[] }> {
  const found = new Map<string, { cc: string; compiler: string }>();
  const complaints: string[] = [];
  for (const cc of toolchain.compilers) {
    try {
      const version = await compilerVersion({ cc, ...options });
      // cc is gcc or clang by another name; told once.
      const own = version.replace(/^\S+ /, "");
      if (!found.has(own)) {
        found.set(own, { cc, compiler: `${cc}: ${version}` });
      }
    } catch (error) {
      if (!(error instanceof NativeEngineError)) throw error;
      if (!/there is no such program/.test(error.message)) {
        complaints.push(error.message);
      }
    }
  }
  const { flags, kernelFlags, more = [] } = toolchain;
  const variants = [...found.values()].flatMap((compiler) => [
    { ...compiler, title: "-O2", flags: [...COMMON, ...flags] },
    ...more.map(([title, own]) => ({
      ...compiler,
      title,
      flags: [...COMMON, ...flags, ...own],
    })),
    {
      ...compiler,
      title: "kernel flags",
      flags: [...COMMON, ...flags, ...kernelFlags],
    },
  ]);
  return { variants, complaints };
}
