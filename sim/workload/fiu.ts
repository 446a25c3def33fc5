/**
 * FIU's traces of IODedup and SRCMap: the I/Os of a file server each with the
 * digest of its content, in words: time in ns, process id, process, sector,
 * sectors, W or R, major and minor device number, MD5.
 */
import type { BatchBuilder } from "./batch.ts";
import { DeviceSpace } from "./device_space.ts";
import { type LineParser, lineReader } from "./line_batches.ts";
import { LineCursor } from "../text/line_cursor.ts";
import { TraceClock } from "./trace_clock.ts";
import type { TraceFormat } from "./trace_format.ts";
import { headLines } from "./trace_head.ts";
import { WINDOW_OP } from "./window.ts";

const SECTOR_BYTES = 512;
const READ = 0x52;
const WRITE = 0x57;

export const fiu: TraceFormat = {
  id: "fiu",
  name: "FIU trace",
  origin: "SNIA IOTTA, sets 390 and 391, homes-110108 and others",
  source: "README of those sets; Koller and Rangaswami, FAST '10",
  samples: [
    "0 4892 syslogd 904265560 8 W 6 0 531e779a0e87a1e1fc2d4e2b2dc2f5c5\n" +
    "89968195792462 20782 gzip 283193184 8 R 6 0 " +
    "56f11b711d91a065a2b6458eca924523\n",
    "100 1 kjournald 96 8 W 8 1 a\n90 1 p 96 16 R 6 0 \r\n",
  ],
  tokens: [" W ", " R ", " 8 ", "6 0", "gzip"],
  detect(head) {
    return /^\s*\d+\s+\d+\s+\S+\s+\d+\s+\d+\s+[RW]\s+\d+\s+\d+(\s|$)/
      .test(headLines(head)[0] ?? "");
  },
  read: lineReader((name) => new FiuParser(name)),
};

class FiuParser implements LineParser {
  readonly cursor: LineCursor;
  readonly #clock: TraceClock;
  readonly #devices: DeviceSpace;
  readonly #io = { op: 0, offsetBytes: 0, lengthBytes: 0 };

  constructor(name: string) {
    this.cursor = new LineCursor("FIU trace", name);
    this.#devices = new DeviceSpace("device", this.cursor);
    this.#clock = new TraceClock(this.cursor);
  }

  line(rows: BatchBuilder): void {
    const { cursor } = this;
    cursor.word("a time in ns");
    const timeNs = this.#clock.ticks(1, "a time in ns");
    cursor.passInteger("a process id");
    cursor.word("a process name");
    const io = this.#io;
    io.offsetBytes = cursor.integer("a sector") * SECTOR_BYTES;
    io.lengthBytes = cursor.integer("a number of sectors") * SECTOR_BYTES;
    const { tokenStart: lengthStart, tokenEnd: lengthEnd } = cursor;
    cursor.word("W or R");
    const letter = cursor.bytes[cursor.tokenStart];
    if (
      cursor.tokenEnd - cursor.tokenStart !== 1 ||
      (letter !== READ && letter !== WRITE)
    ) cursor.fail("W or R");
    cursor.passInteger("a major device number");
    const deviceStart = cursor.tokenStart;
    cursor.passInteger("a minor device number");
    cursor.tokenStart = deviceStart; // both numbers together
    const device = cursor.keptText();
    io.op = letter === READ ? WINDOW_OP.read : WINDOW_OP.write;
    // Errors of a range are reported at its length.
    cursor.tokenStart = lengthStart;
    cursor.tokenEnd = lengthEnd;
    const offset = this.#devices.offsetBytes(device, io, rows);
    // The digest of the content, which the lab does not keep.
    if (!cursor.isAtEnd()) cursor.word("an MD5");
    cursor.expectEnd();
    rows.add(io.op, offset, io.lengthBytes, timeNs);
  }
}
