/**
 * What is timed must have the host for itself, whoever else sweeps on it: a
 * lock on a file among the host's temporary files, which the system releases
 * however a process ends. Exact figures share it; times have it alone.
 */
import { dirname, join } from "@std/path";

export type HostUse = "shared" | "alone";

/** The file; each host has its own folder of temporary files. */
const LOCK_FILE = "bvec-lab-sweep.lock";

/**
 * Does something while the host is locked.
 *
 * @param use Whether others may work beside it.
 * @param options An interrupt, a callback for having to wait, and the folder of
 * the lock; default: that of temporary files.
 */
export async function withHostLock(
  use: HostUse,
  options: {
    signal: AbortSignal;
    onNote?: ((text: string) => void) | undefined;
    dir?: string;
  },
  work: () => Promise<void>,
): Promise<void> {
  const { signal, onNote, dir } = options;
  const file = await openLock(dir);
  if (file === undefined) {
    if (use === "alone") {
      onNote?.(
        "no lock could be had: time nothing else on this host meanwhile",
      );
    }
    return await work();
  }
  try {
    const isAlone = use === "alone";
    if (!await file.tryLock(isAlone)) {
      onNote?.("waiting for another sweep on this host");
      const isHad = await Promise.race([
        file.lock(isAlone).then(() => true),
        new Promise<boolean>((resolve) =>
          signal.addEventListener("abort", () => resolve(false), { once: true })
        ),
      ]);
      if (!isHad) return;
    }
    await work();
  } finally {
    file.close();
  }
}

/** Files of other users in a folder for all cannot be opened to be made. */
async function openLock(
  dir: string | undefined,
): Promise<Deno.FsFile | undefined> {
  let probe: string | undefined;
  try {
    // Making a temporary file shows where they are.
    probe = await Deno.makeTempFile({
      prefix: "bvec-lab-",
      ...(dir === undefined ? {} : { dir }),
    });
    const path = join(dirname(probe), LOCK_FILE);
    try {
      return await Deno.open(path, { read: true, write: true });
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    return await Deno.open(path, { read: true, write: true, create: true });
  } catch {
    return undefined;
  } finally {
    if (probe !== undefined) await Deno.remove(probe).catch(() => {});
  }
}
