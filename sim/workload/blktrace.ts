/**
 * Binary blktrace, version 7, in both byte orders: `struct blk_io_trace`
 * (include/uapi/linux/blktrace_api.h), one file per CPU, merged by time.
 */
import type { BatchBuilder, IoBatch } from "./batch.ts";
import { DeviceSpace } from "./device_space.ts";
import { EventChoice, type EventIo } from "./event_choice.ts";
import { inputError } from "./input_error.ts";
import { RecordStream } from "./record_stream.ts";
import type { TraceFormat, TraceInput } from "./trace_format.ts";
import { WINDOW_OP } from "./window.ts";

const SECTOR_BYTES = 512;
const WORD = 2 ** 32;

/** Bytes of a record without its payload. */
const RECORD_BYTES = 48;

/** BLK_IO_TRACE_MAGIC, above the version in the low byte. */
const MAGIC = 0x656174;
const VERSION = 7;

/** Offsets of the fields that the reader needs. */
const FIELD = {
  time: 8,
  sector: 16,
  bytes: 24,
  action: 28,
  device: 36,
  payloadBytes: 46,
} as const;

/** enum blktrace_act: names by number, as blkparse's letters. */
const ACTIONS = " Q M F G S R D C P U UT I X B A abort drv".split(" ");
const QUEUE = 1;
const ISSUE = 7;
/** __BLK_TA_CGROUP: the payload starts with a cgroup id. */
const CGROUP = 0x100;

/** enum blktrace_cat, the bits above the action. */
const CATEGORY = {
  read: 1 << 0,
  write: 1 << 1,
  flush: 1 << 2,
  passthrough: 1 << 9,
  notify: 1 << 10,
  discard: 1 << 13,
} as const;

/** Binary blktrace. */
export const blktrace: TraceFormat = {
  name: "binary blktrace",
  origin: "blktrace -d DEVICE, PREFIX.blktrace.0 and its siblings",
  perCpu: true,
  detect: (head) => byteOrder(head) !== undefined,
  read: readBlktrace,
};

/** Tells the byte order by the magic; undefined if there is none. */
function byteOrder(head: Uint8Array): "little" | "big" | undefined {
  if (head.length < 4) return undefined;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (view.getUint32(0, true) >>> 8 === MAGIC) return "little";
  if (view.getUint32(0, false) >>> 8 === MAGIC) return "big";
  return undefined;
}

async function* readBlktrace(
  inputs: readonly TraceInput[],
  rows: BatchBuilder,
): AsyncGenerator<IoBatch, void> {
  const files = inputs.map((input) => new CpuFile(input));
  try {
    const events = new TraceEvents(rows);
    let open = await advanceAll(files);
    for (;;) {
      const file = earliest(open);
      if (file === undefined) break;
      events.take(file);
      if (rows.isFull) {
        yield rows;
        rows.clear();
      }
      // Only a chunk's end is worth an await; records are taken at once.
      if (!file.next() && !(await file.nextSlow())) {
        open = open.filter((other) => other !== file);
      }
    }
    yield* events.finish();
    if (rows.count > 0) {
      yield rows;
      rows.clear();
    }
  } finally {
    for (const file of files) await file.close();
  }
}

async function advanceAll(files: CpuFile[]): Promise<CpuFile[]> {
  const open: CpuFile[] = [];
  for (const file of files) if (await file.nextSlow()) open.push(file);
  return open;
}

/** The file whose record is earliest; of equals the one of the lowest CPU. */
function earliest(files: readonly CpuFile[]): CpuFile | undefined {
  let best = files[0];
  for (let i = 1; i < files.length; i++) {
    const file = files[i];
    if (file !== undefined && best !== undefined && file.timeNs < best.timeNs) {
      best = file;
    }
  }
  return best;
}

/** The file of one CPU, standing on a record. */
class CpuFile {
  timeNs = 0;
  sector = 0;
  bytes = 0;
  action = 0;
  device = 0;
  readonly #name: string;
  readonly #stream: RecordStream;
  #isLittleEndian = true;
  #records = 0;
  #skipBytes = 0;

  constructor(input: TraceInput) {
    this.#name = input.name;
    this.#stream = new RecordStream(input.chunks);
  }

