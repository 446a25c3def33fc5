/** Reads a trace of any known format, from a file or a stream, as batches. */
import { streamSchema } from "../text/bytes_form.ts";
import { traceOptionsSchema } from "./workload_form.ts";
import { checkValue } from "../../layouts/option_check.ts";
import { checkString } from "../../layouts/value_text.ts";
import { BatchBuilder, type IoBatch } from "./batch.ts";
import { EVENT_SELECTIONS, type EventSelection } from "./event_choice.ts";
import { printableLine } from "../text/printable.ts";
import { inputError, quoteInput } from "../text/input_error.ts";
import type { WorkloadTally, WorkloadWarning } from "./tally.ts";
import { openFile, perCpuFiles } from "./trace_files.ts";
import type { TraceFormat } from "./trace_format.ts";
import { detectFormat, TRACE_FORMATS } from "./trace_formats.ts";
import {
  type ByteIterator,
  type HeadedStream,
  openStream,
} from "../text/headed_stream.ts";

/** How a trace is read. */
export interface TraceOptions {
  /** Its format; detected from its content if absent. */
  readonly format?: TraceFormat | undefined;
  /**
   * Which events of a block trace are its I/Os; Q if there are any, else D,
   * else C, if absent.
   */
  readonly events?: EventSelection | undefined;
}

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
  /** Reads no further than this many reads and writes; before any batch. */
  limit(ios: number): void;
  /** Closes the files; needed only if the batches are not read. */
  close(): Promise<void>;
}

/**
 * Reads a trace file, compressed or not. For a blktrace with one file per CPU,
 * naming one file reads them all.
 *
 * @param path The file.
 * @param options Its format, and which of its events are the I/Os.
 * @returns The opened trace, with its format.
 * @throws {RangeError} If events are selected and it has none of them.
 * @throws {Deno.errors.NotFound} If there is no such file.
 * @throws {Deno.errors.IsADirectory} If it is a directory.
 * @throws {SyntaxError} If it is empty, of no known format, or malformed; the
 *   latter while its batches are read.
 *
 * @example Count the reads of a log
 * ```ts
 * import { readTraceFile } from "@bvec/lab";
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
export async function readTraceFile(
  path: string,
  options: TraceOptions = {},
): Promise<TraceReading> {
  checkString("read a trace", "path", path);
  checkValue("read a trace", traceOptionsSchema, options, "options");
  const first = await openStream(path, await openFile(path));
  return await readOpenedTrace(path, first, options);
}

/**
 * Reads a trace file whose head has been looked at.
 *
 * @throws {SyntaxError} As `readTraceFile`.
 */
export async function readOpenedTrace(
  path: string,
  first: HeadedStream,
  options: TraceOptions = {},
): Promise<TraceReading> {
  let format = options.format ?? detectFormat(first.head);
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
  return await startReading(format, inputs, { name: path, first, options });
}

/**
 * Reads a trace from a stream, compressed or not.
 *
 * @throws {RangeError} If events are selected and it has none of them.
 * @throws {SyntaxError} If it is empty, of no known format, or malformed; the
 *   latter while its batches are read.
 *
 * @example A read and a write
 * ```ts
 * import { readTrace } from "./read_trace.ts";
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
  options: TraceOptions = {},
): Promise<TraceReading> {
  checkString("read a trace", "name", name);
  checkValue("read a trace", streamSchema, stream, "stream");
  checkValue("read a trace", traceOptionsSchema, options, "options");
  const first = await openStream(name, stream);
  return await readOpenedStream(name, first, options);
}

/**
 * Reads a trace from a stream whose head has been looked at.
 *
 * @throws {SyntaxError} As `readTrace`.
 */
export async function readOpenedStream(
  name: string,
  first: HeadedStream,
  options: TraceOptions = {},
): Promise<TraceReading> {
  const format = options.format ?? detectFormat(first.head);
  const inputs = [{ name, chunks: first.chunks }];
  return await startReading(format, inputs, { name, first, options });
}

async function startReading(
  format: TraceFormat | undefined,
  inputs: readonly { name: string; chunks: ByteIterator }[],
  { name, first, options }: {
    name: string;
    first: HeadedStream;
    options: TraceOptions;
  },
): Promise<TraceReading> {
  const { events = "auto" } = options;
  if (!EVENT_SELECTIONS.includes(events)) {
    await first.chunks.return();
    throw new RangeError(
      `Cannot take events "${events}", expected one of: ${
        EVENT_SELECTIONS.join(", ")
      }`,
    );
  }
  const close = async () => {
    for (const input of inputs) await input.chunks.return();
  };
  const problem = format === undefined || first.head.length === 0 &&
      inputs.length === 1
    ? unknownFormat(name, first.head)
    : events === "auto" || format.hasEvents
    ? undefined
    : noEvents(name, { format, events });
  if (format === undefined || problem !== undefined) {
    await close();
    throw problem;
  }
  const rows = new BatchBuilder();
  return {
    format,
    batches: format.read(inputs, rows, { events }),
    tally: rows.tally,
    warnings: rows.warnings,
    limit: (ios) => rows.limit(ios),
    close,
  };
}

function noEvents(
  name: string,
  { format, events }: { format: TraceFormat; events: EventSelection },
): RangeError {
  const having = TRACE_FORMATS.filter(({ hasEvents }) => hasEvents);
  return new RangeError(
    printableLine(
      `Cannot take the ${events} events of "${name}": found ${format.name}, ` +
        `which holds I/Os and no events, expected one of ` +
        having.map((known) => known.name).join(", "),
    ),
  );
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
