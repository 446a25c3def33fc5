/**
 * A folder for what tools read and write while they count: in the directory of
 * objects, which nobody else can write to and from which programs may run.
 */
import { join } from "@std/path";
import { buildOf, claimIn } from "../build_files.ts";
import { cacheDirectory, openObjectCache } from "../cache_directory.ts";

/** A folder that is removed when it is disposed of. */
export interface Scratch extends AsyncDisposable {
  readonly path: string;
}

/**
 * @param cacheDir The directory of objects; default: the user's cache.
 * @throws {NativeEngineError} If others could write there.
 */
export async function makeScratch(cacheDir?: string): Promise<Scratch> {
  const cache = await openObjectCache(cacheDir ?? await cacheDirectory());
  const claim = await claimIn(cache.path, "build");
  const path = buildOf(claim.path);
  await Deno.mkdir(path, { mode: 0o700 });
  return {
    path,
    [Symbol.asyncDispose]: async () => {
      await Deno.remove(path, { recursive: true }).catch(() => {});
      await Deno.remove(claim.path);
      claim.file.close();
    },
  };
}

export async function writeProgram(
  scratch: Scratch,
  name: string,
  bytes: Uint8Array,
): Promise<string> {
  const path = join(scratch.path, name);
  await Deno.writeFile(path, bytes, { mode: 0o700 });
  return path;
}
