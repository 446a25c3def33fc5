/**
 * Writes binary blktrace, version 7: `struct blk_io_trace` of
 * include/uapi/linux/blktrace_api.h, little-endian, one file of one CPU, which
 * blkparse and btt read as they read a trace of a real disk.
 *
 * Times are simulated: each event takes a fixed number of nanoseconds
 * (`EVENT_NS`). They put the events in order and keep btt's tables sane; they
 * are not a measurement of anything.
 */

/** Letters of the events that a trace of the lab holds (blockspec 2.11). */
export type BlktraceLetter =
  | "Q"
  | "X"
  | "M"
  | "F"
  | "G"
  | "P"
  | "U"
  | "I"
  | "D"
  | "C";

/** What an event is about, as the block layer's observers get it. */
export interface BlktraceEvent {
  /** First sector, low 32 bits. */
  readonly sectorLo: number;
  /** First sector, high 32 bits. */
  readonly sectorHi: number;
  /** Length in bytes; 0 for `P` and `U`. */
  readonly sizeBytes: number;
  /** `bi_opf` or `cmd_flags`. */
  readonly opf: number;
  /** First sector of the remainder (`X`), depth (`U`), positive errno (`C`). */
  readonly extra: number;
}

/** How long an event takes on the simulated clock, in ns. */
export const EVENT_NS: Readonly<Record<BlktraceLetter, number>> = {
  // What real traces of one CPU and one NVMe disk show, rounded: hundreds of
  // ns from stage to stage in the submitter, a microsecond a completion.
  Q: 200,
  X: 200,
  M: 200,
  F: 200,
  G: 500,
  P: 100,
  U: 100,
  I: 100,
  D: 300,
  C: 1000,
};

/** Bytes of a record without its payload. */
const RECORD_BYTES = 48;
const MAGIC_7 = 0x65617407;
/** MKDEV(259, 0), the first NVMe namespace of many machines. */
const DEVICE = 259 << 20;
/** Who submits; completions run in the idle task, pid 0, as interrupts do. */
const PID = 1000;
const PROCESS = "bvec-lab";
const IDLE = "swapper/0";
/** TASK_COMM_LEN, the payload of a process notification. */
const COMM_BYTES = 16;
const WORD = 2 ** 32;
/** Records are handed on in parts of about this size. */
const PART_BYTES = 1 << 16;

/** enum blktrace_cat, shifted as BLK_TC_ACT() does. */
const CATEGORY = {
  read: 1 << 16,
  write: 1 << 17,
  flush: 1 << 18,
  sync: 1 << 19,
  queue: 1 << 20,
  issue: 1 << 22,
  complete: 1 << 23,
  fileSystem: 1 << 24,
  notify: 1 << 26,
  readahead: 1 << 27,
  meta: 1 << 28,
  discard: 1 << 29,
  fua: 1 << 31,
} as const;

/** enum blktrace_act with its category: BLK_TA_QUEUE and so on. */
const ACTION: Readonly<Record<BlktraceLetter, number>> = {
  Q: 1 | CATEGORY.queue,
  M: 2 | CATEGORY.queue,
  F: 3 | CATEGORY.queue,
  G: 4 | CATEGORY.queue,
  // Events of requests, not of bios, say that a file system's data is meant
  // (blk_add_trace_rq() of kernel/trace/blktrace.c).
  D: 7 | CATEGORY.issue | CATEGORY.fileSystem,
  C: 8 | CATEGORY.complete | CATEGORY.fileSystem,
  P: 9 | CATEGORY.queue,
  U: 10 | CATEGORY.queue,
  I: 12 | CATEGORY.queue | CATEGORY.fileSystem,
  X: 13,
};

/** Bits of `bi_opf` that a trace shows (enum req_flag_bits). */
const FLAG_CATEGORY: readonly (readonly [number, number])[] = [
  [1 << 11, CATEGORY.sync],
  [1 << 12, CATEGORY.meta],
  [1 << 17, CATEGORY.fua],
  [1 << 18, CATEGORY.flush],
  [1 << 19, CATEGORY.readahead],
];
const OP_MASK = 0xff;
const OP_FLUSH = 2;
const OP_DISCARD = 3;

