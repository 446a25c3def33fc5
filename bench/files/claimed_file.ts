/**
 * Files that exist only while somebody works with them. Their maker holds a
 * lock on each, which the system releases however the process ends; what
 * nobody holds is left over from one that was killed.
 */
import { join } from "@std/path";

export interface ClaimedFile {
  readonly path: string;
  /** Open for writing; closing it gives the claim up. */
  readonly file: Deno.FsFile;
}

export interface ClaimOptions {
  readonly prefix: string;
  /** What its name ends with; nothing if absent. */
  readonly ending?: string;
  /** Its mode; what the process's umask leaves if absent. */
  readonly mode?: number;
}

/** Makes a file that others take for used until it is closed. */
export async function claimFile(
  directory: string,
  options: ClaimOptions,
): Promise<ClaimedFile> {
  const { prefix, ending = "", mode } = options;
  for (;;) {
    const path = join(directory, `${prefix}${crypto.randomUUID()}${ending}`);
    const file = await Deno.open(path, {
      write: true,
      createNew: true,
      ...(mode === undefined ? {} : { mode }),
    });
    try {
      await lockIfPossible(file);
      // Between the two somebody may have taken it for left over.
      const { ino } = await file.stat();
      if (await isSameFile(path, ino)) return { path, file };
      file.close();
    } catch (error) {
      file.close();
      await Deno.remove(path).catch(() => {});
      throw error;
    }
  }
}

/** Where there are no locks nobody can take the file for left over either. */
async function lockIfPossible(file: Deno.FsFile): Promise<void> {
  try {
    await file.lock(true);
  } catch {
    // See removeLeftovers().
  }
}

async function isSameFile(path: string, ino: number | null): Promise<boolean> {
  try {
    return (await Deno.lstat(path)).ino === ino;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/**
 * Removes what processes that were killed have left.
 *
 * @param coveredBy Gives what goes with a file, such as a folder of its name.
 */
export async function removeLeftovers(
  directory: string,
  kinds: readonly ClaimOptions[],
  coveredBy?: (path: string) => string | undefined,
): Promise<void> {
  for await (const { name } of Deno.readDir(directory)) {
    if (!kinds.some((kind) => isNamed(name, kind))) continue;
    const path = join(directory, name);
    try {
      const file = await Deno.open(path, { write: true });
      try {
        if (!await file.tryLock(true)) continue;
        const covered = coveredBy?.(path);
        if (covered !== undefined) {
          await Deno.remove(covered, { recursive: true }).catch(() => {});
        }
        await Deno.remove(path);
      } finally {
        file.close();
      }
    } catch {
      // It is somebody else's, or was removed already.
    }
  }
}

function isNamed(name: string, { prefix, ending = "" }: ClaimOptions): boolean {
  return name.startsWith(prefix) && name.endsWith(ending) &&
    /^[0-9a-f-]{36}$/.test(
      name.slice(prefix.length, name.length - ending.length),
    );
}
