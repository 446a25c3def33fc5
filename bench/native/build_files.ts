/**
 * Files in the directory of objects that live no longer than what is done with
 * them: builds, and the copies that are loaded.
 */
import { join } from "@std/path";
import {
  type ClaimedFile,
  claimFile,
  type ClaimOptions,
  removeLeftovers,
} from "../files/claimed_file.ts";

const KINDS = {
  build: { prefix: "build-", ending: ".claim", mode: 0o600 },
  load: { prefix: "load-", ending: ".so", mode: 0o600 },
  own: { prefix: "own-", ending: ".claim", mode: 0o600 },
} satisfies Record<string, ClaimOptions>;

/** Labs before 0.2 claimed nothing: no compiler takes an hour. */
const UNCLAIMED = /^build-[^.]*$/;
const UNCLAIMED_MS = 3_600_000;

/** Makes a file that is nobody else's until it is closed. */
export function claimIn(
  directory: string,
  kind: keyof typeof KINDS,
): Promise<ClaimedFile> {
  return claimFile(directory, KINDS[kind]);
}

export function buildOf(claim: string): string {
  return claim.slice(0, -KINDS.build.ending.length);
}

/** A folder that is removed when it is disposed of. */
export interface BuildFolder extends AsyncDisposable {
  readonly path: string;
}

export async function makeBuildFolder(directory: string): Promise<BuildFolder> {
  const claim = await claimIn(directory, "build");
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

/** Removes what processes that were killed have left. */
export async function removeBuildLeftovers(directory: string): Promise<void> {
  await removeLeftovers(
    directory,
    Object.values(KINDS),
    (path) => path.endsWith(KINDS.build.ending) ? buildOf(path) : undefined,
  );
  const names = await Array.fromAsync(
    Deno.readDir(directory),
    ({ name }) => name,
  );
  for (const name of names) {
    if (!UNCLAIMED.test(name)) continue;
    if (names.includes(name + KINDS.build.ending)) continue;
    const path = join(directory, name);
    const { mtime } = await Deno.lstat(path).catch(() => ({ mtime: null }));
    if (mtime === null || Date.now() - mtime.getTime() < UNCLAIMED_MS) continue;
    await Deno.remove(path, { recursive: true }).catch(() => {});
  }
}