/**
 * Writes events as records; memory stays constant however many there are.
 *
 * @example One read from submission to completion
 * ```ts
 * import { readTrace } from "./read_trace.ts";
 * import { BlktraceWriter } from "./write_blktrace.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const parts: Uint8Array<ArrayBuffer>[] = [];
 * const writer = new BlktraceWriter((part) => parts.push(part.slice()));
 * const read = { sectorLo: 8, sectorHi: 0, sizeBytes: 4096, opf: 0, extra: 0 };
 * for (const letter of ["Q", "G", "D", "C"] as const) {
 *   writer.event(letter, read);
 * }
 * writer.finish();
 * const trace = await readTrace("x", new Blob(parts).stream());
 * for await (const batch of trace.batches) {
 *   assertEquals([batch.count, batch.offsetBytes[0]], [1, 4096]);
 * }
 * ```
 */
export class BlktraceWriter {
  readonly #sink: (part: Uint8Array<ArrayBuffer>) => void;
  readonly #bytes = new Uint8Array(PART_BYTES + RECORD_BYTES + COMM_BYTES);
  readonly #view = new DataView(this.#bytes.buffer);
  #at = 0;
  #timeNs = 0;
  #sequence = 0;
  readonly #counts: Record<BlktraceLetter, number> = {
    Q: 0,
    X: 0,
    M: 0,
    F: 0,
    G: 0,
    P: 0,
    U: 0,
    I: 0,
    D: 0,
    C: 0,
  };

  /**
   * Begins a trace; nothing is handed on yet.
   *
   * @param sink Takes each part of the file; must not keep the array.
   */
  constructor(sink: (part: Uint8Array<ArrayBuffer>) => void) {
    this.#sink = sink;
    this.#process(PID, PROCESS);
    this.#process(0, IDLE);
  }

  /** Events written so far, by letter. */
  get counts(): Readonly<Record<BlktraceLetter, number>> {
    return this.#counts;
  }

  /** Writes an event; a block layer's observer can be this function. */
  readonly event = (letter: BlktraceLetter, data: BlktraceEvent): void => {
    this.#counts[letter]++;
    this.#timeNs += EVENT_NS[letter];
    const hasPayload = letter === "X" || letter === "U";
    const view = this.#view;
    const at = this.#at;
    this.#head(++this.#sequence, letter === "C" ? 0 : PID);
    view.setUint32(at + 16, data.sectorLo, true);
    view.setUint32(at + 20, data.sectorHi, true);
    view.setUint32(at + 24, data.sizeBytes, true);
    view.setUint32(at + 28, ACTION[letter] | categories(data.opf), true);
    // A negative errno in 16 bits, as the kernel leaves it.
    view.setUint16(at + 44, letter === "C" ? -data.extra : 0, true);
    view.setUint16(at + 46, hasPayload ? 8 : 0, true);
    this.#at = at + RECORD_BYTES;
    if (hasPayload) {
      // The one part of a record that is big-endian on every machine.
      view.setUint32(this.#at, Math.floor(data.extra / WORD));
      view.setUint32(this.#at + 4, data.extra % WORD);
      this.#at += 8;
    }
    if (this.#at >= PART_BYTES) this.finish();
  };

  /** Hands on the rest. */
  finish(): void {
    if (this.#at > 0) this.#sink(this.#bytes.subarray(0, this.#at));
    this.#at = 0;
  }

  /** BLK_TN_PROCESS: gives a pid its name; has no place in the sequence. */
  #process(pid: number, name: string): void {
    const at = this.#at;
    this.#head(0, pid);
    this.#view.setUint32(at + 28, CATEGORY.notify, true);
    this.#view.setUint16(at + 46, COMM_BYTES, true);
    this.#at = at + RECORD_BYTES;
    new TextEncoder().encodeInto(name, this.#bytes.subarray(this.#at));
    this.#at += COMM_BYTES;
  }

  /** Fills in what all records have, and 0 where they differ. */
  #head(sequence: number, pid: number): void {
    const view = this.#view;
    const at = this.#at;
    this.#bytes.fill(0, at, at + RECORD_BYTES + COMM_BYTES);
    view.setUint32(at, MAGIC_7, true);
    view.setUint32(at + 4, sequence, true);
    view.setUint32(at + 8, this.#timeNs % WORD, true);
    view.setUint32(at + 12, Math.floor(this.#timeNs / WORD), true);
    view.setUint32(at + 32, pid, true);
    view.setUint32(at + 36, DEVICE, true);
  }
}

/** Direction and flags of an operation (__blk_add_trace()). */
function categories(opf: number): number {
  const op = opf & OP_MASK;
  let found: number = (op & 1) === 0 ? CATEGORY.read : CATEGORY.write;
  if (op === OP_FLUSH) found |= CATEGORY.flush;
  if (op === OP_DISCARD) found |= CATEGORY.discard;
  for (const [flag, category] of FLAG_CATEGORY) {
    if ((opf & flag) !== 0) found |= category;
  }
  return found;
}
