/**
 * Prepares a stream of bytes for the readers: looks at its head, and
 * decompresses gzip, which is told by the content as everything here.
 */
import { gunzip, isGzip } from "./gunzip.ts";

/** Bytes that formats are told by. */
export const HEAD_BYTES = 4096;

/** Chunks of bytes; `return` closes the file behind them at any time. */
export interface ByteIterator extends AsyncIterableIterator<Uint8Array> {
  /** Ends the stream. */
  return(): Promise<IteratorResult<Uint8Array>>;
}

/** A stream whose head has been looked at. */
export interface HeadedStream {
  /** The first 4 KiB, or all if there is less. */
  readonly head: Uint8Array;
  /** The whole stream, head included. */
  readonly chunks: ByteIterator;
}

/**
 * Looks at a stream's head and decompresses it if it is gzip.
 *
 * @param name Name of the stream, for errors.
 * @param stream The bytes.
 * @returns The decompressed stream with its head.
 * @throws {SyntaxError} Here or later, if the gzip is damaged.
 */
export async function openStream(
  name: string,
  stream: AsyncIterable<Uint8Array>,
): Promise<HeadedStream> {
  const raw = await lookAtHead(stream);
  if (!isGzip(raw.head)) return raw;
  return await lookAtHead(gunzip(name, raw.chunks));
}

async function lookAtHead(
  stream: AsyncIterable<Uint8Array>,
): Promise<HeadedStream> {
  const iterator = stream[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  let bytes = 0;
  while (bytes < HEAD_BYTES) {
    const next = await iterator.next();
    if (next.done) break;
    first.push(next.value);
    bytes += next.value.length;
  }
  const head = new Uint8Array(Math.min(bytes, HEAD_BYTES));
  let at = 0;
  for (const chunk of first) {
    const part = chunk.subarray(0, head.length - at);
    head.set(part, at);
    at += part.length;
  }
  return { head, chunks: replay(first, iterator) };
}

/** Not a generator: one that never started would not close its source. */
function replay(
  first: Uint8Array[],
  rest: AsyncIterator<Uint8Array>,
): ByteIterator {
  return {
    next: () => {
      const value = first.shift();
      return value === undefined
        ? rest.next()
        : Promise.resolve({ done: false, value });
    },
    return: async () => {
      first.length = 0;
      await rest.return?.(); // closes the file when a consumer stops early
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
