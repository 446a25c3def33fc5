/**
 * One file of a binary blktrace, record by record: protocols 7 and 8, in both
 * byte orders.
 */
import type { BatchBuilder } from "./batch.ts";
import { inputError } from "../text/input_error.ts";
import { RecordStream } from "../text/record_stream.ts";
import { warnOfCut } from "./tally.ts";
import type { TraceInput } from "./trace_format.ts";

const WORD = 2 ** 32;

/** BLK_IO_TRACE_MAGIC, above the version in the low byte. */
export const MAGIC = 0x656174;

/** Where the fields of a record are that the reader needs. */
export interface RecordForm {
  /** Bytes of a record without its payload. */
  readonly bytes: number;
  readonly action: number;
  /** The low and the high half, where the action has 64 bits. */
  readonly isWide: boolean;
  readonly device: number;
  readonly payloadBytes: number;
}

/** Fields that both versions have at the same place. */
export const FIELD = { time: 8, sector: 16, bytes: 24 } as const;

/** Forms of records by version. */
export const RECORD_FORMS: ReadonlyMap<number, RecordForm> = new Map([
  [7, { bytes: 48, action: 28, isWide: false, device: 36, payloadBytes: 46 }],
  [8, { bytes: 64, action: 32, isWide: true, device: 40, payloadBytes: 50 }],
]);
const VERSIONS = [...RECORD_FORMS.keys()].join(" or ");
const MAGICS = [...RECORD_FORMS.keys()].map((version) =>
  `0x${(MAGIC * 256 + version).toString(16)}`
).join(" or ");

/** Bytes that every record has at least. */
const LEAST_RECORD_BYTES = 48;

/** Tells the byte order by the magic; undefined if there is none. */
export function byteOrder(head: Uint8Array): "little" | "big" | undefined {
  if (head.length < 4) return undefined;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (view.getUint32(0, true) >>> 8 === MAGIC) return "little";
  if (view.getUint32(0, false) >>> 8 === MAGIC) return "big";
  return undefined;
}

/** The file of one CPU, standing on a record. */
export class CpuFile {
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

  /** The form of the current record, by the version in its magic. */
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
    const form = RECORD_FORMS.get(magic & 0xff);
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

  #fail(found: string, expected: string): never {
    throw this.error(found, expected);
  }

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
