/**
 * Batches of I/Os: typed-array columns that readers and generators fill and
 * hand on. One batch is used over and over, so a trace of any length takes
 * constant memory.
 */
import { ioRangeProblem } from "./io_limits.ts";
import {
  createTally,
  type WorkloadTally,
  type WorkloadWarning,
} from "./tally.ts";
import { WINDOW_OP } from "./window.ts";

/** I/Os in a full batch. */
export const BATCH_ROWS = 4096;

const SECTOR_BYTES = 512;

/** I/Os in columns; only the first `count` rows hold any. */
export interface IoBatch {
  /** Rows filled in. */
  readonly count: number;
  /** Operation, one of `WINDOW_OP`. */
  readonly op: Uint8Array;
  /** First byte on the device, a multiple of 512, below 2^53. */
  readonly offsetBytes: Float64Array;
  /** Length, a multiple of 512; 0 for a flush. */
  readonly lengthBytes: Float64Array;
  /** Time of the I/O; 0 if the source has no time. */
  readonly timeNs: Float64Array;
}

/** Fills a batch row by row and keeps the tally. */
export class BatchBuilder implements IoBatch {
  /** Rows filled in. */
  count = 0;
  /** Operation, one of `WINDOW_OP`. */
  readonly op: Uint8Array = new Uint8Array(BATCH_ROWS);
  /** First byte on the device. */
  readonly offsetBytes: Float64Array = new Float64Array(BATCH_ROWS);
  readonly lengthBytes: Float64Array = new Float64Array(BATCH_ROWS);
  /** Time of the I/O. */
  readonly timeNs: Float64Array = new Float64Array(BATCH_ROWS);
  /** Counts of all that was added. */
  readonly tally: WorkloadTally = createTally();
  /** Remarks, at most one of each code. */
  readonly warnings: WorkloadWarning[] = [];

  /** Reads and writes that are wanted. */
  #most = Infinity;

  /**
   * Whether the batch must be handed on and cleared before the next row; once
   * it is complete, there is none.
   */
  get isFull(): boolean {
    return this.count === BATCH_ROWS || this.isComplete;
  }

  /** Whether all reads and writes that are wanted were added. */
  get isComplete(): boolean {
    return this.tally.reads + this.tally.writes >= this.#most;
  }

  /** Reads and writes that are still wanted; Infinity if all are. */
  get wanted(): number {
    return this.#most - this.tally.reads - this.tally.writes;
  }

  /**
   * Takes the first reads and writes alone, and what comes between them:
   * whatever is added or left out after them is neither there nor counted.
   *
   * @param ios How many.
   */
  limit(ios: number): void {
    this.#most = ios;
  }

  /** Empties the batch for new rows; the tally continues. */
  clear(): void {
    this.count = 0;
  }

  /** Hands the rows on, and empties the batch. */
  *handOn(): Generator<IoBatch, void> {
    yield this;
    this.clear();
  }

  /**
   * Adds an I/O. One that starts or ends inside a sector is widened to whole
   * sectors and counted as rounded.
   *
   * @param op One of `WINDOW_OP`.
   * @param offsetBytes First byte, an integer from 0; the end is below 2^53.
   * @param lengthBytes Length, an integer from 0, of a read or write up to
   *   `LONGEST_RW_BYTES`; not looked at for a flush.
   * @param timeNs When it happened.
   * @throws {RangeError} If there can be no such I/O; a reader says so before,
   *   with the place in its input.
   */
  add(
    op: number,
    offsetBytes: number,
    lengthBytes: number,
    timeNs: number,
  ): void {
    if (this.isComplete) return;
    const tally = this.tally;
    let start = Math.floor(offsetBytes / SECTOR_BYTES) * SECTOR_BYTES;
    let length = 0;
    if (op === WINDOW_OP.flush) {
      start = 0; // a flush has no range
      tally.others++;
    } else {
      if (lengthBytes === 0) {
        this.skip("I/O of zero length");
        return;
      }
      const problem = ioRangeProblem(op, offsetBytes, lengthBytes);
      if (problem !== null) {
        throw new RangeError(
          `Cannot add an I/O: found ${lengthBytes} bytes at ${offsetBytes}, ` +
            `expected ${problem}`,
        );
      }
      const end = offsetBytes + lengthBytes;
      length = Math.ceil(end / SECTOR_BYTES) * SECTOR_BYTES - start;
      if (start !== offsetBytes || length !== lengthBytes) tally.rounded++;
      if (op === WINDOW_OP.read) {
        tally.reads++;
        tally.readBytes += length;
        tally.bytes += length;
      } else if (op === WINDOW_OP.write) {
        tally.writes++;
        tally.writeBytes += length;
        tally.bytes += length;
      } else tally.others++;
    }
    tally.ios++;
    const row = this.count++;
    this.op[row] = op;
    this.offsetBytes[row] = start;
    this.lengthBytes[row] = length;
    this.timeNs[row] = timeNs;
  }

  /**
   * Counts something that is not an I/O or is left out.
   *
   * @param reason Why, as a user should read it.
   * @param times How often.
   */
  skip(reason: string, times = 1): void {
    if (this.isComplete) return;
    const skipped = this.tally.skipped;
    skipped[reason] = (skipped[reason] ?? 0) + times;
  }

  /**
   * Adds a remark unless one of that code is there.
   *
   * @param warning The remark.
   */
  warn(warning: WorkloadWarning): void {
    if (this.isComplete) return;
    if (!this.warnings.some((known) => known.code === warning.code)) {
      this.warnings.push(warning);
    }
  }
}
