/**
 * Digits of the textual address traces, by table: one load and one compare per
 * byte, and whatever is not a digit ends the number.
 */
import { inputError, quoteInput } from "../text/input_error.ts";
import { LARGEST_REFERENCE_BYTES, type ReferenceBatch } from "./reference.ts";

/** Value of a hexadecimal digit by its byte; -1 for any other byte. */
export const HEX_VALUE: Int8Array = digitTable("0123456789abcdef");

/** Value of a decimal digit by its byte; -1 for any other byte. */
export const DECIMAL_VALUE: Int8Array = digitTable("0123456789");

/** Bytes that a parser has not used yet. */
export interface ParserInput {
  bytes: Uint8Array;
  /** First byte not used. */
  at: number;
  /** The byte after the last that may be used. */
  end: number;
  /** Whether the input ends with these bytes. */
  isLast: boolean;
}

export interface AddressTraceParser {
  /** Lines without a reference so far. */
  readonly skippedLines: number;
  /** How often part of a reference was not taken literally, by what it was. */
  readonly remarks: Readonly<Record<string, number>>;
  /**
   * Parses what is whole until the batch is full or the input is used up.
   *
   * @param input The bytes; `at` moves after what was parsed.
   * @param batch Filled from its length on.
   */
  parse(input: ParserInput, batch: ReferenceBatch): void;
  /** The memory that its input is parsed fastest in, if it has some. */
  readonly text?: Uint8Array;
  /** Leaves that memory to others, when nothing is parsed any more. */
  close?(): void;
}

/** A format of address traces; a new one is one more in address_trace.ts. */
export interface AddressTraceEntry {
  /** Name, as `lab cache --format` takes it. */
  readonly name: string;
  /** How somebody gets such a trace, in a few words. */
  readonly origin: string;
  /** Whether it is lines. */
  readonly isText: boolean;
  /** First bytes of it, for a format that is none of lines. */
  readonly signature?: Uint8Array;
  /**
   * Whether a line holds a reference of it.
   *
   * @param line The line; may be cut off.
   * @returns True if so; of several formats at most one says so.
   */
  isReference(line: string): boolean;
  /** Whether a line may be before the first reference. */
  isMessage(line: string): boolean;
  /** Small traces with everything that it may hold, for tests and fuzzing. */
  readonly samples: readonly (string | Uint8Array)[];
  /** Words that are in it, for fuzzing. */
  readonly tokens: readonly string[];
  /**
   * Makes a parser.
   *
   * @param batch The batch that it will fill, for the most part.
   */
  create(name: string, batch?: ReferenceBatch): AddressTraceParser;
}

/** Where a line of a trace is wrong. */
export interface LineFault {
  readonly name: string;
  /** Number of the line, from 1. */
  readonly line: number;
  readonly lineStart: number;
  /** The byte where it is wrong. */
  readonly at: number;
  /** What should be there. */
  readonly expected: string;
}

/** What a size must be, for errors. */
export const EXPECTED_SIZE: string =
  `a size from 1 to ${LARGEST_REFERENCE_BYTES} bytes`;

export function lineError(bytes: Uint8Array, fault: LineFault): SyntaxError {
  const { name, line, lineStart, at, expected } = fault;
  const feed = bytes.indexOf(0x0a, at);
  let end = feed < 0 ? bytes.length : feed;
  if (end > at && bytes[end - 1] === 0x0d) end--;
  return inputError({
    kind: "trace",
    name,
    where: `line ${line}, column ${at - lineStart + 1}`,
    found: quoteInput(bytes, { start: at, end }),
    expected,
  });
}

function digitTable(digits: string): Int8Array {
  const table = new Int8Array(256).fill(-1);
  [...digits].forEach((digit, value) => {
    table[digit.charCodeAt(0)] = value;
    table[digit.toUpperCase().charCodeAt(0)] = value;
  });
  return table;
}
