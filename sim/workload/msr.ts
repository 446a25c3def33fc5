/**
 * MSR Cambridge csv (FAST '08, SNIA IOTTA; blockspec 5.3): Timestamp in ticks
 * of 100 ns since 1601, Hostname, DiskNumber, Type, Offset, Size,
 * ResponseTime; no header line, though copies with one go around.
 */
import type { BatchBuilder } from "./batch.ts";
import { DeviceSpace } from "./device_space.ts";
import { type LineParser, lineReader } from "./line_batches.ts";
import { LineCursor } from "./line_cursor.ts";
import type { TraceFormat } from "./trace_format.ts";
import { headLines } from "./trace_head.ts";
import { WINDOW_OP } from "./window.ts";

const TICK_NS = 100;

/**
 * Low decimal digits of a timestamp that are kept apart: with all 18 it is
 * above 2^53.
 */
const LOW_DIGITS = 9;

/** MSR Cambridge csv. */
export const msr: TraceFormat = {
  name: "MSR Cambridge csv",
  origin: "SNIA IOTTA, set 388",
  detect(head) {
    const first = headLines(head)[0] ?? "";
    return /^timestamp,hostname,disknumber,/i.test(first) ||
      /^\d+,[^,]*,\d+,[a-z]+,/i.test(first);
  },
  read: lineReader((name) => new MsrParser(name)),
};

class MsrParser implements LineParser {
  readonly kind = "MSR Cambridge csv";
  readonly cursor: LineCursor;
  readonly #devices = new DeviceSpace("device");
  #firstHigh = -1;
  #firstLow = 0;

  constructor(name: string) {
    this.cursor = new LineCursor(this.kind, name);
  }

  line(rows: BatchBuilder): void {
    const { cursor } = this;
    if (cursor.isAtEnd()) {
      rows.skip("blank line");
      return;
    }
    cursor.commaField("a timestamp");
    if (cursor.line === 1 && cursor.tokenText().toLowerCase() === "timestamp") {
      rows.skip("header");
      return;
    }
    const timeNs = this.#time();
    const deviceStart = cursor.at;
    cursor.commaField("a host name");
    cursor.commaField("a disk number");
    cursor.tokenInteger("a disk number");
    cursor.tokenStart = deviceStart; // host and disk together
    const base = this.#devices.baseBytes(cursor.tokenText(), rows);
    if (base < 0) cursor.fail("at most 128 disks in one trace");
    cursor.commaField("Read or Write");
    const type = cursor.tokenText().toLowerCase();
    if (type !== "read" && type !== "write") cursor.fail("Read or Write");
    cursor.commaField("an offset in bytes");
    const offset = cursor.tokenInteger("an offset in bytes");
    cursor.commaField("a size in bytes");
    const size = cursor.tokenInteger("a size in bytes");
    if (base + offset + size > Number.MAX_SAFE_INTEGER) {
      cursor.fail("an I/O that ends below 2^53 bytes");
    }
    cursor.commaField("a response time");
    cursor.tokenInteger("a response time in ticks of 100 ns");
    if (cursor.at <= cursor.end) {
      cursor.commaField("the end of the line");
      cursor.fail("the end of the line");
    }
    rows.add(
      type === "read" ? WINDOW_OP.read : WINDOW_OP.write,
      base + offset,
      size,
      timeNs,
    );
  }

  /** Time behind the first row's; earlier rows than that come out negative. */
  #time(): number {
    const { cursor } = this;
    const { tokenStart, tokenEnd } = cursor;
    const expected = "a timestamp in ticks of 100 ns";
    if (tokenEnd - tokenStart > 20) cursor.fail(expected);
    const cut = Math.max(tokenStart, tokenEnd - LOW_DIGITS);
    cursor.tokenEnd = cut;
    const high = cursor.tokenInteger(expected);
    cursor.tokenStart = cut;
    cursor.tokenEnd = tokenEnd;
    const low = cursor.tokenInteger(expected);
    if (this.#firstHigh < 0) {
      this.#firstHigh = high;
      this.#firstLow = low;
    }
    const ticks = (high - this.#firstHigh) * 10 ** LOW_DIGITS +
      (low - this.#firstLow);
    return ticks * TICK_NS;
  }
}
