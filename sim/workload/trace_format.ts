/**
 * The contract of a trace format. A new one is a file that exports a
 * `TraceFormat`, its test, and one line in trace_formats.ts.
 */
import type { BatchBuilder, IoBatch } from "./batch.ts";
import type { EventSelection } from "./event_choice.ts";

/** One file of a trace, or a stream. */
export interface TraceInput {
  /** Name for errors. */
  readonly name: string;
  /** The bytes, already decompressed. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** How a trace is read. */
export interface TraceReadOptions {
  /** Which events are the I/Os, for a format that holds events. */
  readonly events: EventSelection;
}

/** A format that traces come in. */
export interface TraceFormat {
  /** Name for options, one word such as `iolog`. */
  readonly id: string;
  /** Name for people, such as `fio iolog`. */
  readonly name: string;
  /** How somebody gets such a trace, in a few words. */
  readonly origin: string;
  /** Where the format is defined. */
  readonly source: string;
  /** Whether a trace is a set of files, one per CPU. */
  readonly perCpu?: boolean;
  /** Whether it holds events, only some of which are I/Os. */
  readonly hasEvents?: boolean;
  /**
   * Small traces with everything that the format may hold: each is recognised
   * as this format and no other, and the fuzzers begin with them.
   */
  readonly samples: readonly (string | Uint8Array)[];
  /** Words that are in such traces, for the fuzzers. */
  readonly tokens: readonly string[];
  /**
   * Tells the format by the content, never by the name. Of any trace at most
   * one format says that it is its own, so that their order does not matter.
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
   * @param options How it is read.
   * @returns The batches: `rows` itself, again and again.
   */
  read(
    inputs: readonly TraceInput[],
    rows: BatchBuilder,
    options: TraceReadOptions,
  ): AsyncGenerator<IoBatch, void>;
}
