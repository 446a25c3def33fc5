/**
 * The default text of blkparse (blkparse_fmt.c, blockspec 5.2): one event a
 * line, `maj,min cpu seq secs.nanos pid action rwbs`, then a tail that depends
 * on the action, and a summary after the last event.
 */
import type { BatchBuilder } from "./batch.ts";
import { EVENT_ACTIONS } from "./block_event.ts";
import type { IoEvent } from "./event_choice.ts";
import { EventParser } from "./event_parser.ts";
import { lineReader } from "./line_batches.ts";
import type { LineCursor } from "../text/line_cursor.ts";
import type { TraceFormat, TraceReadOptions } from "./trace_format.ts";
import { headLines } from "./trace_head.ts";

/** Reasons by action, for events that are left out. */
const ACTION_REASON = new Map(
  EVENT_ACTIONS.map((action) => [action, `${action} event`]),
);
/** The same by the byte of an action of one letter, which most are. */
const LETTER_REASON: readonly (string | undefined)[] = Array.from(
  { length: 128 },
  (_, byte) => ACTION_REASON.get(String.fromCharCode(byte)),
);
const LETTER_C = 0x43;
const LETTER_D = 0x44;
const LETTER_Q = 0x51;

/** Non-event lines that blkparse prints around the events, on either stream. */
const REMARK =
  /^(Input file |Skipping |Bad |Trace started at |Unknown |cpu \d+ trace info )/;
