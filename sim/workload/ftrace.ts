/**
 * Block events of the kernel's tracer as text, however they were printed: by
 * tracefs (`trace`, `trace_pipe`), by `trace-cmd report`, by `perf script`, or
 * by the `blk` tracer (include/trace/events/block.h; kernel/trace/blktrace.c):
 *
 *     fio-123  [001] ..... 5.000123: block_bio_queue: 8,0 R 2048 + 8 [fio]
 *     fio-123  [001] 5.000125: block_rq_issue: 8,0 R 4096 () 2048 + 8 [fio]
 *     fio-123  [001] 5.000126: block_rq_issue: 8,0 R 4096 () 8 + 8 be,0,4 [fio]
 *     fio 123 [001] 5.000201: block:block_rq_complete: 8,0 R () 2048 + 8 [0]
 *     fio-123  [001] ..... 5.000123:   8,0    Q   R 2048 + 8 [fio]
 */
import type { BatchBuilder } from "./batch.ts";
import { ioEvent } from "./blkparse.ts";
import { EVENT_ACTIONS } from "./block_event.ts";
import type { IoEvent } from "./event_choice.ts";
import { EventParser } from "./event_parser.ts";
import { lineReader } from "./line_batches.ts";
import { KeptToken } from "../text/line_cursor.ts";
import { TraceClock } from "./trace_clock.ts";
import type { TraceFormat, TraceReadOptions } from "./trace_format.ts";
import { headLines } from "./trace_head.ts";

const COLON = 0x3a;
const SPACE = 0x20;
const TAB = 0x09;
const OPEN_PARENTHESIS = 0x28;
const CLOSE_PARENTHESIS = 0x29;

/** What is in a line between its range and the device. */
interface EventForm {
  /** Which event of blktrace it is. */
  readonly event: IoEvent;
  /** Whether a number of bytes is before the command. */
  readonly hasBytes: boolean;
  /** Whether a command in parentheses is there. */
  readonly hasCommand: boolean;
}

/** Events that can be I/Os, by name. */
const FORMS: ReadonlyMap<string, EventForm> = named([
  ["block_bio_queue", { event: "Q", hasBytes: false, hasCommand: false }],
  ["block_rq_issue", { event: "D", hasBytes: true, hasCommand: true }],
  ["block_rq_complete", { event: "C", hasBytes: false, hasCommand: true }],
]);

/** Other events of block.h, which are counted by name. */
const OTHERS = named(
  ("block_bio_backmerge block_bio_bounce block_bio_complete " +
    "block_bio_frontmerge block_bio_remap block_dirty_buffer block_getrq " +
    "block_io_done block_io_start block_plug block_rq_error block_rq_insert " +
    "block_rq_merge block_rq_remap block_rq_requeue block_sleeprq block_split " +
    "block_touch_buffer block_unplug block_zwplug_bio").split(" ")
    .map((name) => [name, `${name} event`] as const),
);

/** By the words that lines have: perf puts the subsystem before a name. */
function named<Value>(
  entries: readonly (readonly [string, Value])[],
): ReadonlyMap<string, Value> {
  return new Map(entries.flatMap(([name, value]) => [
    [`${name}:`, value],
    [`block:${name}:`, value],
  ]));
}

