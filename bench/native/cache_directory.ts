/**
 * Where compiled objects are kept: `bvec-lab` in the user's cache directory
 * ($XDG_CACHE_HOME, else ~/.cache). Nobody else may write there, because what
 * lies there is loaded. A process that may not read these variables keeps its
 * objects in a temporary directory of its own.
 */
import { join } from "@std/path";

let own: Promise<string> | undefined;

/**
 * Gives the directory of compiled objects.
 *
 * @returns Its path; it need not exist.
 */
export async function cacheDirectory(): Promise<string> {
  const home = await variable("XDG_CACHE_HOME");
  if (home !== undefined) return join(home, "bvec-lab");
  const user = await variable("HOME");
  if (user !== undefined) return join(user, ".cache", "bvec-lab");
  own ??= Deno.makeTempDir({ prefix: "bvec-lab-" });
  return await own;
}

/** A variable's absolute path; none where it is not, or may not be read. */
async function variable(name: string): Promise<string | undefined> {
  const { state } = await Deno.permissions.query({
    name: "env",
    variable: name,
  });
  if (state !== "granted") return undefined;
  const value = Deno.env.get(name);
  return value?.startsWith("/") ? value : undefined;
}
