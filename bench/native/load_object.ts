/**
 * Loads a compiled path. Each load is of a copy, under a name of its own: the
 * same file would be mapped once for the whole process, and two workers would
 * share the path's state.
 */
import { dirname, join } from "@std/path";
import { NativeEngineError } from "./error.ts";

const SYMBOLS = {
  path_open: {
    parameters: ["pointer", "buffer", "buffer", "pointer"],
    result: "void",
  },
  path_replay: {
    parameters: ["buffer", "pointer", "u32", "u32"],
    result: "i32",
  },
  path_counts: { parameters: ["buffer"], result: "void" },
} as const;

/** A loaded path. */
export type PathObject = Deno.DynamicLibrary<typeof SYMBOLS>;

/**
 * Loads the object of a path.
 *
 * @param path Where it lies.
 * @returns Its functions.
 * @throws {NativeEngineError} If it cannot be loaded.
 */
export async function loadObject(path: string): Promise<PathObject> {
  const name = `load-${crypto.randomUUID()}.so`;
  const copy = join(dirname(path), name);
  try {
    await Deno.copyFile(path, copy);
    try {
      return Deno.dlopen(copy, SYMBOLS);
    } finally {
      // What is mapped stays mapped.
      await Deno.remove(copy);
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new NativeEngineError(
      error instanceof Deno.errors.NotCapable
        ? "Cannot load a compiled path: the permission is missing, expected " +
          "--allow-ffi"
        : `Cannot load a compiled path: ${message.split("\n")[0]}, expected ` +
          `an object for this machine`,
    );
  }
}
