/**
 * What the text of a block event says after its action, in the words of
 * blkparse and of the kernel's own trace events alike: the kind of I/O (`rwbs`)
 * and its range.
 *
 *     FWFS 2048 + 8 [fio]      preflush, write, FUA, sync
 *     FN [kworker]             a flush alone
 *     ZA 524288 + 8 [fio]      a zone append, which moves data as a write does
 *     ZR 0 + 524288 [fio]      a zone operation, which moves none
 */
import type { BatchBuilder } from "./batch.ts";
import type { EventIo, IoEvent } from "./event_choice.ts";
import { ioRangeProblem } from "./io_limits.ts";
import type { LineCursor } from "../text/line_cursor.ts";
import { WINDOW_OP } from "./window.ts";

const SECTOR_BYTES = 512;
const PLUS = 0x2b;
const OPEN_PARENTHESIS = 0x28;
const OPEN_BRACKET = 0x5b;
const EXPECTED_KIND = "the kind of I/O, one of R, W, D, F, N, Z with suffixes";

/** Letters of rwbs (blkparse_fmt.c, fill_rwbs(); blk_fill_rwbs()). */
const LETTER = {
  append: 0x41, // A
  discard: 0x44, // D
  flush: 0x46, // F
  none: 0x4e, // N
  read: 0x52, // R
  write: 0x57, // W
  zone: 0x5a, // Z
} as const;

/** `WINDOW_OP` of each kind that is replayed; the reason of each that is not. */
const OPERATION_OF: ReadonlyMap<number, number | string> = new Map<
  number,
  number | string
>([
  [LETTER.read, WINDOW_OP.read],
  [LETTER.write, WINDOW_OP.write],
  [LETTER.discard, WINDOW_OP.discard],
  [LETTER.flush, WINDOW_OP.flush],
  [LETTER.none, "event without data"],
  [LETTER.zone, "zone operation"],
]);

/** Letters of actions that blkparse(1) prints, in protocol 8 as well. */
export const EVENT_ACTIONS: readonly string[] =
  "A B C D F G I M P Q R S T U UT X m ZP ZU ZM".split(" ");

/** Reads the kind and the range of events; one serves a whole trace. */
export class BlockEventReader {
  readonly #cursor: LineCursor;
  #operation: number | string = WINDOW_OP.flush;
  #hasPreflush = false;
  #isAppend = false;

  constructor(cursor: LineCursor) {
    this.#cursor = cursor;
  }

  /** Reads the next word as the kind of I/O. */
  readKind(): void {
    this.#cursor.word("the kind of I/O, such as WS");
    this.takeKind();
  }

