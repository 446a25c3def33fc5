/**
 * Decompresses gzip (RFC 1952) in constant memory: files of any number of
 * members, as `cat a.gz b.gz` and `bgzip` make them.
 *
 * `DecompressionStream` hands on all that a chunk of input becomes in one
 * piece, so that half a MiB of line feeds takes half a GiB; and it takes one
 * member. So the framing is read here, which also gives the byte at which
 * something is wrong, and zlib inflates small pieces.
 */
import { crc32, createInflateRaw } from "node:zlib";
import { RecordStream } from "./record_stream.ts";

/** Input inflated at once; deflate makes 1032 times as much of it at most. */
const PIECE_BYTES = 1 << 14;
/** Size of the chunks that come out. */
const OUTPUT_BYTES = 1 << 18;

const HEADER_BYTES = 10;
/** CRC-32 and length of what was compressed. */
const TRAILER_BYTES = 8;
const DEFLATE = 8;
const FLAG = { headerCrc: 2, extra: 4, name: 8, comment: 16 } as const;
const WORD = 2 ** 32;

/** Returns whether a stream is gzip by its first bytes. */
export function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

/**
 * Decompresses a stream.
 *
 * @param chunks The compressed bytes.
 * @returns What they hold; no chunk is longer than 256 KiB.
 * @throws {SyntaxError} If a member is damaged or cut off, or if something else
 * than zeros is after the last one; names the byte.
 */
export async function* gunzip(
  name: string,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  const input = new RecordStream(chunks);
  const member = new Member(name, input);
  try {
    do {
      await member.readHeader();
      yield* member.inflate();
      await member.readTrailer();
    } while (await member.hasNext());
  } finally {
    await input.close();
  }
}

/** The member that is being read; one object for all of a stream. */
class Member {
  readonly #name: string;
  readonly #input: RecordStream;
  #number = 0;
  /** Decompressed bytes of the members before and of this one. */
  #passedBytes = 0;
  #bytes = 0;
  #crc = 0;

  constructor(name: string, input: RecordStream) {
    this.#name = name;
    this.#input = input;
  }

  async readHeader(): Promise<void> {
    const input = this.#input;
    this.#number++;
    this.#passedBytes += this.#bytes;
    this.#bytes = 0;
    this.#crc = 0;
    await input.ensure(2);
    if (!isGzip(input.bytes.subarray(input.at))) {
      this.#fail(
        `something else after member ${this.#number - 1}`,
        input.position,
      );
    }
    await this.#require(HEADER_BYTES);
    const { bytes, at } = input;
    const method = bytes[at + 2] ?? 0;
    if (method !== DEFLATE) {
      this.#fail(`compression method ${method}`, input.position + 2);
    }
    const flags = bytes[at + 3] ?? 0;
    input.at += HEADER_BYTES;
    if ((flags & FLAG.extra) !== 0) {
      await this.#require(2);
      await this.#skip(2 + input.view.getUint16(input.at, true));
    }
    if ((flags & FLAG.name) !== 0) await this.#skipText();
    if ((flags & FLAG.comment) !== 0) await this.#skipText();
    if ((flags & FLAG.headerCrc) !== 0) await this.#skip(2);
  }

  async *inflate(): AsyncGenerator<Uint8Array, void> {
    const input = this.#input;
    const inflater = new Inflater();
    try {
      while (!inflater.hasEnded) {
        const start = input.position;
        await this.#require(1);
        const piece = input.bytes.subarray(input.at, input.at + PIECE_BYTES);
        input.at += piece.length;
        if (!await inflater.write(piece)) {
          this.#fail("data that does not inflate", start, piece.length);
        }
        yield* this.#take(inflater);
      }
      input.at -= inflater.leftBytes;
    } finally {
      inflater.close();
    }
  }

  async readTrailer(): Promise<void> {
    const input = this.#input;
    await this.#require(TRAILER_BYTES);
    const crc = input.view.getUint32(input.at, true);
    const length = input.view.getUint32(input.at + 4, true);
    if (crc !== this.#crc) {
      this.#fail("a checksum other than the data's", input.position);
    }
    if (length !== this.#bytes % WORD) {
      this.#fail("a length other than the data's", input.position + 4);
    }
    input.at += TRAILER_BYTES;
  }

  /** Whether another member follows; zeros at the end are padding. */
  async hasNext(): Promise<boolean> {
    const input = this.#input;
    let isPadded = false;
    while (await input.ensure(1)) {
      if (input.bytes[input.at] !== 0) {
        if (isPadded) {
          this.#fail("something after the zeros that end it", input.position);
        }
        return true;
      }
      isPadded = true;
      input.at++;
    }
    return false;
  }

  *#take(inflater: Inflater): Generator<Uint8Array, void> {
    for (const chunk of inflater.take()) {
      this.#crc = crc32(chunk, this.#crc);
      this.#bytes += chunk.length;
      yield chunk;
    }
  }

  async #skip(bytes: number): Promise<void> {
    await this.#require(bytes);
    this.#input.at += bytes;
  }

  /** Passes over text that a zero ends. */
  async #skipText(): Promise<void> {
    const input = this.#input;
    do {
      await this.#require(1);
    } while (input.bytes[input.at++] !== 0);
  }

  async #require(bytes: number): Promise<void> {
    const input = this.#input;
    if (await input.ensure(bytes)) return;
    this.#fail(
      `the end of the file in member ${this.#number}`,
      input.position + input.buffered,
    );
  }

  #fail(what: string, byte: number, withinBytes = 1): never {
    const where = withinBytes > 1
      ? `in bytes ${byte} to ${byte + withinBytes - 1}`
      : `at byte ${byte}`;
    throw new SyntaxError(
      `Cannot decompress "${this.#name}": found damaged or truncated data: ` +
        `${what} ${where}, after ${this.#passedBytes + this.#bytes} ` +
        "decompressed bytes, expected only whole gzip members",
    );
  }
}

/** Inflates the data of one member, piece by piece. */
class Inflater {
  readonly #stream = createInflateRaw({ chunkSize: OUTPUT_BYTES });
  #ready: Uint8Array[] = [];
  #writtenBytes = 0;
  #isDamaged = false;
  #done: (() => void) | undefined;
  hasEnded = false;

  constructor() {
    this.#stream.on("data", (chunk: Uint8Array) => this.#ready.push(chunk));
    this.#stream.on("end", () => {
      this.hasEnded = true;
      this.#done?.();
    });
    this.#stream.on("error", () => {
      this.#isDamaged = true;
      this.#done?.();
    });
  }

  /** Bytes that were written after the end of the data. */
  get leftBytes(): number {
    return this.#writtenBytes - this.#stream.bytesWritten;
  }

  /** Inflates a piece; false if it cannot be. */
  async write(piece: Uint8Array): Promise<boolean> {
    this.#writtenBytes += piece.length;
    await new Promise<void>((resolve) => {
      this.#done = resolve;
      this.#stream.write(piece, () => resolve());
    });
    return !this.#isDamaged;
  }

  /** Returns what has come out since the last time. */
  take(): Uint8Array[] {
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }

  close(): void {
    this.#stream.destroy();
  }
}
