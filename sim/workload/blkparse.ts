/**
 * The default text of blkparse (blkparse_fmt.c, blockspec 5.2): one event a
 * line, `maj,min cpu seq secs.nanos pid action rwbs`, then a tail that depends
 * on the action, and a summary behind the last event.
 */
import type { BatchBuilder, IoBatch } from "./batch.ts";
import { DeviceSpace } from "./device_space.ts";
import { EventChoice, type EventIo } from "./event_choice.ts";
import { type LineParser, lineReader } from "./line_batches.ts";
import { LineCursor } from "./line_cursor.ts";
import type { TraceFormat } from "./trace_format.ts";
import { headLines } from "./trace_head.ts";
import { WINDOW_OP } from "./window.ts";

const SECTOR_BYTES = 512;

/** Actions of blkparse(1), each with what it counts as when left out. */
const ACTIONS = "A B C D F G I M P Q R S T U UT X m".split(" ");
const ACTION_REASON = new Map(
  ACTIONS.map((action) => [action, `${action} event`]),
);

/** Non-event lines that blkparse prints around the events. */
const REMARK = /^(Input file |Skipping |Bad |Trace started at )/;
const SUMMARY = /^(CPU ?\d+ ?\(|Total \(|Throughput \(|Events \(|Skips: )/;

/** blkparse's default text. */
export const blkparse: TraceFormat = {
  name: "blkparse text",
  origin: "blkparse -i PREFIX",
  detect(head) {
    const first = headLines(head).find((line) => !REMARK.test(line));
    return first !== undefined &&
      /^\s*\d+,\d+\s+\d+\s+\d+\s+\d+\.\d+\s/.test(first);
  },
  read: lineReader((name) => new BlkparseParser(name)),
};

class BlkparseParser implements LineParser {
  readonly kind = "blkparse text";
  readonly cursor: LineCursor;
  readonly #events = new EventChoice();
  readonly #devices = new DeviceSpace("device");
  readonly #io: EventIo = { op: 0, offsetBytes: 0, lengthBytes: 0, timeNs: 0 };
  #lastDevice: Uint8Array = new Uint8Array(0);
  #baseBytes = 0;
  #inSummary = false;

  constructor(name: string) {
    this.cursor = new LineCursor(this.kind, name);
  }

  line(rows: BatchBuilder): void {
    const { cursor } = this;
    if (cursor.isAtEnd()) {
      rows.skip("blank line");
      return;
    }
    const first = cursor.bytes[cursor.at] ?? 0;
    if (first < 0x30 || first > 0x39) {
      this.#remark(rows);
      return;
    }
    cursor.word("a device such as 259,0");
    if (!cursor.tokenIs(this.#lastDevice)) this.#device(rows);
    cursor.integer("a CPU number");
    cursor.integer("a sequence number");
    this.#io.timeNs = this.#time();
    cursor.integer("a process id");
    cursor.word("an action");
    const { bytes, tokenStart } = cursor;
    const letter = bytes[tokenStart] ?? 0;
    const isOneLetter = cursor.tokenEnd - tokenStart === 1;
    const isQueued = isOneLetter && letter === 0x51; // Q
    if (!isQueued && !(isOneLetter && letter === 0x44)) { // D
      const reason = ACTION_REASON.get(cursor.tokenText());
      if (reason === undefined) {
        return cursor.fail(`an action, one of ${ACTIONS.join(", ")}`);
      }
      rows.skip(reason);
      return;
    }
    if (!this.#range(rows)) return;
    if (isQueued) this.#events.queued(rows, this.#io);
    else this.#events.issued(rows, this.#io);
  }

  finish(rows: BatchBuilder): Iterable<IoBatch> {
    return this.#events.finish(rows);
  }

  /** Text around the events; anything unknown before a summary is an error. */
  #remark(rows: BatchBuilder): void {
    const { cursor } = this;
    cursor.tokenStart = cursor.at;
    cursor.tokenEnd = cursor.end;
    const text = cursor.tokenText();
    if (SUMMARY.test(text)) this.#inSummary = true;
    if (this.#inSummary) rows.skip("summary line");
    else if (REMARK.test(text)) rows.skip("blkparse's own remark");
    else cursor.fail("an event that starts with a device such as 259,0");
  }

  #device(rows: BatchBuilder): void {
    const { cursor } = this;
    const text = cursor.tokenText();
    if (!/^\d+,\d+$/.test(text)) cursor.fail("a device such as 259,0");
    const base = this.#devices.baseBytes(text, rows);
    if (base < 0) cursor.fail("at most 128 devices in one trace");
    this.#baseBytes = base;
    this.#lastDevice = cursor.bytes.slice(cursor.tokenStart, cursor.tokenEnd);
  }

  /** `secs.nanos`, printed with nine digits behind the point. */
  #time(): number {
    const { cursor } = this;
    const expected = "a time such as 0.000104512";
    cursor.word(expected);
    const { bytes, tokenStart, tokenEnd } = cursor;
    const point = tokenEnd - 10;
    if (point <= tokenStart || bytes[point] !== 0x2e) cursor.fail(expected);
    let nanos = 0;
    for (let at = tokenStart; at < tokenEnd; at++) {
      if (at === point) continue;
      const digit = (bytes[at] ?? 0) - 0x30;
      if (digit < 0 || digit > 9) cursor.fail(expected);
      nanos = nanos * 10 + digit;
    }
    if (nanos > Number.MAX_SAFE_INTEGER) cursor.fail(`${expected}, < 2^53 ns`);
    return nanos;
  }

  /** Reads rwbs and range into `#io`; false if the event moves no data. */
  #range(rows: BatchBuilder): boolean {
    const { cursor } = this;
    cursor.word("the kind of I/O, such as WS");
    let at = cursor.tokenStart;
    const { bytes, tokenEnd } = cursor;
    // A leading F is a flush before the I/O (REQ_PREFLUSH), or all of it.
    const startsWithFlush = bytes[at] === 0x46; // F
    if (startsWithFlush && at + 1 < tokenEnd) {
      const next = bytes[at + 1];
      if (next === 0x57 || next === 0x52 || next === 0x44) at++;
    }
    const kind = String.fromCharCode(bytes[at] ?? 0);
    if (!"RWDFNZ".includes(kind)) {
      cursor.fail("the kind of I/O, one of R, W, D, F, N, Z with suffixes");
    }
    const io = this.#io;
    if (kind === "F" || cursor.isAtEnd() || bytes[cursor.at] === 0x5b) {
      // No range: `[process]` follows at once.
      if (!startsWithFlush) {
        rows.skip("event without a range");
        return false;
      }
      io.op = WINDOW_OP.flush;
      io.offsetBytes = 0;
      io.lengthBytes = 0;
      return true;
    }
    const sector = cursor.integer("a sector");
    cursor.word('"+"');
    if (bytes[cursor.tokenStart] === 0x28) { // (12 00 ..): a SCSI command
      rows.skip("passthrough command");
      return false;
    }
    if (
      cursor.tokenEnd - cursor.tokenStart !== 1 || bytes[cursor.at - 1] !== 0x2b
    ) {
      cursor.fail('"+"');
    }
    io.offsetBytes = this.#baseBytes + sector * SECTOR_BYTES;
    io.lengthBytes = cursor.integer("a number of sectors") * SECTOR_BYTES;
    if (io.offsetBytes + io.lengthBytes > Number.MAX_SAFE_INTEGER) {
      cursor.fail("an I/O that ends below 2^53 bytes");
    }
    if (kind === "N" || kind === "Z") {
      rows.skip(kind === "N" ? "event without data" : "zone operation");
      return false;
    }
    io.op = kind === "R"
      ? WINDOW_OP.read
      : kind === "W"
      ? WINDOW_OP.write
      : WINDOW_OP.discard;
    if (io.lengthBytes === 0 && startsWithFlush) io.op = WINDOW_OP.flush;
    return true;
  }
}
