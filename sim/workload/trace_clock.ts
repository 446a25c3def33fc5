/**
 * Times of a trace that count from somewhere far away, such as 1601 or 1970:
 * more digits than a double holds, but only the differences matter.
 */
import type { LineCursor } from "../text/line_cursor.ts";

/** Low decimal digits that are kept apart. */
const LOW_DIGITS = 9;
const LOW = 10 ** LOW_DIGITS;
const POINT = 0x2e;
/** No time that anybody writes has more digits. */
const MOST_DIGITS = 20;

/** Turns times into ns since the first one; earlier ones come out negative. */
export class TraceClock {
  readonly #cursor: LineCursor;
  #firstHigh = -1;
  #firstLow = 0;

  /**
   * Makes a clock of one trace.
   *
   * @param cursor Whose last token is the time.
   */
  constructor(cursor: LineCursor) {
    this.#cursor = cursor;
  }

  /**
   * Reads a time in whole ticks.
   *
   * @returns ns since the first time.
   */
  ticks(tickNs: number, expected: string): number {
    const cursor = this.#cursor;
    const { tokenStart, tokenEnd } = cursor;
    if (tokenEnd - tokenStart > MOST_DIGITS) cursor.fail(expected);
    const cut = Math.max(tokenStart, tokenEnd - LOW_DIGITS);
    cursor.tokenEnd = cut;
    const high = cursor.tokenInteger(expected);
    cursor.tokenStart = cut;
    cursor.tokenEnd = tokenEnd;
    const low = cursor.tokenInteger(expected);
    cursor.tokenStart = tokenStart;
    return this.#since(high, low) * tickNs;
  }

  /**
   * Reads a time in seconds with or without a fraction; digits after the ns are
   * cut.
   *
   * @returns ns since the first time.
   */
  seconds(expected: string): number {
    const cursor = this.#cursor;
    const { bytes, tokenStart, tokenEnd } = cursor;
    let point = tokenStart;
    while (point < tokenEnd && bytes[point] !== POINT) point++;
    if (point === tokenStart && point === tokenEnd - 1) cursor.fail(expected);
    cursor.tokenEnd = point;
    const high = cursor.tokenInteger(expected);
    cursor.tokenStart = Math.min(point + 1, tokenEnd);
    cursor.tokenEnd = Math.min(cursor.tokenStart + LOW_DIGITS, tokenEnd);
    const digits = cursor.tokenEnd - cursor.tokenStart;
    const low = cursor.tokenInteger(expected) * 10 ** (LOW_DIGITS - digits);
    cursor.tokenStart = cursor.tokenEnd;
    cursor.tokenEnd = tokenEnd;
    cursor.passDigits(expected);
    cursor.tokenStart = tokenStart;
    return this.#since(high, low);
  }

  #since(high: number, low: number): number {
    if (this.#firstHigh < 0) {
      this.#firstHigh = high;
      this.#firstLow = low;
    }
    return (high - this.#firstHigh) * LOW + (low - this.#firstLow);
  }
}
