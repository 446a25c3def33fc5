/**
 * The folder that a run works in: the guest's memory, its trace and disks, some
 * GiB. Its maker holds a lock on a file in it, which the system releases
 * however the process ends; a folder that nobody holds is left over.
 */
import { dirname, join } from "@std/path";

const PREFIX = "bvec-lab-kernel-";
const CLAIM = "claim";

/** Works in a folder among temporary files, and removes it. */
export async function inWorkFolder<Result>(
  work: (folder: string) => Promise<Result>,
): Promise<Result> {
  // Nobody else can enter it, and so hold or plant anything there.
  const folder = await Deno.makeTempDir({ prefix: PREFIX });
  try {
    using claim = await Deno.open(join(folder, CLAIM), {
      write: true,
      createNew: true,
    });
    await claim.lock(true);
    await removeLeftovers(dirname(folder));
    return await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Removes the folders of runs that were killed. */
async function removeLeftovers(temporary: string): Promise<void> {
  const names = await Array.fromAsync(
    Deno.readDir(temporary),
    ({ name }) => name,
  );
  for (const name of names) {
    if (!name.startsWith(PREFIX)) continue;
    const folder = join(temporary, name);
    try {
      if (!(await Deno.lstat(folder)).isDirectory) continue;
      using claim = await Deno.open(join(folder, CLAIM), { write: true });
      if (await claim.tryLock(true)) {
        await Deno.remove(folder, { recursive: true });
      }
    } catch {
      // It is another user's, has just begun, or was removed already.
    }
  }
}
