/**
 * What the system has left for this process: memory and file descriptors.
 */
import process from "node:process";

/**
 * Returns how much memory is free: of the machine, and of a container that
 * allows less.
 *
 * @returns Bytes; `null` where it may not be seen.
 */
export function freeMemoryBytes(): number | null {
  const name = { name: "sys", kind: "systemMemoryInfo" } as const;
  // Never asks: a prompt would be where the first progress is expected.
  if (Deno.permissions.querySync(name).state !== "granted") return null;
  const { available } = Deno.systemMemoryInfo();
  const ownBytes = process.constrainedMemory();
  return Math.max(
    0,
    Math.min(available, ownBytes - Deno.memoryUsage().rss),
  );
}

/**
 * Finds out how many files can be opened (`ulimit -n`): no call returns the
 * limit, and a worker that hits it ends the whole process.
 *
 * @returns How many, at most this many; all of them where none may be opened.
 */
export function freeDescriptors(most: number): number {
  const path = new URL(import.meta.url);
  const name = { name: "read", path } as const;
  if (
    path.protocol !== "file:" ||
    Deno.permissions.querySync(name).state !== "granted"
  ) return most;
  const files: Deno.FsFile[] = [];
  try {
    while (files.length < most) files.push(Deno.openSync(path));
  } catch {
    // That was the last one.
  } finally {
    for (const file of files) file.close();
  }
  return files.length;
}
