/**
 * One job under way, with the meaning of fio: passes over its region
 * (do_io() and keep_running() in its backend.c), each I/O of a direction, a
 * file, a start and a size, flushes among them, and writes read back.
 */
import { plural } from "../text/plural.ts";
import { type RandomStream, randomStream } from "../random/random_stream.ts";
import type { BatchBuilder } from "./batch.ts";
import { DEVICE_STRIDE_BYTES } from "./device_space.ts";
import type { IoJob } from "./io_job.ts";
import { FileRun } from "./job_file.ts";
import { FileChoice } from "./job_file_choice.ts";
import { JobOffsets } from "./job_offsets.ts";
import { mostBytes, type SizeDraw, sizeDraw } from "./job_sizes.ts";
import { WINDOW_OP } from "./window.ts";
import { WrittenBlocks } from "./written_blocks.ts";

const OPS = [WINDOW_OP.read, WINDOW_OP.write, WINDOW_OP.discard] as const;

/** What comes instead of a read, a write or a trim. */
const SYNC = { flush: 3, range: 4 } as const;

/** A job under way. */
export class JobRun {
  readonly job: IoJob;
  isDone = false;
  readonly #seed: number;
  readonly #component: string;
  readonly #directions: readonly number[];
  readonly #trimsFirst: boolean;
  readonly #mostBytes: number;
  readonly #offsets: JobOffsets;
  readonly #runs: readonly FileRun[];
  readonly #choice: FileChoice;
  readonly #written: WrittenBlocks;
  #random: RandomStream;
  #sizes: readonly SizeDraw[];
  /** Reads, writes and trims that were issued, and their bytes. */
  readonly #issued = new Float64Array(3);
  readonly #issuedBytes = new Float64Array(3);
  /** I/Os and bytes with those that read back. */
  #ios = 0;
  #bytes = 0;
  #mostIos: number;
  #passesLeft: number;
  #passBytes = 0;
  #zoneBytes = 0;
  #lastWasSync = false;
  #isReadingBack = false;
  #readBackLeft = 0;
  /** Whether what was issued last is not an I/O of the device. */
  #wasSilent = false;