/** Lines of the printing programs that are not events. */
const REMARK = /^(#|cpus=|version = |CPU ?\d+ is empty|trace-cmd: )/;
/** Events that the buffer had no room for. */
const LOST = /^(CPU:\d+ )?\[?LOST \d+ EVENTS/;

/** What is after the time of a block event, or of the blk tracer's. */
const BLOCK_EVENT =
  /\s\d+\.\d+:\s+((block:)?block_\w+:\s|\d+,\d+\s+[A-Zm]{1,2}\s)/;
/** What is after the time of any event. */
const ANY_EVENT = /\s\d+\.\d+:\s+(\w+:)?\w+:/;

/** Block events of ftrace, trace-cmd and perf. */
export const ftrace: TraceFormat = {
  id: "ftrace",
  name: "ftrace block events",
  origin: "trace-cmd record -e block, then trace-cmd report; or perf script",
  source: "include/trace/events/block.h and kernel/trace/blktrace.c of Linux",
  hasEvents: true,
  samples: [
    "# tracer: nop\n#\n#           TASK-PID     CPU#  |||||  TIMESTAMP\n" +
    "             fio-2345    [001] ..... 12.000123: block_bio_queue: " +
    "259,0 WS 2048 + 8 [fio]\n" +
    "             fio-2345    [001] d..1. 12.000124: block_getrq: " +
    "259,0 WS 2048 + 8 [fio]\n" +
    "             fio-2345    [001] ..... 12.000126: block_rq_issue: " +
    "259,0 WS 4096 () 2048 + 8 none,0,0 [fio]\n" +
    "CPU:1 [LOST 12 EVENTS]\n" +
    "          <idle>-0       [000] d.h1. 12.000201: block_rq_complete: " +
    "259,0 WS () 2048 + 8 none,0,0 [0]\n" +
    " kworker/0:1H-77 (  77)  [000] ..... 12.000300: block_bio_queue: " +
    "259,0 FF 0 + 0 [kworker/0:1H]\n",
    "cpus=2\n             fio-2345  [001]  12.000126: block_rq_issue:       " +
    "8,0 R 36 (12 00 00 00 24 00) 0 + 0 [fio]\n" +
    "             fio-2345  [001]  12.000127: sched_switch:         x\n" +
    "             fio-2345  [001]  12.000128: block_rq_issue:       " +
    "8,0 R 4096 () 8 + 8 [my app: 1]\n",
    "fio  2345/2345  [001]    12.000201:  block:block_rq_complete: " +
    "8,16 ZA () 2048 + 8 [0]\n",
    "             fio-2345    [001] ..... 12.000123:   8,0    Q   R 2048 + 8 " +
    "[fio]\n" +
    "             fio-2345    [001] ..... 12.000124:   8,0   UT   N [fio] 1\n",
  ],
  tokens: [
    ...["block_bio_queue: ", "block_rq_issue: ", "block_rq_complete: "],
    ...["block_plug: ", " () ", "12.5: ", "8,0", "259,0", "R", "WS", "FF"],
    ...["ZA", "+", "[fio]", "none,0,0", "[LOST 1 EVENTS]", "Q", "UT"],
  ],
  detect(head) {
    const lines = headLines(head);
    return lines.some((line) => BLOCK_EVENT.test(` ${line}`)) &&
      lines.every((line, index) =>
        index === lines.length - 1 || isRemark(line) ||
        BLOCK_EVENT.test(` ${line}`) || ANY_EVENT.test(` ${line}`)
      );
  },
  read: lineReader((name, options) => new FtraceParser(name, options)),
};

function isRemark(line: string): boolean {
  const text = line.trimStart();
  return REMARK.test(text) || LOST.test(text);
}

class FtraceParser extends EventParser {
  readonly #clock: TraceClock;
  readonly #names = new KeptToken();
  readonly #devices = new KeptToken();

  constructor(name: string, { events }: TraceReadOptions) {
    super({ kind: "ftrace block events", name, events });
    this.#clock = new TraceClock(this.cursor);
  }

  override line(rows: BatchBuilder): void {
    const { cursor } = this;
    const lineStart = cursor.at;
    if (!this.#toTime()) {
      cursor.at = lineStart;
      this.#remark(rows);
      return;
    }
    this.io.timeNs = this.#clock.seconds("a time in seconds");
    cursor.at = cursor.tokenEnd + 1;
    cursor.word("the name of an event");
    const form = this.#form(rows);
    if (form === undefined || !this.events.mayTake(rows, form.event)) return;
    this.event.readKind();
    if (form.hasBytes) cursor.passInteger("a number of bytes");
    if (form.hasCommand) this.#passCommand();
    if (this.event.readRange(form.event, this.io, rows)) {
      this.events.take(rows, form.event, this.io);
    }
  }

  /**
   * Makes the time of the line the token: the first number with a point and a
   * colon after it. What is before it, such as a task's name, may have blanks
   * and colons of its own.
   */
  #toTime(): boolean {
    const { cursor } = this;
    const { bytes, end } = cursor;
    let wordStart = cursor.at;
    let hasPoint = false;
    let isNumber = true;
    for (let at = wordStart; at < end; at++) {
      const byte = bytes[at] ?? 0;
      if (byte === SPACE || byte === TAB) {
        wordStart = at + 1;
        hasPoint = false;
        isNumber = true;
      } else if (byte === COLON) {
        const next = bytes[at + 1];
        const isTime = isNumber && hasPoint && at > wordStart &&
          (at + 1 === end || next === SPACE || next === TAB);
        if (isTime) {
          cursor.tokenStart = wordStart;
          cursor.tokenEnd = at;
          return true;
        }
        isNumber = false;
      } else if (byte === 0x2e && !hasPoint) hasPoint = true;
      else if (byte < 0x30 || byte > 0x39) isNumber = false;
    }
    return false;
  }

  /**
   * The form of the event whose name is the token; undefined if it is not an
   * I/O.
   */
  #form(rows: BatchBuilder): EventForm | undefined {
    const { cursor } = this;
    const first = cursor.bytes[cursor.tokenStart] ?? 0;
    if (first >= 0x30 && first <= 0x39) return this.#tracerForm(rows);
    const name = this.#names.text(cursor);
    const form = FORMS.get(name);
    if (form === undefined) {
      rows.skip(OTHERS.get(name) ?? "event of something else");
      return undefined;
    }
    cursor.word("a device such as 259,0");
    this.takeDevice(this.#devices.text(cursor));
    return form;
  }

  /** A line of the blk tracer: the token is the device, an action follows. */
  #tracerForm(rows: BatchBuilder): EventForm | undefined {
    const { cursor } = this;
    this.takeDevice(this.#devices.text(cursor));
    cursor.word("an action");
    const event = ioEvent(cursor);
    if (event !== undefined) {
      return { event, hasBytes: false, hasCommand: false };
    }
    const action = cursor.tokenText();
    if (!EVENT_ACTIONS.includes(action)) {
      cursor.fail(`an action, one of ${EVENT_ACTIONS.join(", ")}`);
    }
    rows.skip(`${action} event`);
    return undefined;
  }

  /** Passes over `()` or `(12 00 ..)`. */
  #passCommand(): void {
    const { cursor } = this;
    const { bytes, end } = cursor;
    cursor.skipBlanks();
    let at = cursor.at;
    cursor.tokenStart = at;
    const isOpen = at < end && bytes[at] === OPEN_PARENTHESIS;
    while (at < end && bytes[at] !== CLOSE_PARENTHESIS) at++;
    cursor.tokenEnd = at;
    if (!isOpen || at === end) cursor.fail("a command in parentheses");
    cursor.at = at + 1;
  }

  #remark(rows: BatchBuilder): void {
    const { cursor } = this;
    cursor.restAsToken();
    const text = cursor.tokenText();
    if (LOST.test(text)) {
      rows.skip("remark of lost events");
      rows.warn({
        code: "lost-events",
        message: "the tracer lost events: I/Os are missing",
        hint: "record again with a larger buffer (trace-cmd record -b)",
      });
    } else if (REMARK.test(text)) rows.skip("remark of the tracer");
    else cursor.fail("an event with a time such as 12.000123:");
  }
}
