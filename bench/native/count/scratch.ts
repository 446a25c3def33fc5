/**
 * A folder for what tools read and write while they count: in the directory of
 * objects, which nobody else can write to and from which programs may run.
 */
import { join } from "@std/path";
import { type BuildFolder, makeBuildFolder } from "../build_files.ts";
import { cacheDirectory, openObjectCache } from "../cache_directory.ts";

/**
 * @param cacheDir The directory of objects; default: the user's cache.
 * @throws {NativeEngineError} If others could write there.
 */
export async function makeScratch(cacheDir?: string): Promise<BuildFolder> {
  const cache = await openObjectCache(cacheDir ?? await cacheDirectory());
  return await makeBuildFolder(cache.path);
}

export async function writeProgram(
  scratch: BuildFolder,
  name: string,
  bytes: Uint8Array,
): Promise<string> {
  const path = join(scratch.path, name);
  await Deno.writeFile(path, bytes, { mode: 0o700 });
  return path;
}
