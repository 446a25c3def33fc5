/**
 * Luck of code placement can be as large as a layout's effect (design.md, rule
 * 6): each build of a build has another number of bytes in front of the path's
 * functions, so that they fall on other places of lines and pages. It is
 * compiled once and linked again for each place, in a tenth of the time.
 */
import {
  C_FLAGS,
  type CompiledObject,
  compileFile,
  compileObject,
  type CompileOptions,
  type Sources,
} from "./compile.ts";
import { NativeEngineError } from "./error.ts";
import { readSealedObject } from "./sealed_object.ts";

/**
 * How many places code is moved to. Loading moves it by whole pages, at random,
 * so that only places in a page are to be covered.
 */
export const TEXT_PLACES = 8;

/** In bytes: 181 is odd and prime, functions are aligned to 16. */
const STEP_BYTES = 181 * 16;
const PAGE_BYTES = 4096;

/**
 * Compiles sources, and links them with bytes in front.
 *
 * @param options Compiler, flags behind `C_FLAGS`, cache, longest time.
 * @throws {NativeEngineError} If it cannot be compiled or linked.
 */
export async function linkAt(
  place: number,
  sources: Sources,
  options: CompileOptions,
): Promise<CompiledObject> {
  const flags = [
    ...C_FLAGS.filter((flag) => flag !== "-shared"),
    ...options.flags ?? [],
    "-c",
  ];
  const { path } = await compileFile(sources, {
    ...options,
    flags,
    extension: ".o",
  });
  const object = await readSealedObject(path);
  if (object === undefined) {
    throw new NativeEngineError(
      `Cannot link "${path}": it differs from what was compiled, expected the whole ` +
        "object",
    );
  }
  const skipped = [
    "\t.text",
    `\t.skip ${place * STEP_BYTES % PAGE_BYTES}, 0x90`,
    // Without it, the linker would make the stack executable.
    '\t.section .note.GNU-stack,"",%progbits',
    "",
  ].join("\n");
  return await compileObject({
    files: new Map<string, string | Uint8Array<ArrayBuffer>>([
      ["place.s", skipped],
      ["path.o", object],
    ]),
    main: ["place.s", "path.o"],
  }, options);
}
