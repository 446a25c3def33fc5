/** The builds of the path that are counted: compilers with their flags. */
import type { CompileOptions } from "../compile.ts";
import { workingCompilers } from "../working_compilers.ts";
import type { Toolchain } from "./toolchain.ts";

/** One way to build the path. */
export interface CodeVariant {
  /** The compiler's program. */
  readonly cc: string;
  /** The first line of its version, after its name. */
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
 * @param options Longest time for a run of a compiler in ms, and where objects
 *   are kept.
 * @returns The builds, the one whose figures come first at the front; and what
 *   was wrong with compilers that are there and cannot be used.
 */
export async function findVariants(
  toolchain: Toolchain,
  options: Pick<CompileOptions, "timeoutMs" | "cacheDir"> = {},
): Promise<{ variants: CodeVariant[]; complaints: string[] }> {
  const { compilers, complaints } = await workingCompilers(
    toolchain.compilers,
    { ...options, flags: toolchain.flags },
  );
  const { flags, kernelFlags, more = [] } = toolchain;
  const variants = compilers.map(({ cc, version }) => ({
    cc,
    compiler: `${cc}: ${version}`,
  })).flatMap((compiler) => [
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
