/**
 * Prepares a stream of bytes for the readers: looks at its head, and
 * decompresses gzip, which is told by the content as everything here.
 */

/** Bytes that formats are told by. */
export const HEAD_BYTES = 4096;

/** A stream whose head has been looked at. */
export interface HeadedStream {
  /** The first 4 KiB, or all if there is less. */
  readonly head: Uint8Array;
  /** The whole stream, head included. */
  readonly chunks: AsyncIterable<Uint8Array>;
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
  if (raw.head[0] !== 0x1f || raw.head[1] !== 0x8b) return raw;
  return await lookAtHead(gunzip(name, raw.chunks));
}

async function* gunzip(
  name: string,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  let bytes = 0;
  const plain = ReadableStream.from(chunks as AsyncIterable<BufferSource>)
    .pipeThrough(new DecompressionStream("gzip"));
  try {
    for await (const chunk of plain) {
      bytes += chunk.length;
      yield chunk;
    }
  } catch (error) {
    // Whatever is wrong with the data, DecompressionStream says TypeError.
    if (!(error instanceof TypeError)) throw error;
    throw new SyntaxError(
      `Cannot decompress "${name}": found damaged or truncated data behind ` +
        `${bytes} decompressed bytes, expected one whole gzip member`,
    );
  }
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

async function* replay(
  first: Uint8Array[],
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  try {
    for (let chunk = first.shift(); chunk; chunk = first.shift()) yield chunk;
    for (;;) {
      const next = await rest.next();
      if (next.done) return;
      yield next.value;
    }
  } finally {
    await rest.return?.(); // closes the file when a consumer stops early
  }
}
