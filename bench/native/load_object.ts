/**
 * Loads a compiled path. Each load is of a copy, under a name of its own: the
 * same file would be mapped once for the whole process, and two workers would
 * share the path's state.
 */
import { dirname } from "@std/path";
import { checkObjectFile, openObjectCache } from "./cache_directory.ts";
import { claimIn } from "./build_files.ts";
import { NativeEngineError } from "./error.ts";
import { readSealedObject } from "./sealed_object.ts";

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
  // Those of a build that writes its accesses down.
  path_trace: {
    parameters: ["pointer", "u64"],
    result: "void",
    optional: true,
  },
  path_traced: { parameters: [], result: "u64", optional: true },
} as const;

export type PathObject = Deno.DynamicLibrary<typeof SYMBOLS>;

/** @throws {NativeEngineError} If it is not whole, or cannot be loaded. */
export async function loadObject(path: string): Promise<PathObject> {
  try {
    const cache = await openObjectCache(dirname(path));
    await checkObjectFile(path, cache);
    // What was checked is what is loaded: not the file, but what was read.
    const bytes = await readSealedObject(path);
    if (bytes === undefined) {
      throw new NativeEngineError(
        `Cannot load "${path}": it differs from what was compiled, expected the whole ` +
          "object",
      );
    }
    const copy = await claimIn(cache.path, "load");
    try {
      let rest = bytes;
      while (rest.length > 0) rest = rest.subarray(await copy.file.write(rest));
      return Deno.dlopen(copy.path, SYMBOLS);
    } finally {
      // What is mapped stays mapped.
      await Deno.remove(copy.path);
      copy.file.close();
    }
  } catch (error) {
    if (error instanceof NativeEngineError) throw error;
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
