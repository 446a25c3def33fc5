/** A file as a source of bytes: parts of it are read where they are wanted. */
import type { ByteSource } from "../../sim/kernel/byte_source.ts";

/** A source that keeps its file open. */
export interface FileSource extends ByteSource, Disposable {}

/**
 * Opens a file.
 *
 * @param path The file; of one in /sys the size is right, of a pipe it is not.
 * @returns The source; `using` closes its file.
 * @throws {RangeError} If it is not a file that has a size.
 * @throws {Deno.errors.NotFound} If it is not there; other errors of the
 * system as they come.
 */
export async function openFileSource(path: string): Promise<FileSource> {
  const { isFile, size } = await Deno.stat(path);
  if (!isFile) {
    throw new RangeError(
      `Cannot read ${path}: it is not a regular file, expected one (save the ` +
        "output of a pipe to a file)",
    );
  }
  const file = await Deno.open(path, { read: true });
  return {
    name: path,
    sizeBytes: size,
    read: async (at, length) => {
      const bytes = new Uint8Array(length);
      await file.seek(at, Deno.SeekMode.Start);
      let got = 0;
      while (got < length) {
        const more = await file.read(bytes.subarray(got));
        if (more === null) break;
        got += more;
      }
      return bytes.subarray(0, got);
    },
    [Symbol.dispose]: () => file.close(),
  };
}
