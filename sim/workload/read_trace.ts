/** Reads a trace of any known format, from a file or a stream, as batches. */
import { BatchBuilder, type IoBatch } from "./batch.ts";
import { inputError, quoteInput } from "./input_error.ts";
import type { WorkloadTally, WorkloadWarning } from "./tally.ts";
import { openFile, perCpuFiles } from "./trace_files.ts";
import type { TraceFormat } from "./trace_format.ts";
import { detectFormat, TRACE_FORMATS } from "./trace_formats.ts";
import {
  type ByteIterator,
  type HeadedStream,
  openStream,
} from "./trace_stream.ts";

/** A trace that is being read. */
export interface TraceReading {
  /** The format that its content has. */
  readonly format: TraceFormat;
  /** The I/Os, once; one batch that is filled again and again. */
  readonly batches: AsyncGenerator<IoBatch, void>;
  /** Counts; complete after the last batch. */
  readonly tally: WorkloadTally;
  /** Remarks; complete after the last batch. */
  readonly warnings: WorkloadWarning[];
  /** Closes the files; needed only if the batches are not read. */
  close(): Promise<void>;
}

/**
 * Reads a trace file, compressed or not. Of a blktrace with one file per CPU,
 * naming one reads them all.
 *
 * @param path The file.
 * @returns The trace, opened and its format known.
 * @throws {Deno.errors.NotFound} If there is no such file.
 * @throws {Deno.errors.IsADirectory} If it is a directory.
 * @throws {SyntaxError} If it is empty, of no known format, or malformed; the
 *   latter while its batches are read.
 *
 * @example Count the reads of a log
 * ```ts
 * import { readTraceFile } from "@bvec/lab/sim";
 * import { assertEquals } from "@std/assert";
 *
 * const path = await Deno.makeTempFile();
 * await Deno.writeTextFile(path, "fio version 3 iolog\n0 d read 0 4096\n");
 * const trace = await readTraceFile(path);
 * for await (const batch of trace.batches) assertEquals(batch.count, 1);
 * assertEquals(trace.tally.reads, 1);
 * await Deno.remove(path);
 * ```
 */
export async function readTraceFile(path: string): Promise<TraceReading> {
  const first = await openStream(path, await openFile(path));
  return await readOpenedTrace(path, first);
}

/**
 * Reads a trace file whose head has been looked at.
 *
 * @param path The file.
 * @param first Its stream.
 * @returns The trace.
 * @throws {SyntaxError} As `readTraceFile`.
 */
export async function readOpenedTrace(
  path: string,
  first: HeadedStream,
): Promise<TraceReading> {
  let format = detectFormat(first.head);
  // blktrace leaves an empty file for a CPU that did no I/O.
  const isEmpty = first.head.length === 0;
  const names = format?.perCpu || isEmpty ? await perCpuFiles(path) : [path];
  const inputs: { name: string; chunks: ByteIterator }[] = [];
  for (const name of names) {
    const { head, chunks } = name === path
      ? first
      : await openStream(name, await openFile(name));
    if (isEmpty) format ??= detectFormat(head);
    inputs.push({ name, chunks });
  }
  if (format !== undefined) return startReading(format, inputs);
  for (const input of inputs) await input.chunks.return();
  throw unknownFormat(path, first.head);
}

/**
 * Reads a trace from a stream, compressed or not.
 *
 * @param name Name of it, for errors.
 * @param stream Its bytes.
 * @returns The trace, opened and its format known.
 * @throws {SyntaxError} If it is empty, of no known format, or malformed; the
 *   latter while its batches are read.
 *
 * @example A read and a write
 * ```ts
 * import { readTrace } from "@bvec/lab/sim";
 * import { assertEquals } from "@std/assert";
 *
 * const trace = await readTrace(
 *   "two.iolog",
 *   new Blob([
 *     "fio version 3 iolog\n0 d read 0 4096\n7 d write 4096 512\n",
 *   ]).stream(),
 * );
 * for await (const batch of trace.batches) assertEquals(batch.count, 2);
 * assertEquals(trace.tally.bytes, 4608);
 * ```
 */
export async function readTrace(
  name: string,
  stream: AsyncIterable<Uint8Array>,
): Promise<TraceReading> {
  const { head, chunks } = await openStream(name, stream);
  const format = detectFormat(head);
  if (format !== undefined) return startReading(format, [{ name, chunks }]);
  await chunks.return();
  throw unknownFormat(name, head);
}

function startReading(
  format: TraceFormat,
  inputs: readonly { name: string; chunks: ByteIterator }[],
): TraceReading {
  const rows = new BatchBuilder();
  return {
    format,
    batches: format.read(inputs, rows),
    tally: rows.tally,
    warnings: rows.warnings,
    close: async () => {
      for (const input of inputs) await input.chunks.return();
    },
  };
}

function unknownFormat(name: string, head: Uint8Array): SyntaxError {
  const lineEnd = head.indexOf(0x0a);
  return inputError({
    kind: "trace",
    name,
    where: "line 1, column 1",
    found: head.length === 0 ? "an empty file" : quoteInput(head, {
      start: 0,
      end: lineEnd < 0 ? head.length : lineEnd,
    }),
    expected: `one of ${TRACE_FORMATS.map((known) => known.name).join(", ")}`,
  });
}