const SUMMARY = /^(CPU ?\d+ ?\(|Total \(|Throughput \(|Events \(|Skips: )/;

const SECOND_NS = 1e9;
/**
 * An event before the first one has a time below 0, which blkparse prints as an
 * unsigned number of ns: 2^64 ns are 18446744073.709551616 s, and an int keeps
 * the low 32 bits of those seconds, 1266874889.
 */
const WRAP = { secondsWide: 18446744073, seconds: 1266874889 } as const;
const WRAP_NANOS = 709551616;
const MOST_NS = 2 ** 64;
/** How long before the first event another one may be. */
const MOST_SECONDS_BEFORE = 3600;

/** blkparse's default text. */
export const blkparse: TraceFormat = {
  id: "blkparse",
  name: "blkparse text",
  origin: "blkparse -i PREFIX",
  source: "blkparse(1); blkparse_fmt.c of blktrace 1.2 and 1.3",
  hasEvents: true,
  samples: [
    "Input file t.blktrace.0 added\n" +
    "259,0    3       17     0.000104512  4711  Q   R 2048 + 8 [fio]\n" +
    "259,0    3       18     0.000105010  4711  G   R 2048 + 8 [fio]\n" +
    "259,0    3       19     0.000105300  4711  P   N [fio]\n" +
    "259,0    3       22     0.000109840  4711  U   N [fio] 1\n" +
    "259,0    3       23     0.000110100  4711  D   R 2048 + 16 [fio]\n" +
    "259,0    3       24     0.000171377     0  C   R 2048 + 16 [0]\n" +
    "259,0    3       25     0.000180000  4711  X  WS 4096 / 4352 [fio]\n" +
    "  8,0    0        2     0.000190000  4711  A   W 4096 + 8 <- (8,2) 2048\n" +
    "259,0    0        0     0.000200000     0  m   N cfq 7 slice expired\n" +
    "259,0    0       26 1266874889.709547616 1  Q  WS 8 + 8 [fio]\n" +
    "CPU3 (259,0):\n Reads Queued:           1,        4KiB\n",
    "259,0 0 1 0.000000000 100 Q ZAS 0 + 8 [z]\n" +
    "259,0 0 2 0.000000100 100 ZP W [z]\n259,0 0 3 0.000000200 1 ZU W [z] 1\n" +
    "259,0 0 4 0.000000300 100 ZM ZR 0 + 524288 [z]\n" +
    "259,0 0 5 0.000000400 0 C ZAS 16 + 8 (  1234) [0]\n",
    " 8,0 0 -1 0.000000000 0 C R 0 + 8 [0]\r\n\n" +
    "8,0 0 2 0.000010000 0 C FN 18446744073709551615 [0] \n",
    "8,0 0 1 1.000000001 1 D W 8 + 8 [x]\n8,16 1 2 2.500000000 2 Q FWS [y]\n" +
    "8,16 1 2 2.500000000 2 Q DS 16 + 8 [y]\n" +
    "8,0 0 3 3.000000000 1 D N 36 (12 00 ..) [x]\n",
  ],
  tokens: [
    ...["Q", "G", "I", "D", "C", "M", "F", "X", "A", "U", "m", "R", "W"],
    ...["RWBS", "FN", "DS", "RA", "ZA", "ZR", "WZ", "ZP", "ZU", "ZM", "+ 8"],
    ...["[fio]", "8,0", "259,0", "0.000000001", "1266874889.709547616"],
  ],
  detect(head) {
    const lines = headLines(head);
    const first = lines.find((line) => !REMARK.test(line.trim()));
    // A trace of nothing still has its remarks and its summary.
    if (first === undefined) return lines.length > 0;
    return SUMMARY.test(first) ||
      /^\s*\d+,\d+\s+\d+\s+-?\d+\s+-?\d+\.\d+\s/.test(first);
  },
  read: lineReader((name, options) => new BlkparseParser(name, options)),
};

/** Passes over what blkparse prints around its events. */
export class BlkparseRemarks {
  #inSummary = false;

  /**
   * Counts a line that is not an event.
   *
   * @param cursor The cursor, at the line's first byte that is not a blank.
   * @returns False if the line is neither a remark nor of the summary.
   */
  pass(cursor: LineCursor, rows: BatchBuilder): boolean {
    cursor.restAsToken();
    const text = cursor.tokenText();
    if (SUMMARY.test(text)) this.#inSummary = true;
    if (this.#inSummary) rows.skip("summary line");
    else if (REMARK.test(text)) rows.skip("blkparse's own remark");
    else return false;
    return true;
  }
}

class BlkparseParser extends EventParser {
  readonly #remarks = new BlkparseRemarks();

  constructor(name: string, { events }: TraceReadOptions) {
    super({ kind: "blkparse text", name, events });
  }

  override line(rows: BatchBuilder): void {
    const { cursor } = this;
    const first = cursor.bytes[cursor.at] ?? 0;
    if (first < 0x30 || first > 0x39) {
      if (this.#remarks.pass(cursor, rows)) return;
      cursor.fail("an event that starts with a device such as 259,0");
    }
    cursor.word("a device such as 259,0");
    this.takeDevice(cursor.keptText());
    cursor.passInteger("a CPU number");
    cursor.passInteger("a sequence number");
    this.io.timeNs = readBlkparseTime(cursor);
    cursor.passInteger("a process id");
    cursor.word("an action");
    const event = ioEvent(cursor);
    if (event === undefined) {
      const reason = cursor.tokenEnd - cursor.tokenStart === 1
        ? LETTER_REASON[cursor.bytes[cursor.tokenStart] ?? 0]
        : ACTION_REASON.get(cursor.tokenText());
      if (reason === undefined) {
        return cursor.fail(`an action, one of ${EVENT_ACTIONS.join(", ")}`);
      }
      rows.skip(reason);
      return;
    }
    if (!this.events.mayTake(rows, event)) return;
    this.event.readKind();
    if (this.event.readRange(event, this.io, rows)) {
      this.events.take(rows, event, this.io);
    }
  }
}

/**
 * Returns the event of the token read last, if it can be an I/O.
 *
 * @returns The event, or undefined for any other action.
 */
export function ioEvent(cursor: LineCursor): IoEvent | undefined {
  if (cursor.tokenEnd - cursor.tokenStart !== 1) return undefined;
  const letter = cursor.bytes[cursor.tokenStart];
  return letter === LETTER_Q
    ? "Q"
    : letter === LETTER_D
    ? "D"
    : letter === LETTER_C
    ? "C"
    : undefined;
}

/**
 * Reads `secs.nanos`, printed with nine digits after the point.
 *
 * @returns ns since the trace began; negative for an event before its first.
 */
function readBlkparseTime(cursor: LineCursor): number {
  const expected = "a time such as 0.000104512";
  cursor.word(expected);
  const { bytes, tokenStart, tokenEnd } = cursor;
  const isNegative = bytes[tokenStart] === 0x2d;
  const start = isNegative ? tokenStart + 1 : tokenStart;
  const point = tokenEnd - 10;
  if (point <= start || bytes[point] !== 0x2e) cursor.fail(expected);
  let seconds = 0;
  let nanos = 0;
  for (let at = start; at < point; at++) {
    const digit = (bytes[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) cursor.fail(expected);
    seconds = seconds * 10 + digit;
  }
  for (let at = point + 1; at < tokenEnd; at++) {
    const digit = (bytes[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) cursor.fail(expected);
    nanos = nanos * 10 + digit;
  }
  const ns = blkparseNs(seconds, nanos);
  // Above 2^53 ns, as where somebody put the date in, single ns are lost.
  if (ns > MOST_NS) cursor.fail(`${expected}, < 2^64 ns`);
  return isNegative ? -ns : ns;
}

/**
 * Returns the time of an event.
 *
 * @param seconds The seconds that blkparse prints, from 0.
 * @param nanos The ns that it prints after the point.
 * @returns ns since the trace began; negative for an event before its first.
 */
export function blkparseNs(seconds: number, nanos: number): number {
  if (seconds >= WRAP.seconds - MOST_SECONDS_BEFORE) {
    for (const wrap of [WRAP.seconds, WRAP.secondsWide]) {
      const before = wrap - seconds;
      if (before < 0 || before > MOST_SECONDS_BEFORE) continue;
      if (before > 0 || nanos < WRAP_NANOS) {
        return nanos - WRAP_NANOS - before * SECOND_NS;
      }
    }
  }
  return seconds * SECOND_NS + nanos;
}
