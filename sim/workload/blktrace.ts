/**
 * Binary blktrace, protocols 7 and 8, in both byte orders: `struct
 * blk_io_trace` and `struct blk_io_trace2` (include/uapi/linux/blktrace_api.h;
 * the latter from Linux 6.19 on, for zoned devices), one file per CPU, merged
 * by time.
 */
import type { BatchBuilder, IoBatch } from "./batch.ts";
import { createEventIo, EventChoice, type IoEvent } from "./event_choice.ts";
import { inputError } from "./input_error.ts";
import { RecordStream } from "./record_stream.ts";
import { warnOfCut } from "./tally.ts";
import type {
  TraceFormat,
  TraceInput,
  TraceReadOptions,
} from "./trace_format.ts";
import { WINDOW_OP } from "./window.ts";

const SECTOR_BYTES = 512;
const WORD = 2 ** 32;

/** BLK_IO_TRACE_MAGIC, above the version in the low byte. */
const MAGIC = 0x656174;

/** Where the fields of a record stand that the reader needs. */
interface RecordForm {
  /** Bytes of a record without its payload. */
  readonly bytes: number;
  readonly action: number;
  /** The low and the high half, where the action has 64 bits. */
  readonly isWide: boolean;
  readonly device: number;
  readonly payloadBytes: number;
}

/** Fields that both versions have at the same place. */
const FIELD = { time: 8, sector: 16, bytes: 24 } as const;

/** Forms by version. */
const FORMS: ReadonlyMap<number, RecordForm> = new Map([
  [7, { bytes: 48, action: 28, isWide: false, device: 36, payloadBytes: 46 }],
  [8, { bytes: 64, action: 32, isWide: true, device: 40, payloadBytes: 50 }],
]);
const VERSIONS = [...FORMS.keys()].join(" or ");
const MAGICS = [...FORMS.keys()].map((version) =>
  `0x${(MAGIC * 256 + version).toString(16)}`
).join(" or ");
/** Bytes that every record has at least. */
const LEAST_RECORD_BYTES = 48;

/** enum blktrace_act: names by number, as blkparse's letters. */
const ACTIONS = " Q M F G S R D C P U UT I X B A abort drv ZP ZU ZM"
  .split(" ");
/** Reasons for leaving them out, by the same number. */
const REASONS = ACTIONS.map((name) => `${name} event`);
/** Events that can be I/Os, by the same number. */
const IO_EVENT: readonly (IoEvent | undefined)[] = ACTIONS.map((name) =>
  name === "Q" || name === "D" || name === "C" ? name : undefined
);
/** __BLK_TA_CGROUP: the payload starts with a cgroup id. */
const CGROUP = 0x100;

/** enum blktrace_cat, the 16 bits above the action. */
const CATEGORY = {
  write: 1 << 1,
  flush: 1 << 2,
  passthrough: 1 << 9,
  notify: 1 << 10,
  discard: 1 << 13,
} as const;

/** The categories that only the wide action of protocol 8 has room for. */
const WIDE_CATEGORY = {
  append: 1 << 0,
  /** Reset, reset all, finish, open and close a zone. */
  zone: 0x3e,
  /** Proposed for Linux 7, not yet in blkparse. */
  writeZeroes: 1 << 6,
} as const;