  /** Goes to the next record if it is in memory. */
  next(): boolean {
    const stream = this.#stream;
    if (stream.buffered < this.#skipBytes + RECORD_BYTES) return false;
    stream.at += this.#skipBytes;
    this.#parse();
    return true;
  }

  /** Goes to the next record; false at the end of the file. */
  async nextSlow(): Promise<boolean> {
    const stream = this.#stream;
    if (!(await stream.ensure(this.#skipBytes))) {
      this.#fail(
        `${stream.buffered} bytes of payload`,
        `${this.#skipBytes} bytes`,
      );
    }
    stream.at += this.#skipBytes;
    this.#skipBytes = 0;
    if (!(await stream.ensure(RECORD_BYTES))) {
      if (stream.buffered === 0) return false;
      this.#records++;
      this.#fail(
        `${stream.buffered} bytes`,
        `a record of ${RECORD_BYTES} bytes; the file is cut off`,
      );
    }
    this.#parse();
    return true;
  }

  async close(): Promise<void> {
    await this.#stream.close();
  }

  #parse(): void {
    const stream = this.#stream;
    const { view, at } = stream;
    this.#records++;
    if (this.#records === 1) {
      const order = byteOrder(stream.bytes.subarray(at, at + RECORD_BYTES));
      if (order !== undefined) this.#isLittleEndian = order === "little";
    }
    const little = this.#isLittleEndian;
    const magic = view.getUint32(at, little);
    if (magic !== MAGIC * 256 + VERSION) {
      if (magic >>> 8 === MAGIC) {
        this.#fail(`version ${magic & 0xff}`, `version ${VERSION}`);
      }
      this.#fail(
        `0x${magic.toString(16).padStart(8, "0")}`,
        `the magic 0x${(MAGIC * 256 + VERSION).toString(16)}`,
      );
    }
    this.timeNs = wide(view, at + FIELD.time, little);
    this.sector = wide(view, at + FIELD.sector, little);
    this.bytes = view.getUint32(at + FIELD.bytes, little);
    this.action = view.getUint32(at + FIELD.action, little);
    this.device = view.getUint32(at + FIELD.device, little);
    this.#skipBytes = view.getUint16(at + FIELD.payloadBytes, little);
    stream.at = at + RECORD_BYTES;
  }

  /**
   * Fails at the record.
   *
   * @param found What stands there.
   * @param expected What should.
   */
  #fail(found: string, expected: string): never {
    throw this.error(found, expected);
  }

  /**
   * Makes an error of this record.
   *
   * @param found What stands there.
   * @param expected What should.
   * @returns The error, to be thrown.
   */
  error(found: string, expected: string): SyntaxError {
    return inputError({
      kind: "blktrace",
      name: this.#name,
      where: `record ${this.#records}, byte ${this.#stream.position}`,
      found,
      expected,
    });
  }
}

/** A 64-bit field as a number; above 2^53 the low bits are lost. */
function wide(view: DataView, at: number, little: boolean): number {
  const first = view.getUint32(at, little);
  const second = view.getUint32(at + 4, little);
  return little ? second * WORD + first : first * WORD + second;
}

/** Turns records into I/Os. */
class TraceEvents {
  readonly #rows: BatchBuilder;
  readonly #events = new EventChoice();
  readonly #devices = new DeviceSpace("device");
  readonly #io: EventIo = { op: 0, offsetBytes: 0, lengthBytes: 0, timeNs: 0 };
  #lastDevice = -1;
  #baseBytes = 0;
  #firstTimeNs = -1;

  constructor(rows: BatchBuilder) {
    this.#rows = rows;
  }

  /** Takes the record that a file stands on. */
  take(file: CpuFile): void {
    const rows = this.#rows;
    rows.tally.lines++;
    const category = file.action >>> 16;
    if ((category & CATEGORY.notify) !== 0) {
      rows.skip("notify record");
      return;
    }
    const action = file.action & 0xffff & ~CGROUP;
    if (action !== QUEUE && action !== ISSUE) {
      const name = ACTIONS[action];
      if (name === undefined || name === "") {
        throw file.error(
          `action ${action}`,
          `one of 1 to ${ACTIONS.length - 1} (enum blktrace_act)`,
        );
      }
      rows.skip(`${name} event`);
      return;
    }
    if (!this.#range(file, category)) return;
    if (action === QUEUE) this.#events.queued(rows, this.#io);
    else this.#events.issued(rows, this.#io);
  }

  /** Ends the trace. */
  finish(): Iterable<IoBatch> {
    return this.#events.finish(this.#rows);
  }

  #range(file: CpuFile, category: number): boolean {
    const rows = this.#rows;
    const io = this.#io;
    if ((category & CATEGORY.passthrough) !== 0) {
      rows.skip("passthrough command");
      return false;
    }
    if (file.device !== this.#lastDevice) this.#device(file);
    if (this.#firstTimeNs < 0) this.#firstTimeNs = file.timeNs;
    io.timeNs = file.timeNs - this.#firstTimeNs;
    io.lengthBytes = file.bytes;
    io.offsetBytes = 0;
    if (file.bytes === 0) {
      if ((category & CATEGORY.flush) === 0) {
        rows.skip("event without a range");
        return false;
      }
      io.op = WINDOW_OP.flush;
      return true;
    }
    io.offsetBytes = this.#baseBytes + file.sector * SECTOR_BYTES;
    if (io.offsetBytes + io.lengthBytes > Number.MAX_SAFE_INTEGER) {
      throw file.error(
        `sector ${file.sector}`,
        "an I/O that ends below 2^53 bytes",
      );
    }
    if ((category & CATEGORY.discard) !== 0) io.op = WINDOW_OP.discard;
    else if ((category & CATEGORY.write) !== 0) io.op = WINDOW_OP.write;
    else if ((category & CATEGORY.read) !== 0) io.op = WINDOW_OP.read;
    else {
      rows.skip("event without data");
      return false;
    }
    return true;
  }

  #device(file: CpuFile): void {
    const major = file.device >>> 20;
    const minor = file.device & 0xfffff;
    const base = this.#devices.baseBytes(`${major},${minor}`, this.#rows);
    if (base < 0) {
      throw file.error(`device ${major},${minor}`, "at most 128 devices");
    }
    this.#lastDevice = file.device;
    this.#baseBytes = base;
  }
}
