/**
 * Opens workload files; the only place where a workload touches the disk.
 */
import type { ByteIterator } from "../text/headed_stream.ts";

/** Bytes that are read at once: few awaits per MiB, and it fits the L2. */
const READ_BYTES = 1 << 18;

/** Bytes between two reads that let the program hear signals. */
const HEARD_BYTES = 1 << 20;

/** Called for every file that is opened. */
const watchers = new Set<(path: string) => void>();

/**
 * Tells of every file that workloads open from now on: a trace can have
 * several, and only its reader knows them.
 *
 * @param watcher Called with the path of each.
 * @returns Ends the telling.
 */
export function watchOpenedFiles(
  watcher: (path: string) => void,
): () => void {
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
}

/**
 * Opens a file as a stream of chunks.
 *
 * @returns Its bytes; the file closes with the stream.
 * @throws {Deno.errors.NotFound} If there is no such file.
 * @throws {Deno.errors.IsADirectory} If it is a directory.
 */
export async function openFile(
  path: string,
): Promise<ReadableStream<Uint8Array>> {
  return ReadableStream.from(await openChunks(path));
}

/**
 * Opens a file as chunks that are read straight into what is offered to
 * `next()`, where something is. A regular file is read by this thread, which
 * takes half of what asking another one takes, except for one read of a MiB: so
 * that a signal is heard.
 *
 * @returns Its bytes; the file closes at its end, or with `return()`.
 * @throws {Deno.errors.NotFound} If there is no such file.
 * @throws {Deno.errors.IsADirectory} If it is a directory.
 */
export async function openChunks(path: string): Promise<ByteIterator> {
  const { file, isFile } = await openWatched(path);
  let isOpen = true;
  let unheardBytes = HEARD_BYTES;
  const close = () => {
    if (isOpen) file.close();
    isOpen = false;
    return { done: true, value: undefined } as const;
  };
  const chunks: ByteIterator = {
    next: async (offered) => {
      if (!isOpen) return close();
      const buffer = offered ?? new Uint8Array(READ_BYTES);
      let got: number | null;
      if (isFile && unheardBytes < HEARD_BYTES) got = file.readSync(buffer);
      else {
        unheardBytes = 0;
        got = await file.read(buffer);
      }
      if (got === null) return close();
      unheardBytes += got;
      return { done: false, value: buffer.subarray(0, got) };
    },
    return: () => Promise.resolve(close()),
    [Symbol.asyncIterator]: () => chunks,
  };
  return chunks;
}

/** Opens a file, and notifies the watchers. */
async function openWatched(
  path: string,
): Promise<{ file: Deno.FsFile; isFile: boolean }> {
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path, { read: true });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw new Deno.errors.NotFound(
        `Cannot read "${path}": found no such file, expected a trace`,
      );
    }
    throw error;
  }
  const { isDirectory, isFile } = await file.stat();
  if (isDirectory) {
    file.close();
    throw new Deno.errors.IsADirectory(
      `Cannot read "${path}": found a directory, expected a file`,
    );
  }
  for (const watcher of watchers) watcher(path);
  return { file, isFile };
}

/**
 * Returns whether a path names a file, and not a directory.
 *
 * @returns True for a file; false too where reading is not permitted.
 */
export async function isFile(path: string): Promise<boolean> {
  try {
    return !(await Deno.stat(path)).isDirectory;
  } catch {
    return false;
  }
}

/**
 * Returns whether a path names a file that can be read as often as is wanted,
 * and not a directory, a pipe or a device.
 *
 * @returns True for such a file; false too where there is none.
 */
export async function isRegularFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/**
 * Lists the files of a trace that has one file per CPU, as blktrace writes
 * them: PREFIX.blktrace.0, PREFIX.blktrace.1 and so on, each perhaps with .gz.
 *
 * @returns All of them in order of CPU; `path` alone if its name is another.
 */
export async function perCpuFiles(path: string): Promise<string[]> {
  const parts = /^(.*[/\\])?([^/\\]*\.blktrace\.)\d+(\.gz)?$/.exec(path);
  if (parts === null) return [path];
  const [, folder = "", prefix = ""] = parts;
  const found = new Map<number, string>();
  for await (const entry of Deno.readDir(folder === "" ? "." : folder)) {
    if (entry.isDirectory || !entry.name.startsWith(prefix)) continue;
    const cpu = /^(\d+)(\.gz)?$/.exec(entry.name.slice(prefix.length))?.[1];
    if (cpu === undefined) continue;
    // Should a CPU have both, the one that was asked for is taken.
    const file = folder + entry.name;
    if (!found.has(Number(cpu)) || file === path) {
      found.set(Number(cpu), file);
    }
  }
  return [...found].sort(([a], [b]) => a - b).map(([, file]) => file);
}