/** Binary blktrace. */
export const blktrace: TraceFormat = {
  id: "blktrace",
  name: "binary blktrace",
  origin: "blktrace -d DEVICE, PREFIX.blktrace.0 and its siblings",
  source: "include/uapi/linux/blktrace_api.h, kernel/trace/blktrace.c of Linux",
  perCpu: true,
  hasEvents: true,
  samples: blktraceSamples(),
  tokens: [],
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
  options: TraceReadOptions,
): AsyncGenerator<IoBatch, void> {
  const files = inputs.map((input) => new CpuFile(input));
  try {
    const events = new TraceEvents(rows, options);
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
    for (const file of files) file.warnIfCut(rows);
    if (rows.isFull) {
      yield rows;
      rows.clear();
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
    if (file !== undefined && best !== undefined && file.isBefore(best)) {
      best = file;
    }
  }
  return best;
}

/** The file of one CPU, standing on a record. */
class CpuFile {
  /** High and low word of the time, in ns; a double has not enough bits. */
  timeHigh = 0;
  timeLow = 0;
  sector = 0;
  bytes = 0;
  action = 0;
  /** Categories above the low 32 bits of an action; 0 in protocol 7. */
  wideCategory = 0;
  device = 0;
  readonly #name: string;
  readonly #stream: RecordStream;
  #isLittleEndian = true;
  /** The magic read last, whose form is known. */
  #magic = -1;
  #lastForm: RecordForm | undefined;
  #records = 0;
  /** Bytes of the record, payload and all; 0 while it is not read. */
  #size = 0;
  #cutBytes = 0;

  constructor(input: TraceInput) {
    this.#name = input.name;
    this.#stream = new RecordStream(input.chunks);
  }

  isBefore(other: CpuFile): boolean {
    return this.timeHigh === other.timeHigh
      ? this.timeLow < other.timeLow
      : this.timeHigh < other.timeHigh;
  }

  /** Goes to the next record if it is in memory, payload and all. */
  next(): boolean {
    const stream = this.#stream;
    const { view, at } = stream;
    const left = stream.bytes.length - at;
    if (left < LEAST_RECORD_BYTES) return false;
    const form = this.#form();
    if (left < form.bytes) return false;
    const size = form.bytes +
      view.getUint16(at + form.payloadBytes, this.#isLittleEndian);
    if (left < size) return false;
    this.#parse(view, at, form);
    stream.at = at + size;
    this.#size = size;
    return true;
  }

  /**
   * Goes to the next record; false at the end of the file. One that is cut off
   * there is left out, as blkparse does: whoever kills a tracer leaves such.
   */
  async nextSlow(): Promise<boolean> {
    const stream = this.#stream;
    if (await stream.ensure(LEAST_RECORD_BYTES)) {
      const form = this.#form();
      if (
        await stream.ensure(form.bytes) &&
        await stream.ensure(form.bytes + this.#payloadBytes(form))
      ) return this.next();
    } else if (stream.buffered >= 4) this.#form();
    this.#cutBytes = stream.buffered;
    return false;
  }

  /** Warns if the file ended inside a record. */
  warnIfCut(rows: BatchBuilder): void {
    if (this.#cutBytes === 0) return;
    warnOfCut(rows, {
      name: this.#name,
      byte: this.#stream.position,
      leftBytes: this.#cutBytes,
    });
  }

  async close(): Promise<void> {
    await this.#stream.close();
  }

  /** The form of the record at hand, by the version in its magic. */
  #form(): RecordForm {
    const { view, at } = this.#stream;
    const last = this.#lastForm;
    if (
      last !== undefined &&
      view.getUint32(at, this.#isLittleEndian) === this.#magic
    ) return last;
    return this.#otherForm();
  }

  /** The form of a record that is not like the one before. */
  #otherForm(): RecordForm {
    const { view, at } = this.#stream;
    if (this.#records === 0) {
      const order = byteOrder(this.#stream.bytes.subarray(at));
      if (order !== undefined) this.#isLittleEndian = order === "little";
    }
    const magic = view.getUint32(at, this.#isLittleEndian);
    const form = FORMS.get(magic & 0xff);
    if (form !== undefined && magic >>> 8 === MAGIC) {
      this.#magic = magic;
      this.#lastForm = form;
      return form;
    }
    this.#size = 0;
    this.#records++;
    if (magic >>> 8 === MAGIC) {
      this.#fail(`version ${magic & 0xff}`, `version ${VERSIONS}`);
    }
    this.#fail(
      `0x${magic.toString(16).padStart(8, "0")}`,
      `the magic ${MAGICS}`,
    );
  }

  #payloadBytes(form: RecordForm): number {
    const { view, at } = this.#stream;
    return view.getUint16(at + form.payloadBytes, this.#isLittleEndian);
  }

  #parse(view: DataView, at: number, form: RecordForm): void {
    const little = this.#isLittleEndian;
    const low = little ? 0 : 4;
    const high = 4 - low;
    this.#records++;
    this.timeLow = view.getUint32(at + FIELD.time + low, little);
    this.timeHigh = view.getUint32(at + FIELD.time + high, little);
    this.sector = view.getUint32(at + FIELD.sector + high, little) * WORD +
      view.getUint32(at + FIELD.sector + low, little);
    this.bytes = view.getUint32(at + FIELD.bytes, little);
    const actionAt = form.isWide ? form.action + low : form.action;
    this.action = view.getUint32(at + actionAt, little);
    this.wideCategory = form.isWide
      ? view.getUint32(at + form.action + high, little)
      : 0;
    this.device = view.getUint32(at + form.device, little);
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
      where: `record ${this.#records}, byte ${
        this.#stream.position - this.#size
      }`,
      found,
      expected,
    });
  }
}

/** Turns records into I/Os. */
class TraceEvents {
  readonly #rows: BatchBuilder;
  readonly #events: EventChoice;
  readonly #io = createEventIo();
  #file: CpuFile | undefined;
  #device = -1;
  #firstHigh = -1;
  #firstLow = 0;

  constructor(rows: BatchBuilder, { events }: TraceReadOptions) {
    this.#rows = rows;
    this.#events = new EventChoice(events, (expected) => {
      throw (this.#file as CpuFile).error("its events", expected);
    });
  }

  /** Takes the record that a file stands on. */
  take(file: CpuFile): void {
    const rows = this.#rows;
    this.#file = file;
    rows.tally.lines++;
    const category = file.action >>> 16;
    if ((category & CATEGORY.notify) !== 0) {
      rows.skip("notify record");
      return;
    }
    const action = file.action & 0xffff & ~CGROUP;
    const event = IO_EVENT[action];
    if (event === undefined) {
      const name = ACTIONS[action];
      if (name === undefined || name === "") {
        throw file.error(
          `action ${action}`,
          `one of 1 to ${ACTIONS.length - 1} (enum blktrace_act)`,
        );
      }
      rows.skip(REASONS[action] ?? "");
      return;
    }
    if (!this.#events.mayTake(rows, event)) return;
    if (this.#range(file, category)) this.#events.take(rows, event, this.#io);
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
    if (file.device !== this.#device) {
      this.#device = file.device;
      io.device = `${file.device >>> 20},${file.device & 0xfffff}`;
    }
    if (this.#firstHigh < 0) {
      this.#firstHigh = file.timeHigh;
      this.#firstLow = file.timeLow;
    }
    io.timeNs = (file.timeHigh - this.#firstHigh) * WORD +
      (file.timeLow - this.#firstLow);
    io.lengthBytes = file.bytes;
    io.offsetBytes = 0;
    io.isAppend = false;
    if (file.bytes === 0) {
      if ((category & CATEGORY.flush) === 0) {
        rows.skip("event without a range");
        return false;
      }
      io.op = WINDOW_OP.flush;
      return true;
    }
    io.offsetBytes = file.sector * SECTOR_BYTES;
    if (io.offsetBytes + io.lengthBytes > Number.MAX_SAFE_INTEGER) {
      throw file.error(
        `sector ${file.sector}`,
        "an I/O that ends below 2^53 bytes",
      );
    }
    return this.#operation(category, file.wideCategory);
  }

  /** In the order of blkparse's fill_rwbs(), so that its text reads alike. */
  #operation(category: number, wide: number): boolean {
    const io = this.#io;
    if ((category & CATEGORY.discard) !== 0) io.op = WINDOW_OP.discard;
    else if ((wide & WIDE_CATEGORY.append) !== 0) {
      io.op = WINDOW_OP.write;
      io.isAppend = true;
    } else if ((wide & WIDE_CATEGORY.zone) !== 0) {
      this.#rows.skip("zone operation");
      return false;
    } else if ((wide & WIDE_CATEGORY.writeZeroes) !== 0) {
      this.#rows.skip("write-zeroes");
      return false;
    } else if ((category & CATEGORY.write) !== 0) io.op = WINDOW_OP.write;
    else io.op = WINDOW_OP.read;
    return true;
  }
}

/** Small traces: protocol 7 in both byte orders, and protocol 8. */
function blktraceSamples(): Uint8Array[] {
  // Notify, Q, G, P, I, D, U, C of a read and a write; payloads behind some.
  const narrow = [
    [1 << 26, 0],
    [1 << 20 | 1 << 16 | 1, 4096],
    [1 << 20 | 1 << 16 | 4, 4096],
    [1 << 20 | 9, 0],
    [1 << 22 | 1 << 17 | 7, 4096],
    [1 << 20 | 10, 0],
    [1 << 23 | 1 << 17 | 8, 4096],
    [1 << 20 | 1 << 18 | 1 << 17 | 1, 0], // a flush
    [1 << 20 | 1 << 29 | 1 << 17 | 1, 1 << 20], // a discard
  ] as const;
  // A zone append, plugged and completed twice, and a zone reset.
  const wide = [
    [1 << 20 | 1 << 17 | 1, 4096, 1],
    [1 << 20 | 18, 4096, 0],
    [1 << 20 | 19, 4096, 0],
    [1 << 23 | 1 << 17 | 8, 4096, 1],
    [1 << 17 | 8, 4096, 1],
    [1 << 20 | 1 << 17 | 1, 4096, 2],
  ] as const;
  return [
    sample(7, narrow, true),
    sample(7, narrow, false),
    sample(8, wide, true),
  ];
}

function sample(
  version: number,
  records: readonly (readonly [number, number, number?])[],
  little: boolean,
): Uint8Array {
  const form = FORMS.get(version) as RecordForm;
  const payload = 8;
  const size = form.bytes + payload;
  const bytes = new Uint8Array(size * records.length);
  const view = new DataView(bytes.buffer);
  records.forEach(([action, length, wide = 0], index) => {
    const at = index * size;
    view.setUint32(at, MAGIC * 256 + version, little);
    view.setUint32(at + FIELD.time + (little ? 0 : 4), 1000 * index, little);
    view.setUint32(at + FIELD.sector + (little ? 0 : 4), 8 * index, little);
    view.setUint32(at + FIELD.bytes, length, little);
    view.setUint32(at + form.action, action, little);
    if (form.isWide) view.setUint32(at + form.action + 4, wide, little);
    view.setUint32(at + form.device, 259 << 20, little);
    view.setUint16(at + form.payloadBytes, payload, little);
  });
  return bytes;
}
