/**
 * The ASCII trace of MQSim (CMU-SAFARI/MQSim, traces/): arrival in ns, device,
 * first sector, sectors, type (0 write, 1 read).
 */
import type { BatchBuilder } from "./batch.ts";
import { DeviceSpace } from "./device_space.ts";
import { type LineParser, lineReader } from "./line_batches.ts";
import { LineCursor } from "./line_cursor.ts";
import type { TraceFormat } from "./trace_format.ts";
import { headLines } from "./trace_head.ts";
import { WINDOW_OP } from "./window.ts";

const SECTOR_BYTES = 512;

/** MQSim's ASCII trace. */
export const mqsim: TraceFormat = {
  name: "MQSim trace",
  origin: "traces/ of CMU-SAFARI/MQSim",
  detect(head) {
    return /^\d+[ \t]+\d+[ \t]+\d+[ \t]+\d+[ \t]+\d+[ \t]*$/
      .test(headLines(head)[0] ?? "");
  },
  read: lineReader((name) => new MqsimParser(name)),
};

class MqsimParser implements LineParser {
  readonly kind = "MQSim trace";
  readonly cursor: LineCursor;
  readonly #devices = new DeviceSpace("device");

  constructor(name: string) {
    this.cursor = new LineCursor(this.kind, name);
  }

  line(rows: BatchBuilder): void {
    const { cursor } = this;
    if (cursor.isAtEnd()) {
      rows.skip("blank line");
      return;
    }
    const timeNs = cursor.integer("an arrival time in ns");
    const device = cursor.integer("a device number");
    const base = this.#devices.baseBytes(String(device), rows);
    if (base < 0) cursor.fail("at most 128 devices in one trace");
    const offset = base + cursor.integer("a sector") * SECTOR_BYTES;
    const length = cursor.integer("a number of sectors") * SECTOR_BYTES;
    if (offset + length > Number.MAX_SAFE_INTEGER) {
      cursor.fail("an I/O that ends below 2^53 bytes");
    }
    const type = cursor.integer("0 (write) or 1 (read)");
    if (type > 1) cursor.fail("0 (write) or 1 (read)");
    cursor.expectEnd();
    rows.add(
      type === 1 ? WINDOW_OP.read : WINDOW_OP.write,
      offset,
      length,
      timeNs,
    );
  }
}
