/**
 * Reads an address trace of any known format, as batches of references, in
 * constant memory.
 *
 * A usual line of text takes 7.5 ns (`address_lines.ts`), where the model takes
 * 4 for a reference of `ls` (`bench/targets/cache_targets.ts`), so that reading is
 * two thirds of the time there.
 */
import { z } from "zod";
import { streamSchema } from "../text/bytes_form.ts";
import { checkValue, valueOf } from "../../layouts/option_check.ts";
import { checkString } from "../../layouts/value_text.ts";
import { inputError, quoteInput } from "../text/input_error.ts";
import { openStream } from "../text/headed_stream.ts";
import type {
  AddressTraceEntry,
  AddressTraceParser,
  ParserInput,
} from "./address_text.ts";
import { binary, BINARY_SIGNATURE } from "./binary_trace.ts";
import { din } from "./din.ts";
import { lackey } from "./lackey.ts";
import { createReferenceBatch, type ReferenceBatch } from "./reference.ts";

/** Formats of address traces by name. */
export type AddressTraceFormat = "lackey" | "din" | "binary";

/** How an address trace is read. */
export interface AddressTraceOptions {
  /** Its format; told by its content unless given. */
  readonly format?: AddressTraceFormat;
  /** Ends the reading early, as if the trace ended; no error. */
  readonly signal?: AbortSignal;
  /**
   * What is filled again and again; default: a batch of 16384. One of
   * `CacheHierarchy.createBatch()` need not be copied there.
   */
  readonly batch?: ReferenceBatch;
}

/** An address trace that is being read. */
export interface AddressTraceReading {
  /** Its format. */
  readonly format: AddressTraceFormat;
  /** The references, once; one batch that is filled again and again. */
  readonly batches: AsyncGenerator<ReferenceBatch, void>;
  /** Lines without a reference so far: messages and blank lines. */
  readonly skippedLines: () => number;
  /**
   * How often something of a reference was not taken as it stands so far, such
   * as comments, by what it was.
   */
  readonly remarks: () => Readonly<Record<string, number>>;
}

const formats: Readonly<Record<AddressTraceFormat, AddressTraceEntry>> = {
  lackey,
  din,
  binary,
};

/** The formats with their samples, for the tests of their detection. */
export const ADDRESS_TRACE_ENTRIES: readonly AddressTraceEntry[] = Object
  .values(formats);

/** Names of the formats. */
export const ADDRESS_TRACE_FORMATS: readonly AddressTraceFormat[] = Object.keys(
  formats,
) as AddressTraceFormat[];

const addressOptionsSchema = z.strictObject(
  {
    format: z.enum(ADDRESS_TRACE_FORMATS).optional(),
    signal: valueOf<AbortSignal>(
      "an AbortSignal",
      (value) => value instanceof AbortSignal,
    ).optional(),
    batch: valueOf<ReferenceBatch>(
      "a batch of references",
      (value) =>
        typeof value === "object" && value !== null && "sizeAndKind" in value &&
        value.sizeAndKind instanceof Int32Array,
    ).optional(),
  } satisfies Record<keyof AddressTraceOptions, z.ZodType>,
);

/** 192 KiB of columns: a batch stays in the L2 cache of the host. */
export const BATCH_CAPACITY = 1 << 14;

/** Text that is parsed at once. */
const PIECE_BYTES = 1 << 16;

/** No line of a trace is longer; more without a line feed is no text. */
const LONGEST_LINE_BYTES = 1 << 16;

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * Opens an address trace, compressed with gzip or not.
 *
 * @param name Name of it, for errors.
 * @param stream Its bytes.
 * @param options The format, and what ends the reading early.
 * @returns The trace, its format known.
 * @throws {SyntaxError} If it is empty, of no known format, or malformed; the
 *   latter while its batches are read.
 *
 * @example Two references in Dinero's format
 * ```ts
 * import { readAddressTrace } from "@bvec/lab";
 * import { REFERENCE_KIND } from "./reference.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const text = new Response("r 1fff000d08 8\ni 401ab70 3\n").body!;
 * const trace = await readAddressTrace("two.din", text);
 * for await (const batch of trace.batches) {
 *   assertEquals(batch.length, 2);
 *   assertEquals(batch.addressHi[0], 0x1f);
 *   assertEquals(batch.sizeAndKind[1], 3 << 2 | REFERENCE_KIND.instruction);
 * }
 * ```
 */
export async function readAddressTrace(
  name: string,
  stream: AsyncIterable<Uint8Array>,
  options: AddressTraceOptions = {},
): Promise<AddressTraceReading> {
  checkString("read an address trace", "name", name);
  checkValue("read an address trace", streamSchema, stream, "stream");
  checkValue("read an address trace", addressOptionsSchema, options, "options");
  const { signal } = options;
  const source = signal ? untilAborted(stream, signal) : stream;
  const { head, chunks } = await openStream(name, source);
  if (head.length === 0 && signal?.aborted !== true) {
    throw emptyTrace(name);
  }
  const format = options.format ?? detectFormat(name, head);
  const parser = formats[format].create(name);
  const batch = options.batch ?? createReferenceBatch(BATCH_CAPACITY);
  batch.length = 0;
  return {
    format,
    batches: formats[format].isText
      ? textBatches({ name, chunks, parser, batch })
      : binaryBatches({ name, chunks, parser, batch }),
    skippedLines: () => parser.skippedLines,
    remarks: () => parser.remarks,
  };
}

