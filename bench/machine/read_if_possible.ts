/** Files of the system that may not be there, or not be readable. */

/** Reads a text file, or gives `null` if that is not possible. */
export type ReadText = (path: string | URL) => Promise<string | null>;

/**
 * Reads a text file.
 *
 * @returns Its text, or `null` if that is not possible.
 */
export async function readIfPossible(
  path: string | URL,
): Promise<string | null> {
  try {
    return await Deno.readTextFile(path);
  } catch {
    return null;
  }
}

export async function bytesIfPossible(
  path: string | URL,
): Promise<Uint8Array | null> {
  try {
    return await Deno.readFile(path);
  } catch {
    return null;
  }
}
