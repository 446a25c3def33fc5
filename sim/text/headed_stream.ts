/**
 * Prepares a stream of bytes for the readers: looks at its head, decompresses
 * gzip, which is recognised by its content like everything here, and takes off
 * the byte order mark that editors put before UTF-8.
 */
import { gunzip, isGzip } from "./gunzip.ts";

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];
const CARRIAGE_RETURN = 0x0d;
const LINE_FEED = 0x0a;

/** Bytes by which formats are recognised. */
export const HEAD_BYTES = 4096;

/** Chunks of bytes; `return` closes the file after them at any time. */
export interface ByteIterator extends AsyncIterableIterator<Uint8Array> {
  /**
   * Returns the next chunk.
   *
   * @param offered Where it may be, if its source likes: then it is no longer
   * than that.
   */
  next(offered?: Uint8Array): Promise<IteratorResult<Uint8Array>>;
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
 * Looks at a stream's head, and decompresses it if it is gzip.
 *
 * @returns The decompressed stream with its head.
 * @throws {SyntaxError} Here or later, if the gzip is damaged; here, if it is
 *   compressed otherwise, a binary trace of another program, or text in UTF-16
 *   or without line feeds.
 */
export async function openStream(
  name: string,
  stream: AsyncIterable<Uint8Array>,
): Promise<HeadedStream> {
  const raw = await lookAtHead(stream);
  const plain = isGzip(raw.head)
    ? await lookAtHead(gunzip(name, raw.chunks))
    : raw;
  const odd = oddInput(plain.head);
  if (odd === undefined) return plain;
  await plain.chunks.return();
  throw new SyntaxError(`Cannot read "${name}": ${odd}`);
}

/** What files of other programs begin with, and what reads them. */
const OTHERS: readonly {
  readonly starts: readonly number[];
  readonly found: string;
  readonly expected: string;
}[] = [
  {
    starts: [0x28, 0xb5, 0x2f, 0xfd],
    found: "data compressed by zstd",
    expected: "gzip or none (zstd -dc FILE, and - for the name)",
  },
  {
    starts: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00],
    found: "data compressed by xz",
    expected: "gzip or none (xz -dc FILE, and - for the name)",
  },
  {
    starts: [0x42, 0x5a, 0x68], // BZh
    found: "data compressed by bzip2",
    expected: "gzip or none (bzip2 -dc FILE, and - for the name)",
  },
  {
    starts: [0x50, 0x4b, 0x03, 0x04], // PK
    found: "a zip archive",
    expected:
      "one file, as it is or in gzip (unzip -p FILE, and - for the name)",
  },
  {
    starts: [0x17, 0x08, 0x44, ...new TextEncoder().encode("tracing")],
    found: "a binary trace of trace-cmd",
    expected: "its text (trace-cmd report FILE)",
  },
  {
    starts: [...new TextEncoder().encode("PERFILE2")],
    found: "a binary trace of perf",
    expected: "its text (perf script -i FILE)",
  },
  {
    starts: [0xff, 0xfe],
    found: "text in UTF-16",
    expected: "UTF-8 (iconv -f UTF-16 -t UTF-8)",
  },
  {
    starts: [0xfe, 0xff],
    found: "text in UTF-16",
    expected: "UTF-8 (iconv -f UTF-16 -t UTF-8)",
  },
];

/** What a head shows that no reader of the lab can make anything of. */
function oddInput(head: Uint8Array): string | undefined {
  const other = OTHERS.find(({ starts }) =>
    starts.every((byte, at) => head[at] === byte)
  );
  if (other !== undefined) {
    return `found ${other.found}, expected ${other.expected}`;
  }
  const cr = head.indexOf(CARRIAGE_RETURN);
  if (
    cr >= 0 && cr < head.length - 1 && !head.includes(LINE_FEED) &&
    head.every((byte) => byte >= 0x09)
  ) {
    return "found lines that end with only a carriage return, expected line " +
      "feeds (tr '\\r' '\\n')";
  }
  return undefined;
}

async function lookAtHead(
  stream: AsyncIterable<Uint8Array>,
): Promise<HeadedStream> {
  const iterator: AsyncIterator<Uint8Array, unknown, Uint8Array | undefined> =
    stream[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  let bytes = 0;
  while (bytes < HEAD_BYTES) {
    const next = await iterator.next();
    if (next.done) break;
    first.push(next.value);
    bytes += next.value.length;
  }
  bytes -= dropByteOrderMark(first);
  const head = new Uint8Array(Math.min(bytes, HEAD_BYTES));
  let at = 0;
  for (const chunk of first) {
    const part = chunk.subarray(0, head.length - at);
    head.set(part, at);
    at += part.length;
  }
  return { head, chunks: replay(first, iterator) };
}

/** Takes the mark off the first chunks; gives how many bytes it had. */
function dropByteOrderMark(chunks: Uint8Array[]): number {
  const start: number[] = [];
  for (const chunk of chunks) {
    if (start.length < BYTE_ORDER_MARK.length) {
      start.push(...chunk.subarray(0, 3));
    }
  }
  if (!BYTE_ORDER_MARK.every((byte, at) => start[at] === byte)) return 0;
  let left = BYTE_ORDER_MARK.length;
  chunks.forEach((chunk, index) => {
    const here = Math.min(left, chunk.length);
    chunks[index] = chunk.subarray(here);
    left -= here;
  });
  return BYTE_ORDER_MARK.length;
}

/** Not a generator: one that never started would not close its source. */
function replay(
  first: Uint8Array[],
  rest: AsyncIterator<Uint8Array, unknown, Uint8Array | undefined>,
): ByteIterator {
  return {
    next: (offered) => {
      const value = first.shift();
      return value === undefined
        ? rest.next(offered)
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
