/**
 * Batches of references from the chunks of an address trace: what a parser
 * leaves of a chunk stands before the next.
 */
import { inputError } from "../text/input_error.ts";
import type { AddressTraceParser, ParserInput } from "./address_text.ts";
import { BINARY_SIGNATURE } from "./binary_trace.ts";
import type { ReferenceBatch } from "./reference.ts";

/** Text that is parsed at once. */
const PIECE_BYTES = 1 << 16;

/** No line of a trace is longer; more without a line feed is no text. */
const LONGEST_LINE_BYTES = 1 << 16;

const LINE_FEED = 0x0a;

/** What batches are made from. */
export interface BatchSource {
  readonly name: string;
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly parser: AddressTraceParser;
  readonly batch: ReferenceBatch;
}

/** References of a trace of text, whole lines at a time. */
export async function* textBatches(
  { name, chunks, parser, batch }: BatchSource,
): AsyncGenerator<ReferenceBatch, void> {
  const input = emptyInput();
  try {
    for await (const chunk of chunks) {
      // Pieces that stay in a cache of this machine while they are parsed.
      for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
        append(input, chunk.subarray(at, at + PIECE_BYTES), parser);
        const filled = input.end;
        const end = input.bytes.lastIndexOf(LINE_FEED, filled - 1) + 1;
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
      }
    }
    if (input.at < input.end) {
      append(input, new Uint8Array([LINE_FEED]), parser);
      while (isFilled(parser, input, batch)) {
        yield batch;
        batch.length = 0;
      }
    }
    if (batch.length > 0) yield batch;
  } finally {
    parser.close?.();
  }
}

/** References of a trace of records. */
export async function* binaryBatches(
  { chunks, parser, batch }: BatchSource,
): AsyncGenerator<ReferenceBatch, void> {
  const input = emptyInput();
  for await (const chunk of chunks) {
    append(input, chunk, parser);
    if (input.end - input.at < BINARY_SIGNATURE.length) continue;
    while (isFilled(parser, input, batch)) {
      yield batch;
      batch.length = 0;
    }
  }
  input.isLast = true;
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

/** Puts a chunk behind what is left of the ones before. */
function append(
  input: ParserInput,
  chunk: Uint8Array,
  parser: AddressTraceParser,
): void {
  const left = input.end - input.at;
  const needed = left + chunk.length;
  if (needed > input.bytes.length) {
    const rest = input.bytes.slice(input.at, input.end);
    const { text } = parser;
    input.bytes = text !== undefined && needed <= text.length
      ? text
      : new Uint8Array(2 ** Math.ceil(Math.log2(needed)));
    input.bytes.set(rest);
  } else {
    input.bytes.copyWithin(0, input.at, input.end);
  }
  input.bytes.set(chunk, left);
  input.at = 0;
  input.end = needed;
}
