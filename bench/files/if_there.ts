/** Files that may be there or not. */

/**
 * @returns Its text, or `undefined` where there is no such file.
 * @throws {Deno.errors} If it is there and cannot be read.
 */
export async function textIfThere(
  path: string | URL,
): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Returns whether a path leads to something. */
export async function isThere(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch {
    return false;
  }
}
