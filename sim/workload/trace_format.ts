/**
 * The contract of a trace format. A new one is a file that exports a
 * `TraceFormat`, its test, and one line in trace_formats.ts.
 */
import type { BatchBuilder, IoBatch } from "./batch.ts";

/** One file of a trace, or a stream. */
export interface TraceInput {
  /** Name for errors. */
  readonly name: string;
  /** The bytes, already decompressed. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** A format that traces come in. */
export interface TraceFormat {
  /** Name, such as `fio iolog`. */
  readonly name: string;
  /** How somebody gets such a trace, in a few words. */
  readonly origin: string;
  /** Whether a trace is a set of files, one per CPU. */
  readonly perCpu?: boolean;
  /**
   * Tells the format by the content, never by the name.
   *
   * @param head The first 4 KiB, or less if the trace is shorter.
   * @returns Whether it is this format.
   */
  detect(head: Uint8Array): boolean;
  /**
   * Reads the trace.
   *
   * @param inputs The file; all files of a trace for a format that has one
   *   per CPU.
   * @param rows Where the I/Os go; cleared by the reader after each yield.
   * @returns The batches: `rows` itself, again and again.
   */
  read(
    inputs: readonly TraceInput[],
    rows: BatchBuilder,
  ): AsyncGenerator<IoBatch, void>;
}
