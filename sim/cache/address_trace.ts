/**
 * Reads an address trace of any known format, as batches of references, in
 * constant memory.
 *
 * A usual line of text takes 3.4 ns (`address_lines.ts`), 5 from a file, where
 * the model takes 3.6 for a reference of `ls`
 * (`bench/targets/cache_targets.ts`).
 */
import { z } from "zod";
import { checkValue, valueOf } from "../../layouts/option_check.ts";
import { checkString } from "../../layouts/value_text.ts";
import { untilAborted } from "../text/abortable_stream.ts";
import { streamSchema } from "../text/bytes_form.ts";
import { openStream } from "../text/headed_stream.ts";
import {
  ADDRESS_FORMATS,
  ADDRESS_TRACE_FORMATS,
  type AddressTraceFormat,
  detectAddressFormat,
  emptyTrace,
} from "./address_formats.ts";
import type { ReferenceBatch } from "./reference.ts";
import { binaryBatches, textBatches } from "./reference_batches.ts";
import { createRoomyBatch } from "./text_room.ts";

/** How an address trace is read. */
export interface AddressTraceOptions {
  /** Its format; default: detected from its content. */
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
   * How often, so far, part of a reference was not taken literally, such as a
   * comment, by what it was.
   */
  readonly remarks: () => Readonly<Record<string, number>>;
}

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

/**
 * Opens an address trace, compressed with gzip or not.
 *
 * @param name Its name, for error messages.
 * @param stream Its bytes.
 * @param options The format, and what ends the reading early.
 * @returns The trace, with its format.
 * @throws {SyntaxError} If it is empty, of no known format, or malformed; the
 *   latter while its batches are read.
 *
 * @example Two references in Dinero's format
 * ```ts
 * import { readAddressTrace, REFERENCE_KIND } from "@bvec/lab";
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
  const format = options.format ?? detectAddressFormat(name, head);
  const batch = options.batch ?? createRoomyBatch(BATCH_CAPACITY);
  batch.length = 0;
  const parser = ADDRESS_FORMATS[format].create(name, batch);
  return {
    format,
    batches: ADDRESS_FORMATS[format].isText
      ? textBatches({ name, chunks, parser, batch, signal })
      : binaryBatches({ name, chunks, parser, batch, signal }),
    skippedLines: () => parser.skippedLines,
    remarks: () => parser.remarks,
  };
}
