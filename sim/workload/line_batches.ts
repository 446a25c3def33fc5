/**
 * The loop that all text formats share: cuts chunks into lines, hands each to
 * the format's parser, and yields the batch whenever it is full.
 */
import type { BatchBuilder, IoBatch } from "./batch.ts";
import type { LineCursor } from "../text/line_cursor.ts";
import type {
  TraceFormat,
  TraceInput,
  TraceReadOptions,
} from "./trace_format.ts";

/** Longest line that a reader takes, so that garbage cannot eat memory. */
export const LONGEST_LINE_BYTES = 65536;

const NEWLINE = 0x0a;

/** Parses the lines of one format. */
export interface LineParser {
  readonly cursor: LineCursor;
  /**
   * Parses the line that the cursor is on, which is not blank; adds at most one
   * row.
   */
  line(rows: BatchBuilder): void;
  /**
   * Ends the trace; yields what was held back.
   *
   * @returns The batches that were filled.
   */
  finish?(rows: BatchBuilder): Iterable<IoBatch>;
}

/**
 * Makes the reader of a format whose files are read one after another.
 *
 * @param parserOf Makes the parser of a file by its name.
 */
export function lineReader(
  parserOf: (name: string, options: TraceReadOptions) => LineParser,
): TraceFormat["read"] {
  return async function* (inputs, rows, options) {
    for (const input of inputs) {
      const parser = parserOf(input.name, options);
      yield* lineBatches(input, { parser, rows });
    }
  };
}

/**
 * Reads a text line by line.
 *
 * @returns The batches, `rows` itself each time.
 * @throws {SyntaxError} If a line is malformed or longer than 64 KiB.
 */
async function* lineBatches(
  input: TraceInput,
  options: { parser: LineParser; rows: BatchBuilder },
): AsyncGenerator<IoBatch, void> {
  const { parser, rows } = options;
  const { cursor } = parser;
  const carry = new Uint8Array(LONGEST_LINE_BYTES);
  let carried = 0;
  const keep = (part: Uint8Array) => {
    if (carried + part.length > LONGEST_LINE_BYTES) {
      throw cursor.tooLong(LONGEST_LINE_BYTES);
    }
    carry.set(part, carried);
    carried += part.length;
  };
  const takeCarried = () => {
    cursor.nextLine(carry, 0, carried);
    carried = 0;
    parseLine(options);
  };
  for await (const chunk of input.chunks) {
    let start = 0;
    if (carried > 0) {
      const newline = chunk.indexOf(NEWLINE);
      keep(chunk.subarray(0, newline < 0 ? chunk.length : newline));
      if (newline < 0) continue;
      takeCarried();
      start = newline + 1;
      if (rows.isFull) yield* rows.handOn();
    }
    for (;;) {
      start = parseLines(chunk, start, options);
      if (!rows.isFull) break;
      yield* rows.handOn();
    }
    if (start < chunk.length) keep(chunk.subarray(start));
  }
  if (carried > 0) takeCarried();
  rows.tally.lines = cursor.line;
  if (parser.finish !== undefined) {
    if (rows.isFull) yield* rows.handOn();
    yield* parser.finish(rows);
  }
  if (rows.count > 0) yield* rows.handOn();
}

/** Parses whole lines until the batch is full or no whole line is left. */
function parseLines(
  chunk: Uint8Array,
  from: number,
  options: { parser: LineParser; rows: BatchBuilder },
): number {
  const { rows, parser: { cursor } } = options;
  let start = from;
  while (!rows.isFull) {
    const newline = chunk.indexOf(NEWLINE, start);
    if (newline < 0) return start;
    if (newline - start > LONGEST_LINE_BYTES) break;
    cursor.nextLine(chunk, start, newline);
    parseLine(options);
    start = newline + 1;
  }
  return start;
}

function parseLine(
  { parser, rows }: { parser: LineParser; rows: BatchBuilder },
): void {
  if (parser.cursor.isAtEnd()) rows.skip("blank line");
  else parser.line(rows);
}
