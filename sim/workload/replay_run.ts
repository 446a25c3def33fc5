/** A job that replays a trace, with fio's replay options (its iolog.c). */
import { printableLine } from "../text/printable.ts";
import type { BatchBuilder, IoBatch } from "./batch.ts";
import { deviceAt } from "./device_space.ts";
import type { IoJob, JobReplay } from "./io_job.ts";
import type { WorkloadTally, WorkloadWarning } from "./tally.ts";
import { WINDOW_OP } from "./window.ts";

/** An opened trace. */
export interface ReplaySource {
  /** Whether it is a log of fio's. */
  readonly isIolog: boolean;
  readonly batches: AsyncIterator<IoBatch, void>;
  /** Its counts so far. */
  readonly tally: WorkloadTally;
  /** Its remarks so far. */
  readonly warnings: readonly WorkloadWarning[];
  /** Reads no further than this many reads and writes; before any batch. */
  limit(ios: number): void;
}

const SKIP_NAMES = {
  [WINDOW_OP.read]: "read",
  [WINDOW_OP.write]: "write",
  [WINDOW_OP.flush]: "sync",
  [WINDOW_OP.discard]: "trim",
} as const;

/** A replaying job under way. */
export class ReplayRun {
  readonly job: IoJob;
  isDone = false;
  readonly #source: ReplaySource;
  readonly #replay: JobReplay;
  readonly #skipped: ReadonlySet<string>;
  #batch: IoBatch | null = null;
  #row = 0;
  /** What was counted of the trace, up to and with its batch. */
  #lines = 0;
  #rounded = 0;
  readonly #left = new Map<string, number>();

  constructor(job: IoJob, replay: JobReplay, source: ReplaySource) {
    this.job = job;
    this.#source = source;
    this.#replay = replay;
    this.#skipped = new Set(replay.skipped);
  }

  /**
   * Adds the next I/O.
   *
   * @returns False if the job has ended; a promise if the trace has to be read
   *   first, after which this has to be called again.
   */
  next(rows: BatchBuilder): boolean | Promise<void> {
    if (this.isDone) return false;
    const batch = this.#batch;
    while (batch !== null && this.#row < batch.count) {
      const row = this.#row++;
      const op = batch.op[row] ?? WINDOW_OP.read;
      if (this.#skipped.has(SKIP_NAMES[op as keyof typeof SKIP_NAMES])) {
        rows.skip("left out by replay_skip");
        continue;
      }
      if (op === WINDOW_OP.discard) this.#warnOfTrims(rows);
      rows.add(
        op,
        this.#place(batch.offsetBytes[row] ?? 0),
        batch.lengthBytes[row] ?? 0,
        this.#time(batch.timeNs[row] ?? 0),
      );
      return true;
    }
    return this.#refill(rows);
  }

  async #refill(rows: BatchBuilder): Promise<void> {
    const { batches, tally, limit } = this.#source;
    // What is after the last I/O that is wanted is not counted.
    limit(tally.reads + tally.writes + rows.wanted);
    const { done, value } = await batches.next();
    this.#row = 0;
    this.#batch = value ?? null;
    this.isDone = done ?? false;
    this.#count(rows);
  }

  /** Counts what the trace left out since the batch before. */
  #count(rows: BatchBuilder): void {
    const { tally, warnings } = this.#source;
    rows.tally.lines += tally.lines - this.#lines;
    rows.tally.rounded += tally.rounded - this.#rounded;
    this.#lines = tally.lines;
    this.#rounded = tally.rounded;
    for (const [reason, times] of Object.entries(tally.skipped)) {
      const before = this.#left.get(reason) ?? 0;
      if (times > before) rows.skip(reason, times - before);
      this.#left.set(reason, times);
    }
    for (const warning of warnings) rows.warn(warning);
  }

  #warnOfTrims(rows: BatchBuilder): void {
    if (!this.#source.isIolog) return;
    rows.warn({
      code: "replayed-trims",
      message: printableLine(`job "${this.job.name}" replays trims`),
      hint: "fio leaves the trims of an iolog out before version 3.34; " +
        "replay_skip=trim does so here",
    });
  }

  #place(offsetBytes: number): number {
    const { isOneFile, scale, alignBytes } = this.#replay;
    const { baseBytes } = deviceAt(offsetBytes);
    let placed = Math.floor((offsetBytes - baseBytes) / scale);
    if (alignBytes > 0) placed -= placed % alignBytes;
    return isOneFile ? placed : baseBytes + placed;
  }

  #time(timeNs: number): number {
    const { hasTimes, speedPercent } = this.#replay;
    return hasTimes ? Math.round(timeNs * 100 / speedPercent) : 0;
  }
}
