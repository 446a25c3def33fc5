/**
 * Files that exist only while somebody works with them. Their maker holds a
 * lock on each, which the system releases however the process ends; what
 * nobody holds is left over from one that was killed.
 */
import { join } from "@std/path";

/** A file that is held. */
export interface ClaimedFile {
  /** Its path. */
  readonly path: string;
  /** Open for writing; closing it gives the claim up. */
  readonly file: Deno.FsFile;
}

/** A claim; what it covers has its name without the ending. */
const CLAIM = /^(build|load|own)-[0-9a-f-]{36}\.(claim|so)$/;
/** Labs before 0.2 claimed nothing: no compiler takes an hour. */
const UNCLAIMED = /^build-[^.]*$/;
const UNCLAIMED_MS = 3_600_000;

/**
 * Makes a file that others take for used until it is closed.
 *
 * @param directory Where it is made.
 * @param kind What it is for.
 * @param ending What its name ends with.
 * @returns The file.
 */
export async function claimFile(
  directory: string,
  kind: "build" | "load" | "own",
  ending: "claim" | "so",
): Promise<ClaimedFile> {
  for (;;) {
    const name = `${kind}-${crypto.randomUUID()}.${ending}`;
    const path = join(directory, name);
    const file = await Deno.open(path, {
      write: true,
      createNew: true,
      mode: 0o600,
    });
    try {
      await file.lock(true);
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
 * @param directory Where they worked.
 */
export async function removeLeftovers(directory: string): Promise<void> {
  const names = await Array.fromAsync(
    Deno.readDir(directory),
    ({ name }) => name,
  );
  for (const name of names) {
    const path = join(directory, name);
    try {
      if (CLAIM.test(name)) await removeUnlessHeld(path);
      else if (UNCLAIMED.test(name) && !names.includes(`${name}.claim`)) {
        const { mtime } = await Deno.lstat(path);
        if (Date.now() - Number(mtime) > UNCLAIMED_MS) {
          await Deno.remove(path, { recursive: true });
        }
      }
    } catch {
      // Somebody else has removed it, or will.
    }
  }
}

async function removeUnlessHeld(path: string): Promise<void> {
  const file = await Deno.open(path, { write: true });
  try {
    if (!await file.tryLock(true)) return;
    const covered = path.replace(/\.claim$/, "");
    if (covered !== path) {
      await Deno.remove(covered, { recursive: true }).catch(() => {});
    }
    await Deno.remove(path);
  } finally {
    file.close();
  }
}
