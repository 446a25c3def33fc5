/** The path in C as a program that tools can count, for one build of it. */
import { compileFile, type CompileOptions } from "../compile.ts";
import { NativeEngineError } from "../error.ts";
import type { AssembledPath } from "../places.ts";
import { pathSources } from "../path_sources.ts";
import { readSealedObject } from "../sealed_object.ts";
import { ElfFile } from "./elf.ts";
import type { CodeVariant } from "./variants.ts";

/** The function that is counted, and the one where counting ends. */
const MARKS = ["counted", "counting_ends"] as const;

export interface BuiltProgram {
  readonly variant: CodeVariant;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly elf: ElfFile;
  /** Bytes of machine code of the path, without what it is called by. */
  readonly textBytes: number;
  /** The function in which everything is counted. */
  readonly inside: string;
  /** Where counting begins and ends. */
  readonly begin: number;
  readonly end: number;
}

/**
 * Builds the path of an assembly as a program.
 *
 * @returns The program, linked statically: it runs without the libraries of
 *   the machine that it is for.
 * @throws {NativeEngineError} If it cannot be built.
 */
export async function buildProgram(
  assembled: AssembledPath,
  variant: CodeVariant,
  options: Pick<CompileOptions, "cacheDir" | "timeoutMs"> = {},
): Promise<BuiltProgram> {
  const { cc, flags } = variant;
  const object = await read(
    await compileFile(
      { files: await pathSources(assembled), main: "path.c" },
      {
        ...options,
        ...{ cc, flags: [...flags, "-c"], extension: ".o" },
      },
    ),
  );
  const files = new Map<string, string | Uint8Array<ArrayBuffer>>([
    ["path.o", object],
  ]);
  for (const name of ["program.c", "capture.h"]) {
    const url = new URL(`./${name}`, import.meta.url);
    files.set(name, await Deno.readTextFile(url));
  }
  // What only calls the path is built the same whatever the path's flags are.
  const machine = flags.filter((flag) => /^-m(arch|arm)/.test(flag));
  const bytes = await read(
    await compileFile({ files, main: ["program.c", "path.o"] }, {
      ...options,
      ...{ cc, extension: ".elf" },
      flags: [
        ...["-std=gnu11", "-O1", "-static", "-fno-strict-aliasing"],
        // No compiler may make a call of memcpy() of memcpy() itself.
        ...["-fno-builtin", "-ffreestanding", ...machine],
      ],
    }),
  );
  const elf = new ElfFile(bytes);
  const [begin, end] = MARKS.map((name) => elf.addressOf(name));
  if (begin === undefined || end === undefined) {
    throw new NativeEngineError(
      `Cannot count with "${cc}": the program has no symbol ` +
        `"${begin === undefined ? MARKS[0] : MARKS[1]}", expected one`,
    );
  }
  return {
    variant,
    bytes,
    elf,
    textBytes: new ElfFile(object).textBytes,
    inside: MARKS[0],
    begin,
    end,
  };
}

async function read(
  { path }: { readonly path: string },
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await readSealedObject(path);
  if (bytes !== undefined) return bytes;
  throw new NativeEngineError(
    `Cannot read "${path}": it differs from what was compiled, expected the whole file`,
  );
}