/**
 * Makes the error of a trace without a reference.
 *
 * @returns The error, to be thrown.
 */
export function emptyTrace(name: string): SyntaxError {
  return inputError({
    kind: "trace",
    name,
    where: "line 1, column 1",
    found: "no reference",
    expected: `a trace in one of ${ADDRESS_TRACE_FORMATS.join(", ")}`,
  });
}

/**
 * Lists the formats that a trace has by its first bytes.
 *
 * @param head The first 4 KiB, or less if the trace is shorter.
 * @returns Their names; one for any trace of a known format.
 */
export function addressTraceFormats(head: Uint8Array): AddressTraceFormat[] {
  const { line } = firstReference(head);
  return ADDRESS_TRACE_FORMATS.filter((name) => {
    const { signature, isReference, isMessage } = formats[name];
    if (signature !== undefined) {
      return signature.every((byte, index) => head[index] === byte);
    }
    // Nothing but messages: lackey's, if anybody's.
    return line === undefined
      ? isMessage("==1== a message")
      : isReference(line.text);
  });
}

function detectFormat(name: string, head: Uint8Array): AddressTraceFormat {
  const [found] = addressTraceFormats(head);
  if (found !== undefined) return found;
  const { line, number } = firstReference(head);
  throw inputError({
    kind: "trace",
    name,
    where: `line ${number}, column 1`,
    found: quoteInput(head, {
      start: line?.start ?? 0,
      end: line?.end ?? head.length,
    }),
    expected: `one of ${ADDRESS_TRACE_FORMATS.join(", ")}`,
  });
}

/** The first line of a head that no format takes for a message. */
function firstReference(head: Uint8Array): {
  line?: { text: string; start: number; end: number };
  number: number;
} {
  let start = 0;
  let number = 1;
  while (start < head.length) {
    const feed = head.indexOf(LINE_FEED, start);
    let end = feed < 0 ? head.length : feed;
    if (end > start && head[end - 1] === CARRIAGE_RETURN) end--;
    const text = String.fromCharCode(...head.subarray(start, end));
    if (!ADDRESS_TRACE_ENTRIES.some(({ isMessage }) => isMessage(text))) {
      return { line: { text, start, end }, number };
    }
    start = feed < 0 ? head.length : feed + 1;
    number++;
  }
  return { number };
}

/** What batches are made from. */
interface BatchSource {
  readonly name: string;
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly parser: AddressTraceParser;
  readonly batch: ReferenceBatch;
}

async function* textBatches(
  { name, chunks, parser, batch }: BatchSource,
): AsyncGenerator<ReferenceBatch, void> {
  const input = emptyInput();
  for await (const chunk of piecesOf(chunks)) {
    append(input, chunk, parser);
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
    yield* parseAll(parser, input, batch);
    input.end = filled;
  }
  if (input.at < input.end) {
    append(input, new Uint8Array([LINE_FEED]), parser);
    yield* parseAll(parser, input, batch);
  }
  if (batch.length > 0) yield batch;
}

/** Chunks that stay in a cache of this machine while they are parsed. */
async function* piecesOf(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
      yield chunk.subarray(at, at + PIECE_BYTES);
    }
  }
}

async function* binaryBatches(
  { chunks, parser, batch }: BatchSource,
): AsyncGenerator<ReferenceBatch, void> {
  const input = emptyInput();
  for await (const chunk of chunks) {
    append(input, chunk, parser);
    if (input.end - input.at < BINARY_SIGNATURE.length) continue;
    yield* parseAll(parser, input, batch);
  }
  input.isLast = true;
  yield* parseAll(parser, input, batch);
  if (batch.length > 0) yield batch;
}

/** Parses all that can be; hands a batch out whenever it is full. */
function* parseAll(
  parser: AddressTraceParser,
  input: ParserInput,
  batch: ReferenceBatch,
): Generator<ReferenceBatch, void> {
  for (;;) {
    parser.parse(input, batch);
    if (batch.length < batch.sizeAndKind.length) return;
    yield batch;
    batch.length = 0;
  }
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
    const sizeBytes = 2 ** Math.ceil(Math.log2(needed));
    input.bytes = parser.allocate?.(sizeBytes) ?? new Uint8Array(sizeBytes);
    input.bytes.set(rest);
  } else {
    input.bytes.copyWithin(0, input.at, input.end);
  }
  input.bytes.set(chunk, left);
  input.at = 0;
  input.end = needed;
}

/** Ends a stream when a signal aborts, even while nothing arrives. */
async function* untilAborted(
  stream: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  const iterator = stream[Symbol.asyncIterator]();
  while (!signal.aborted) {
    const next = await nextUnlessAborted(iterator, signal);
    if (next === undefined || next.done) return;
    yield next.value;
  }
}

/**
 * Waits for a chunk or the signal. The listener goes with the chunk: racing
 * against one promise of the signal would keep every chunk alive.
 */
function nextUnlessAborted(
  iterator: AsyncIterator<Uint8Array>,
  signal: AbortSignal,
): Promise<IteratorResult<Uint8Array> | undefined> {
  return new Promise((resolve, reject) => {
    const stop = () => resolve(undefined);
    signal.addEventListener("abort", stop, { once: true });
    iterator.next().then(resolve, reject)
      .finally(() => signal.removeEventListener("abort", stop));
  });
}
