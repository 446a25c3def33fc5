/**
 * Binary blktrace, protocols 7 and 8, in both byte orders: `struct
 * blk_io_trace` and `struct blk_io_trace2` (include/uapi/linux/blktrace_api.h;
 * the latter from Linux 6.19 on, for zoned devices), one file per CPU, merged
 * by time.
 */
import { ioRangeProblem } from "./io_limits.ts";
import type { BatchBuilder, IoBatch } from "./batch.ts";
import { byteOrder, CpuFile } from "./blktrace_file.ts";
import { blktraceSamples } from "./blktrace_samples.ts";
import { createEventIo, EventChoice, type IoEvent } from "./event_choice.ts";
import type {
  TraceFormat,
  TraceInput,
  TraceReadOptions,
} from "./trace_format.ts";
import { WINDOW_OP } from "./window.ts";

const SECTOR_BYTES = 512;
const WORD = 2 ** 32;

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
      if (rows.isFull) yield* rows.handOn();
      // Only a chunk's end is worth an await; records are taken at once.
      if (!file.next() && !(await file.nextSlow())) {
        open = open.filter((other) => other !== file);
      }
    }
    for (const file of files) file.warnIfCut(rows);
    if (rows.isFull) yield* rows.handOn();
    yield* events.finish();
    if (rows.count > 0) yield* rows.handOn();
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
    this.#events = new EventChoice(events, {
      fail: (expected) => {
        throw (this.#file as CpuFile).error("its events", expected);
      },
    });
  }

  /** Takes the record that a file is on. */
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
    io.op = WINDOW_OP.discard;
    const takes = this.#operation(category, file.wideCategory);
    const problem = ioRangeProblem(io.op, io.offsetBytes, io.lengthBytes);
    if (problem === null) return takes;
    throw file.error(`${file.bytes} bytes at sector ${file.sector}`, problem);
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
