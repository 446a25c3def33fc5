/**
 * The ASCII trace of MQSim (CMU-SAFARI/MQSim, traces/): arrival in ns, device,
 * first sector, sectors, type (0 write, 1 read).
 */
import type { BatchBuilder } from "./batch.ts";
import { DeviceSpace } from "./device_space.ts";
import { type LineParser, lineReader } from "./line_batches.ts";
import { LineCursor } from "../text/line_cursor.ts";
import type { TraceFormat } from "./trace_format.ts";
import { headLines } from "./trace_head.ts";
import { WINDOW_OP } from "./window.ts";

const SECTOR_BYTES = 512;

/** MQSim's ASCII trace. */
export const mqsim: TraceFormat = {
  id: "mqsim",
  name: "MQSim trace",
  origin: "traces/ of CMU-SAFARI/MQSim",
  source: "README of CMU-SAFARI/MQSim, trace-based workloads",
  samples: ["938513000 4 264719034 16 0\n7 4 0 1 1\n 8\t5 1 255 1 \r\n\n"],
  tokens: [" 0\n", " 1\n", "\t"],
  detect(head) {
    return /^\s*\d+[ \t]+\d+[ \t]+\d+[ \t]+\d+[ \t]+[01][ \t]*$/
      .test(headLines(head)[0] ?? "");
  },
  read: lineReader((name) => new MqsimParser(name)),
};

class MqsimParser implements LineParser {
  readonly cursor: LineCursor;
  readonly #devices: DeviceSpace;
  readonly #io = { op: 0, offsetBytes: 0, lengthBytes: 0 };

  constructor(name: string) {
    this.cursor = new LineCursor("MQSim trace", name);
    this.#devices = new DeviceSpace("device", this.cursor);
  }

  line(rows: BatchBuilder): void {
    const { cursor } = this;
    const timeNs = cursor.integer("an arrival time in ns");
    cursor.integer("a device number");
    const device = cursor.keptText();
    const io = this.#io;
    io.offsetBytes = cursor.integer("a sector") * SECTOR_BYTES;
    io.lengthBytes = cursor.integer("a number of sectors") * SECTOR_BYTES;
    const offset = this.#devices.offsetBytes(device, io, rows);
    const type = cursor.integer("0 (write) or 1 (read)");
    if (type > 1) cursor.fail("0 (write) or 1 (read)");
    cursor.expectEnd();
    rows.add(
      type === 1 ? WINDOW_OP.read : WINDOW_OP.write,
      offset,
      io.lengthBytes,
      timeNs,
    );
  }
}