  /** Takes the token read last as the kind of I/O. */
  takeKind(): void {
    const cursor = this.#cursor;
    const { bytes, tokenStart, tokenEnd } = cursor;
    let at = tokenStart;
    // A leading F is a flush before the I/O (REQ_PREFLUSH), or all of it.
    this.#hasPreflush = bytes[at] === LETTER.flush;
    if (this.#hasPreflush && at + 1 < tokenEnd) {
      const next = bytes[at + 1];
      if (
        next === LETTER.write || next === LETTER.read ||
        next === LETTER.discard || next === LETTER.zone
      ) at++;
    }
    const kind = bytes[at] ?? 0;
    const next = at + 1 < tokenEnd ? bytes[at + 1] : 0;
    this.#isAppend = kind === LETTER.zone && next === LETTER.append;
    if (this.#isAppend) this.#operation = WINDOW_OP.write;
    else if (kind === LETTER.write && next === LETTER.zone) {
      this.#operation = "write-zeroes"; // REQ_OP_WRITE_ZEROES moves no data
    } else {
      const operation = OPERATION_OF.get(kind);
      if (operation === undefined) return cursor.fail(EXPECTED_KIND);
      this.#operation = operation;
    }
  }

  /**
   * Reads the range. If there is none, the text in its place distinguishes a
   * passthrough command from an I/O of no bytes, such as a flush:
   *
   *     Q, D   [process] or (time) [process]; bytes (12 00 ..) [process]
   *     C      sector [error] or sector (time) [error]; (12 00 ..) [error]
   *
   * @param io Filled in; its time and device stay.
   * @param rows Where events are counted that move no data.
   */
  readRange(event: IoEvent, io: EventIo, rows: BatchBuilder): boolean {
    const cursor = this.#cursor;
    const isCompleted = event === "C";
    const first = cursor.isAtEnd() ? OPEN_BRACKET : cursor.bytes[cursor.at];
    if (first === OPEN_BRACKET || first === OPEN_PARENTHESIS) {
      return this.#withoutRange(io, rows, isCompleted);
    }
    cursor.word("a sector");
    const sectorStart = cursor.tokenStart;
    const sectorEnd = cursor.tokenEnd;
    const { bytes } = cursor;
    cursor.skipBlanks();
    const next = cursor.at < cursor.end ? bytes[cursor.at] : 0;
    if (next !== PLUS) {
      cursor.passDigits("a sector");
      if (next === OPEN_BRACKET || next === OPEN_PARENTHESIS) {
        return this.#withoutRange(io, rows, !isCompleted);
      }
    }
    cursor.word('"+"');
    if (cursor.tokenEnd - cursor.tokenStart !== 1 || next !== PLUS) {
      cursor.fail('"+"');
    }
    const plusEnd = cursor.at;
    cursor.tokenStart = sectorStart;
    cursor.tokenEnd = sectorEnd;
    // blk_rq_pos() of a flush is -1, which only an empty range may have.
    const sector = sectorEnd - sectorStart > 15
      ? this.#farSector(plusEnd)
      : cursor.tokenInteger("a sector");
    const sectors = cursor.integer("a number of sectors");
    return this.take(io, rows, { sector, sectors });
  }

  /**
   * Takes a range that was read elsewhere.
   *
   * @param io Filled in; its time and device stay.
   * @param rows Where events are counted that move no data.
   * @param range First sector, and how many.
   */
  take(
    io: EventIo,
    rows: BatchBuilder,
    range: { sector: number; sectors: number },
  ): boolean {
    const cursor = this.#cursor;
    const operation = this.#operation;
    io.offsetBytes = range.sector * SECTOR_BYTES;
    io.lengthBytes = range.sectors * SECTOR_BYTES;
    if (io.lengthBytes === 0) {
      if (this.#hasPreflush) return this.#withoutRange(io, rows, false);
      rows.skip(
        typeof operation === "string" ? operation : "I/O of zero length",
      );
      return false;
    }
    const problem = ioRangeProblem(
      typeof operation === "string" ? WINDOW_OP.discard : operation,
      io.offsetBytes,
      io.lengthBytes,
    );
    if (problem !== null) cursor.fail(problem);
    if (typeof operation === "string") {
      rows.skip(operation);
      return false;
    }
    io.op = operation;
    io.isAppend = this.#isAppend;
    return true;
  }

  #withoutRange(
    io: EventIo,
    rows: BatchBuilder,
    isPassthrough: boolean,
  ): boolean {
    if (isPassthrough || !this.#hasPreflush) {
      rows.skip(
        isPassthrough ? "passthrough command" : "event without a range",
      );
      return false;
    }
    io.op = WINDOW_OP.flush;
    io.offsetBytes = 0;
    io.lengthBytes = 0;
    io.isAppend = false;
    return true;
  }

  /** A sector of 16 digits or more: 0 if nothing is there, else an error. */
  #farSector(plusEnd: number): number {
    const cursor = this.#cursor;
    const { tokenStart, tokenEnd } = cursor;
    cursor.passDigits("a sector");
    cursor.at = plusEnd;
    const sectors = cursor.integer("a number of sectors");
    cursor.tokenStart = tokenStart;
    cursor.tokenEnd = tokenEnd;
    cursor.at = plusEnd;
    return sectors === 0 ? 0 : cursor.tokenInteger("a sector");
  }
}
