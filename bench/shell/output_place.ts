/**
 * How a file that was written beside its target takes the target's name, and
 * whether it will be able to, tried before hours of work.
 */
import { basename, dirname, join } from "@std/path";
import { claimFile, removeLeftovers } from "../files/claimed_file.ts";

/** What files that are not whole yet are named. */
export const PARTIAL = { prefix: ".bvec-lab-" } as const;

/** What is written to see that there is room: a block of most file systems. */
const PROBE_BYTES = 4096;

/**
 * Gives a whole file its name.
 *
 * @param force Whether it may replace what has that name.
 * @throws {Deno.errors.AlreadyExists} If something has that name and may not be
 * replaced.
 */
export async function placeFile(
  partial: string,
  target: string,
  force: boolean,
): Promise<void> {
  if (force) return await Deno.rename(partial, target);
  try {
    // A link, unlike a rename, fails where the name is already taken.
    await Deno.link(partial, target);
    await Deno.remove(partial);
    return;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) throw error;
    // Some file systems have no links (vfat, many of FUSE).
  }
  const own = await Deno.open(target, { write: true, createNew: true });
  own.close();
  try {
    await Deno.rename(partial, target);
  } catch (error) {
    await Deno.remove(target).catch(() => {});
    throw error;
  }
}

/**
 * Tries what will be done: a file beside the target, its content, the target's
 * name, and replacing what is there. Removes what labs that were killed have
 * left there.
 *
 * @throws {Error} What the system would say in the end.
 */
export async function tryToPlace(
  target: string,
  exists: boolean,
): Promise<void> {
  const folder = dirname(target);
  await removeLeftovers(folder, [PARTIAL]);
  const { path, file } = await claimFile(folder, PARTIAL);
  try {
    let rest = new Uint8Array(PROBE_BYTES);
    while (rest.length > 0) rest = rest.subarray(await file.write(rest));
    await file.sync();
    if (exists) await tryToReplace(target, { owner: (await file.stat()).uid });
    else {
      // The name can be too long, or have characters that are not allowed.
      const own = await Deno.open(target, { write: true, createNew: true });
      own.close();
      await Deno.remove(target);
    }
  } finally {
    await Deno.remove(path).catch(() => {});
    file.close();
  }
}

/** A rename cannot be tried: it would replace the file. */
async function tryToReplace(
  target: string,
  { owner }: { owner: number | null },
): Promise<void> {
  const folder = await Deno.lstat(dirname(target));
  const found = await Deno.lstat(target);
  const isSticky = ((folder.mode ?? 0) & 0o1000) !== 0;
  const isOurs = [0, found.uid, folder.uid].includes(owner);
  if (isSticky && owner !== null && !isOurs) {
    throw new Error("it is another user's, whom this folder protects");
  }
  if (found.isSymlink) return;
  // What refuses another name refuses a new one: mounted and immutable files.
  const link = join(
    dirname(target),
    PARTIAL.prefix + crypto.randomUUID(),
  );
  try {
    await Deno.link(target, link);
    await Deno.remove(link);
  } catch (error) {
    if (isMounted(error)) {
      throw new Error(
        `"${basename(target)}" is mounted there, so that no new file can ` +
          "take its place",
      );
    }
    if (found.uid !== owner || !await hasLinks(dirname(target))) return;
    throw error;
  }
}

function isMounted(error: unknown): boolean {
  return error instanceof Error &&
    /cross-device|os error 18/i.test(error.message);
}

async function hasLinks(folder: string): Promise<boolean> {
  const { path, file } = await claimFile(folder, PARTIAL);
  const link = join(folder, PARTIAL.prefix + crypto.randomUUID());
  try {
    await Deno.link(path, link);
    await Deno.remove(link);
    return true;
  } catch {
    return false;
  } finally {
    await Deno.remove(path).catch(() => {});
    file.close();
  }
}
