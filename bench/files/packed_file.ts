/** Files of the lab's that may be compressed by gzip. */
import { openStream } from "../../sim/text/headed_stream.ts";
import { systemReason } from "./system_reason.ts";

/**
 * @param words What it is, with its path, and what is expected there.
 * @throws {SyntaxError} As `read` does, or if it does not decompress.
 * @throws {TypeError} If the file cannot be read.
 */
export async function readPackedFile<Value>(
  path: string,
  words: { readonly what: string; readonly expected: string },
  read: (chunks: AsyncIterable<Uint8Array>) => Promise<Value>,
): Promise<Value> {
  try {
    using file = await Deno.open(path);
    return await read((await openStream(path, file.readable)).chunks);
  } catch (error) {
    // It names the byte or the line already.
    if (error instanceof SyntaxError) throw error;
    throw new TypeError(
      `Cannot read ${words.what}: ${systemReason(error)}, expected ` +
        words.expected,
      { cause: error },
    );
  }
}