  constructor(job: IoJob, options: { seed: number; index: number }) {
    this.job = job;
    this.#seed = job.seed ?? options.seed;
    // Jobs of one section differ by their number, as fio's do.
    this.#component = `job ${job.name} ${options.index}`;
    const { pattern } = job;
    this.#trimsFirst = pattern.endsWith("trimwrite");
    this.#directions = directionsOf(pattern);
    this.#mostBytes = Math.max(...job.sizes.map(mostBytes));
    this.#offsets = new JobOffsets(job, {
      seed: this.#seed,
      component: this.#component,
      // A trim's write is where the trim does.
      directions: pattern === "randtrimwrite" ? [2] : this.#directions,
    });
    const files = job.files.length > 0 ? job.files : [{
      baseBytes: 0,
      roomBytes: DEVICE_STRIDE_BYTES,
      startBytes: job.offsetBytes,
      sizeBytes: job.sizeBytes,
      endBytes: job.offsetBytes + job.sizeBytes,
    }];
    this.#runs = files.map((file, index) => new FileRun(file, index));
    this.#choice = new FileChoice(this.#runs, {
      service: job.fileService,
      random: randomStream(this.#seed, `${this.#component} files`),
    });
    this.#written = new WrittenBlocks(job.readBack?.order === "offset");
    this.#random = this.#openRandom();
    this.#sizes = this.#openSizes();
    this.#mostIos = job.ios ?? Infinity;
    this.#passesLeft = job.passes - 1;
  }

  /**
   * Adds the next I/O.
   *
   * @returns False if the job has ended.
   */
  next(rows: BatchBuilder): boolean {
    while (!this.isDone) {
      if (this.#isReadingBack) {
        if (this.#readBack(rows)) return true;
        this.#isReadingBack = false;
        this.#startPass(rows);
      } else if (!this.#isPassOver() && this.#issue(rows)) {
        if (!this.#wasSilent) return true;
      } else this.#endPass(rows);
    }
    return false;
  }

  #openRandom(): RandomStream {
    return randomStream(this.#seed, this.#component);
  }

  #openSizes(): SizeDraw[] {
    const { sizes, fit, hasUnalignedSizes } = this.job;
    return sizes.map((of) =>
      sizeDraw(of, {
        fit,
        isUnaligned: hasUnalignedSizes,
        random: this.#random,
      })
    );
  }

  #isPassOver(): boolean {
    const { job } = this;
    let bytes = 0;
    // Of a trim with a write, only the write counts (io_bytes_exceeded()).
    for (const direction of this.#directions) {
      if (direction !== 2 || !this.#trimsFirst) {
        bytes += this.#issuedBytes[direction] ?? 0;
      }
    }
    return bytes >= job.ioBytes * job.passes || this.#ios >= this.#mostIos ||
      this.#passBytes >= job.passBytes;
  }

  /** Does the next I/O; false if the pass holds none. */
  #issue(rows: BatchBuilder): boolean {
    this.#wasSilent = false;
    if (this.#readsBackNow() && this.#readBack(rows)) return true;
    for (;;) {
      const run = this.#choice.next();
      if (run === null) return false;
      const direction = this.#direction(run);
      if (direction >= SYNC.flush) {
        this.#sync(direction, rows);
        return true;
      }
      if (this.job.zones !== null) this.#enterZone(run, direction);
      const offset = this.#offsets.next(run, direction);
      const bytes = offset < 0 ? 0 : this.#length(run, direction, offset);
      if (bytes === 0) {
        this.#choice.failed(run);
        continue;
      }
      this.#choice.succeeded();
      this.#add(rows, { run, direction, offset, bytes });
      return true;
    }
  }

  #add(
    rows: BatchBuilder,
    io: { run: FileRun; direction: number; offset: number; bytes: number },
  ): void {
    const { run, direction, offset, bytes } = io;
    run.last[direction] = offset;
    run.position[direction] = offset + bytes;
    this.#issued[direction] = (this.#issued[direction] ?? 0) + 1;
    this.#issuedBytes[direction] = (this.#issuedBytes[direction] ?? 0) + bytes;
    this.#passBytes += bytes;
    this.#zoneBytes += bytes;
    this.#count(bytes);
    if (direction === 1 && this.job.readBack !== null) {
      this.#written.add({ file: run.index, offset, bytes });
      if (this.job.readBack.only) {
        this.#wasSilent = true;
        return;
      }
    }
    rows.add(OPS[direction] ?? 0, run.file.baseBytes + offset, bytes, 0);
  }

  #count(bytes: number): void {
    this.#ios++;
    this.#bytes += bytes;
    this.#lastWasSync = false;
  }

  /** 0 for a read, 1 for a write, 2 for a trim, or one of SYNC. */
  #direction(run: FileRun): number {
    const { job } = this;
    if (this.#trimsFirst) return run.last[1] === run.last[2] ? 2 : 1;
    // should_fsync(): reads do not end the condition, so a mixed job flushes
    // again after each read until the next write.
    const writes = this.#issued[1] ?? 0;
    if (writes > 0 && !this.#lastWasSync) {
      const isDue = (every: number) => every > 0 && writes % every === 0;
      if (isDue(job.flushEvery) || isDue(job.dataFlushEvery)) return SYNC.flush;
      if (isDue(job.rangeSyncEvery)) return SYNC.range;
    }
    const [first = 0, second] = this.#directions;
    if (second === undefined) return first;
    return this.#random.below(100) < job.readPercent ? 0 : 1;
  }

  #sync(kind: number, rows: BatchBuilder): void {
    this.#lastWasSync = true;
    if (kind === SYNC.range) rows.skip("sync_file_range");
    this.#wasSilent = kind === SYNC.range || this.job.readBack?.only === true;
    if (!this.#wasSilent) rows.add(WINDOW_OP.flush, 0, 0, 0);
  }

  /** Length of an I/O, or 0 if none fits there. */
  #length(run: FileRun, direction: number, offset: number): number {
    const { file } = run;
    const { job } = this;
    let bytes: number;
    if (job.pattern === "randtrimwrite" && direction === 1) {
      bytes = (run.position[2] ?? 0) - (run.last[2] ?? 0);
    } else {
      const of = job.sizesFor === "order"
        ? (this.#offsets.isRandom ? 1 : 0)
        : direction;
      const room = file.startBytes + file.sizeBytes - offset;
      bytes = this.#sizes[of]?.(room) ?? 0;
    }
    if (offset + bytes > file.endBytes) return 0;
    return this.#offsets.mark(run, direction, { offset, bytes });
  }

  /** Goes to the next zone where it is time (setup_strided_zone_mode()). */
  #enterZone(run: FileRun, direction: number): void {
    const { zones } = this.job;
    if (zones === null) return;
    const { rangeBytes } = zones;
    if (this.#zoneBytes >= zones.sizeBytes) {
      this.#zoneBytes = 0;
      run.originBytes += rangeBytes + zones.skipBytes;
      if (run.originBytes >= run.file.endBytes) {
        run.originBytes = run.file.startBytes;
      }
      run.position[direction] = run.originBytes;
    }
    if ((run.position[direction] ?? 0) >= run.originBytes + rangeBytes) {
      run.position[direction] = run.originBytes;
    }
    if (this.#zoneBytes % rangeBytes === 0) run.reset();
  }

  /** Whether it is time to read back before the next I/O. */
  #readsBackNow(): boolean {
    const { readBack } = this.job;
    if (readBack === null || readBack.every === 0) return false;
    if (this.#readBackLeft === 0) {
      const waiting = this.#written.count;
      if (waiting === 0 || waiting % readBack.every !== 0) return false;
      this.#readBackLeft = readBack.batch || readBack.every;
    }
    return this.#written.count > 0;
  }

  #readBack(rows: BatchBuilder): boolean {
    const block = this.#written.take();
    if (block === undefined) return false;
    if (this.#readBackLeft > 0) this.#readBackLeft--;
    const base = this.#runs[block.file]?.file.baseBytes ?? 0;
    this.#count(block.bytes);
    this.#passBytes += this.#isReadingBack ? 0 : block.bytes;
    rows.add(WINDOW_OP.read, base + block.offset, block.bytes, 0);
    return true;
  }

  #endPass(rows: BatchBuilder): void {
    if (this.#passBytes === 0 || this.job.endsWithPass) this.#end(rows);
    else if (this.job.readBack === null) this.#startPass(rows);
    else {
      this.#isReadingBack = true;
      this.#readBackLeft = 0;
    }
  }

  /** Begins another pass, or ends the job (keep_running()). */
  #startPass(rows: BatchBuilder): void {
    const { job } = this;
    if (this.#passesLeft > 0) this.#passesLeft--;
    else if (
      this.#ios >= this.#mostIos ||
      job.ioBytes - this.#bytes < this.#mostBytes ||
      (this.#choice.isDone && !job.repeats && job.readBack === null)
    ) {
      this.#end(rows);
      return;
    }
    // reset_io_counters()
    this.#choice.newPass(job.passes > 1 || job.reopensFiles);
    this.#passBytes = 0;
    this.#zoneBytes = 0;
    this.#lastWasSync = false;
    this.#written.clear();
    if (this.#trimsFirst) this.#mostIos *= 2; // do_io() does so each time
    if (job.repeatsDraws) {
      this.#random = this.#openRandom();
      this.#sizes = this.#openSizes();
      this.#offsets.repeat();
    }
  }

  #end(rows: BatchBuilder): void {
    this.isDone = true;
    const { lost } = this.#written;
    if (lost > 0) {
      rows.warn({
        code: "not-read-back",
        message:
          `${
            plural(lost, "write is", "writes are")
          } not read back, of more than ` +
          "are kept",
        hint: "do_verify=0 leaves reading back out, and size= makes it less",
      });
    }
  }
}

/** 0 for reads, 1 for writes, 2 for trims. */
function directionsOf(pattern: IoJob["pattern"]): number[] {
  if (pattern.endsWith("trimwrite")) return [2, 1];
  if (pattern.endsWith("rw")) return [0, 1];
  if (pattern.endsWith("trim")) return [2];
  return [pattern.endsWith("write") ? 1 : 0];
}
