/**
 * Where compiled objects are kept: `bvec-lab` in the user's cache directory
 * ($XDG_CACHE_HOME, else ~/.cache), as in the XDG Base Directory Specification;
 * without either, `bvec-lab-UID` among the temporary files. What is there is
 * loaded into the process, so that it is used only if nobody else can have put
 * it there.
 */
import { basename, dirname, join, resolve } from "@std/path";
import { systemReason } from "../files/system_reason.ts";
import { claimIn, removeBuildLeftovers } from "./build_files.ts";
import { NativeEngineError } from "./error.ts";

/** Bits of a mode: who else may write, and whether only owners may remove. */
const GROUP_OR_OTHERS_WRITE = 0o022;
const OTHERS_WRITE = 0o002;
const STICKY = 0o1000;

export interface ObjectCache {
  /** Its path, without symbolic links. */
  readonly path: string;
  /** User id of this process; null where the system has none. */
  readonly ownUid: number | null;
}

/** @returns Its path; it need not exist. */
export async function cacheDirectory(): Promise<string> {
  const cache = await variable("XDG_CACHE_HOME");
  if (cache !== undefined) return join(cache, "bvec-lab");
  const home = await variable("HOME");
  if (home !== undefined) return join(home, ".cache", "bvec-lab");
  const temporary = await Deno.makeTempDir({ prefix: "bvec-lab-" });
  try {
    const { uid } = await Deno.lstat(temporary);
    return join(dirname(temporary), `bvec-lab-${uid ?? "objects"}`);
  } finally {
    await Deno.remove(temporary);
  }
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

const opened = new Map<string, Promise<ObjectCache>>();

/**
 * Opens a directory of objects: makes it if it is not there, and refuses one
 * that somebody else could write to.
 *
 * @throws {NativeEngineError} If it is a symbolic link or no directory, belongs
 * to another user, can be written by others, or is where others can put another
 * one in its place; says what was found.
 */
export function openObjectCache(path: string): Promise<ObjectCache> {
  const whole = resolve(path);
  return opened.getOrInsertComputed(whole, () =>
    open(whole).catch((error) => {
      // Refused once is not refused for ever.
      opened.delete(whole);
      if (error instanceof NativeEngineError) throw error;
      if (error instanceof Deno.errors.NotCapable) throw error;
      return refuse(whole, systemReason(error));
    }));
}

async function open(path: string): Promise<ObjectCache> {
  const found = await lstatIfThere(path);
  if (found === undefined) {
    await Deno.mkdir(path, { recursive: true, mode: 0o700 });
  } else if (found.isSymlink) refuse(path, "it is a symbolic link");
  else if (!found.isDirectory) refuse(path, "it is not a directory");
  // From here on nobody can lead the path elsewhere by changing a link.
  const real = join(await Deno.realPath(dirname(path)), basename(path));
  const { uid, mode } = await Deno.lstat(real);
  const ownUid = await ownUserId(real);
  if (uid !== ownUid) {
    refuse(path, `it belongs to user ${uid}, and this process to ${ownUid}`);
  }
  if (((mode ?? 0) & GROUP_OR_OTHERS_WRITE) !== 0) {
    refuse(path, `others may write to it (mode ${octal(mode)})`);
  }
  for (
    let above = dirname(real);;
    above = dirname(above)
  ) {
    const { uid, mode } = await Deno.lstat(above);
    if (uid !== ownUid && uid !== null && uid !== 0) {
      refuse(path, `"${above}" above it belongs to user ${uid}`);
    }
    const bits = mode ?? 0;
    if ((bits & OTHERS_WRITE) !== 0 && (bits & STICKY) === 0) {
      refuse(path, `others may write to "${above}" (mode ${octal(mode)})`);
    }
    if (above === dirname(above)) break;
  }
  await removeBuildLeftovers(real);
  return { path: real, ownUid };
}

/**
 * Refuses a file of the directory that somebody else could have written.
 *
 * @returns Whether it is there.
 * @throws {NativeEngineError} If it is not a plain file of this user alone.
 */
export async function checkObjectFile(
  path: string,
  cache: ObjectCache,
): Promise<boolean> {
  const found = await lstatIfThere(path);
  if (found === undefined) return false;
  const { uid, mode } = found;
  const what = found.isSymlink
    ? "it is a symbolic link"
    : !found.isFile
    ? "it is not a file"
    : uid !== cache.ownUid
    ? `it belongs to user ${uid}, and this process to ${cache.ownUid}`
    : ((mode ?? 0) & GROUP_OR_OTHERS_WRITE) !== 0
    ? `others may write to it (mode ${octal(mode)})`
    : undefined;
  if (what === undefined) return true;
  throw new NativeEngineError(
    `Cannot use compiled object "${path}": ${what}, expected a file that the ` +
      "lab has written; remove it",
  );
}

/** The user of this process, who owns what it makes. */
async function ownUserId(directory: string): Promise<number | null> {
  const { path, file } = await claimIn(directory, "own");
  try {
    return (await file.stat()).uid;
  } finally {
    await Deno.remove(path);
    file.close();
  }
}

async function lstatIfThere(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.lstat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function octal(mode: number | null): string {
  return ((mode ?? 0) & 0o7777).toString(8);
}

function refuse(path: string, found: string): never {
  throw new NativeEngineError(
    `Cannot use cache directory "${path}": ${found}, expected a directory ` +
      "that only you can write to (or another $XDG_CACHE_HOME)",
  );
}
