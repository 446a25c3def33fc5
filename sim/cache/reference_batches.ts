/**
 * Batches of references from the chunks of an address trace: what a parser
 * leaves of a chunk is before the next.
 */
import type { ByteIterator } from "../text/headed_stream.ts";
import { inputError } from "../text/input_error.ts";
import type { AddressTraceParser, ParserInput } from "./address_text.ts";
import { BINARY_SIGNATURE } from "./binary_trace.ts";
import type { ReferenceBatch } from "./reference.ts";
import { PIECE_AT, PIECE_BYTES, TEXT_BYTES } from "./text_room.ts";

/** No line of a trace is longer; more without a line feed is not text. */
const LONGEST_LINE_BYTES = PIECE_AT;

const LINE_FEED = 0x0a;

export interface BatchSource {
  readonly name: string;
  readonly chunks: ByteIterator;
  readonly parser: AddressTraceParser;
  readonly batch: ReferenceBatch;
  /** Where it has ended the chunks, the rest of one is not looked at. */
  readonly signal: AbortSignal | undefined;
}

/**
 * References of a trace of text, whole lines at a time. A source that likes
 * reads into the text itself, after the rest of a line.
 */
export async function* textBatches(
  { name, chunks, parser, batch, signal }: BatchSource,
): AsyncGenerator<ReferenceBatch, void> {
  const bytes = parser.text ?? new Uint8Array(TEXT_BYTES);
  const piece = bytes.subarray(PIECE_AT, PIECE_AT + PIECE_BYTES);
  const input = { bytes, at: PIECE_AT, end: PIECE_AT, isLast: false };
  try {
    for (;;) {
      const { done, value: chunk } = await chunks.next(piece);
      if (done) break;
      const isThere = chunk.buffer === piece.buffer &&
        chunk.byteOffset === piece.byteOffset;
      for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
        const next = chunk.subarray(at, at + PIECE_BYTES);
        if (!isThere) piece.set(next);
        const filled = PIECE_AT + next.length;
        const end = bytes.lastIndexOf(LINE_FEED, filled - 1) + 1;
        if (filled - Math.max(end, input.at) > LONGEST_LINE_BYTES) {
          throw inputError({
            kind: "trace",
            name,
            where: `byte ${LONGEST_LINE_BYTES} of a line`,
            found: "no line feed",
            expected: `lines of at most ${LONGEST_LINE_BYTES} bytes`,
          });
        }
        input.end = end;
        while (isFilled(parser, input, batch)) {
          yield batch;
          batch.length = 0;
        }
        input.end = filled;
        moveRest(input);
      }
    }
    if (input.at < input.end && signal?.aborted !== true) {
      bytes[input.end++] = LINE_FEED;
      while (isFilled(parser, input, batch)) {
        yield batch;
        batch.length = 0;
      }
    }
    if (batch.length > 0) yield batch;
  } finally {
    // A read that the signal did not wait for may still fill the piece.
    if (signal?.aborted !== true) parser.close?.();
    await chunks.return();
  }
}

/** Moves the rest of the input before where a piece belongs. */
function moveRest(input: ParserInput): void {
  const start = PIECE_AT - (input.end - input.at);
  input.bytes.copyWithin(start, input.at, input.end);
  input.at = start;
  input.end = PIECE_AT;
}

/** References of a trace of records. */
export async function* binaryBatches(
  { chunks, parser, batch, signal }: BatchSource,
): AsyncGenerator<ReferenceBatch, void> {
  const input = emptyInput();
  for await (const chunk of chunks) {
    append(input, chunk);
    if (input.end - input.at < BINARY_SIGNATURE.length) continue;
    while (isFilled(parser, input, batch)) {
      yield batch;
      batch.length = 0;
    }
  }
  // Cut off by a signal, the last record is not a damaged one.
  input.isLast = signal?.aborted !== true;
  while (isFilled(parser, input, batch)) {
    yield batch;
    batch.length = 0;
  }
  if (batch.length > 0) yield batch;
}

/** Parses until the batch is full; false if there is too little for that. */
function isFilled(
  parser: AddressTraceParser,
  input: ParserInput,
  batch: ReferenceBatch,
): boolean {
  parser.parse(input, batch);
  return batch.length === batch.sizeAndKind.length;
}

function emptyInput(): ParserInput {
  return { bytes: new Uint8Array(0), at: 0, end: 0, isLast: false };
}

/** Puts a chunk after the rest of the ones before. */
function append(input: ParserInput, chunk: Uint8Array): void {
  const left = input.end - input.at;
  const needed = left + chunk.length;
  if (needed > input.bytes.length) {
    const rest = input.bytes.slice(input.at, input.end);
    input.bytes = new Uint8Array(2 ** Math.ceil(Math.log2(needed)));
    input.bytes.set(rest);
  } else {
    input.bytes.copyWithin(0, input.at, input.end);
  }
  input.bytes.set(chunk, left);
  input.at = 0;
  input.end = needed;
}
