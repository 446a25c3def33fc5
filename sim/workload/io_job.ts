/**
 * An I/O generator with the meaning of a fio job: job files and presets both
 * are lists of these.
 */
import { type RandomStream, randomStream } from "../random.ts";
import type { BatchBuilder, IoBatch } from "./batch.ts";
import {
  type BlockDistribution,
  type BlockOrder,
  blockOrder,
} from "./block_order.ts";
import { WINDOW_OP } from "./window.ts";

/** What a job does, by fio's names. */
export const JOB_PATTERNS = [
  "read",
  "write",
  "trim",
  "randread",
  "randwrite",
  "randtrim",
  "rw",
  "randrw",
  "trimwrite",
  "randtrimwrite",
] as const;

/** One of fio's names of what a job does. */
export type JobPattern = typeof JOB_PATTERNS[number];

/** Sizes of the I/Os of one direction. */
export type JobSizes =
  /** Sizes with their shares in percent, as bs and bssplit. */
  | {
    readonly kind: "split";
    readonly parts: readonly { bytes: number; percent: number }[];
  }
  /** Any multiple of the smallest size, as bsrange. */
  | {
    readonly kind: "range";
    readonly leastBytes: number;
    readonly mostBytes: number;
  };

/** A generator of I/Os; defaults are fio's. */
export interface IoJob {
  /** Name, part of the job's random stream. */
  readonly name: string;
  /** What it does. */
  readonly pattern: JobPattern;
  /** Sizes of reads, writes and trims. */
  readonly sizes: readonly [JobSizes, JobSizes, JobSizes];
  /** Start of the region. */
  readonly offsetBytes: number;
  /** Size of the region. */
  readonly sizeBytes: number;
  /** Bytes after which the job ends; the region's size in fio. */
  readonly ioBytes: number;
  /** I/Os after which the job ends at the latest; null for no such end. */
  readonly ios: number | null;
  /** Share of reads in a mixed job, in percent. */
  readonly readPercent: number;
  /** Distribution of random offsets. */
  readonly distribution: BlockDistribution;
  /** Whether each block is visited once before any twice. */
  readonly usesMap: boolean;
  /** Random offsets are multiples of this; null for the smallest size. */
  readonly alignBytes: number | null;
  /** Seed of its own; null for the seed of the run. */
  readonly seed: number | null;
  /** I/Os in flight. */
  readonly depth: number;
  /** I/Os submitted at once, under one plug. */
  readonly batch: number;
  /** Writes after which a flush follows, as fio's fsync; 0 for none. */
  readonly flushEvery: number;
  /** Whether it starts when all jobs before it have ended. */
  readonly waits: boolean;
}

/**
 * Gives one size for all I/Os of a direction.
 *
 * @param bytes The size.
 * @returns The sizes.
 */
export function fixedSize(bytes: number): JobSizes {
  return { kind: "split", parts: [{ bytes, percent: 100 }] };
}

/** fio's defaults (HOWTO), with a region of 1 GiB, for which it has none. */
export const JOB_DEFAULTS: IoJob = {
  name: "job",
  pattern: "read",
  sizes: [fixedSize(4096), fixedSize(4096), fixedSize(4096)],
  offsetBytes: 0,
  sizeBytes: 2 ** 30,
  ioBytes: 2 ** 30,
  ios: null,
  readPercent: 50,
  distribution: { kind: "random" },
  usesMap: true,
  alignBytes: null,
  seed: null,
  depth: 1,
  batch: 1,
  flushEvery: 0,
  waits: false,
};

/**
 * Runs jobs: those of a group take turns, each with one submitted batch, as
 * jobs of equal speed would; a job that waits starts the next group.
 *
 * @param jobs The jobs.
 * @param options The seed of the run, and where the I/Os go.
 * @returns The batches, `rows` itself each time.
 */
export function* runJobs(
  jobs: readonly IoJob[],
  options: { seed: number; rows: BatchBuilder },
): Generator<IoBatch, void> {
  const { seed, rows } = options;
  for (const group of groups(jobs)) {
    let running = group.map((job, index) => new JobRun(job, { seed, index }));
    while (running.length > 0) {
      for (const run of running) {
        for (let i = 0; i < run.job.batch && run.next(rows); i++) {
          if (rows.isFull) {
            yield rows;
            rows.clear();
          }
        }
      }
      if (running.some((run) => run.isDone)) {
        running = running.filter((run) => !run.isDone);
      }
    }
  }
  if (rows.count > 0) {
    yield rows;
    rows.clear();
  }
}

function groups(jobs: readonly IoJob[]): IoJob[][] {
  const all: IoJob[][] = [];
  for (const job of jobs) {
    const last = all.at(-1);
    if (last === undefined || job.waits) all.push([job]);
    else last.push(job);
  }
  return all;
}

/** One job under way. */
class JobRun {
  readonly job: IoJob;
  isDone = false;
  readonly #random: RandomStream;
  readonly #order: BlockOrder | null;
  readonly #alignBytes: number;
  readonly #isMixed: boolean;
  readonly #trimsFirst: boolean;
  #ios = 0;
  #bytes = 0;
  #writes = 0;
  #hasFlushed = false;
  /** Next byte of a sequential read, write and trim, as in fio. */
  readonly #position = new Float64Array(3);
  /** trimwrite: what was trimmed and is to be written. */
  #trimmedOffset = -1;
  #trimmedBytes = 0;

  constructor(job: IoJob, options: { seed: number; index: number }) {
    this.job = job;
    const { seed, index } = options;
    // Jobs of one section differ by their number, as fio's do.
    const component = `job ${job.name} ${index}`;
    this.#random = randomStream(job.seed ?? seed, component);
    const { pattern } = job;
    this.#isMixed = pattern === "rw" || pattern === "randrw";
    this.#trimsFirst = pattern === "trimwrite" || pattern === "randtrimwrite";
    const used = this.#isMixed
      ? [job.sizes[0], job.sizes[1]]
      : [job.sizes[this.#only()]];
    const least = Math.min(...used.map(leastBytes));
    const most = Math.max(...used.map(mostBytes));
    this.#alignBytes = job.alignBytes ?? least;
    // The last start from which the longest I/O still ends in the region.
    const blocks = Math.floor((job.sizeBytes - most) / this.#alignBytes) + 1;
    this.#order = pattern.startsWith("rand")
      ? blockOrder(Math.max(1, blocks), {
        distribution: job.distribution,
        // fio's map marks blocks; only equal sizes fill it without overlap.
        usesMap: job.usesMap && least === most && this.#alignBytes === least,
        random: randomStream(job.seed ?? seed, `${component} offsets`),
      })
      : null;
  }

  /** Adds the next I/O; false if the job has ended. */
  next(rows: BatchBuilder): boolean {
    const { job } = this;
    if (
      this.#bytes >= job.ioBytes || (job.ios !== null && this.#ios >= job.ios)
    ) {
      this.isDone = true;
      return false;
    }
    // As should_fsync() in fio's io_u.c: reads do not end the condition, so
    // a mixed job flushes again after each read until the next write.
    if (
      job.flushEvery > 0 && this.#writes > 0 && !this.#hasFlushed &&
      this.#writes % job.flushEvery === 0
    ) {
      this.#hasFlushed = true;
      rows.add(WINDOW_OP.flush, 0, 0, 0); // number_ios does not count it
      return true;
    }
    this.#hasFlushed = false;
    let op = this.#only();
    let offset: number;
    let length: number;
    if (this.#trimmedOffset >= 0) {
      op = 1;
      offset = this.#trimmedOffset;
      length = this.#trimmedBytes;
      this.#trimmedOffset = -1;
    } else {
      if (this.#isMixed) {
        op = this.#random.below(100) < job.readPercent ? 0 : 1;
      }
      length = this.#length(op);
      offset = this.#offset(op, length);
      if (this.#trimsFirst) {
        this.#trimmedOffset = offset;
        this.#trimmedBytes = length;
      }
    }
    if (op === 1) this.#writes++;
    this.#ios++;
    this.#bytes += length;
    rows.add(OPS[op] ?? WINDOW_OP.read, job.offsetBytes + offset, length, 0);
    return true;
  }

  /** The direction of a job that has one: 0 read, 1 write, 2 trim. */
  #only(): 0 | 1 | 2 {
    const { pattern } = this.job;
    if (pattern.includes("trim")) return 2;
    return pattern.includes("write") ? 1 : 0;
  }

  #length(direction: number): number {
    const sizes = this.job.sizes[direction] ?? this.job.sizes[0];
    if (sizes.kind === "range") {
      const { leastBytes, mostBytes } = sizes;
      const choices = Math.floor(mostBytes / leastBytes);
      return leastBytes * (1 + this.#random.below(choices));
    }
    const first = sizes.parts[0]?.bytes ?? 0;
    if (sizes.parts.length === 1) return first;
    let draw = this.#random.fraction() * 100;
    for (const part of sizes.parts) {
      draw -= part.percent;
      if (draw < 0) return part.bytes;
    }
    return first;
  }

  #offset(direction: number, length: number): number {
    if (this.#order !== null) return this.#order.next() * this.#alignBytes;
    let at = this.#position[direction] ?? 0;
    if (at + length > this.job.sizeBytes) at = 0;
    this.#position[direction] = at + length;
    return at;
  }
}

const OPS = [WINDOW_OP.read, WINDOW_OP.write, WINDOW_OP.discard];

/**
 * Smallest I/O of a direction.
 *
 * @param sizes The sizes.
 * @returns Its length in bytes.
 */
export function leastBytes(sizes: JobSizes): number {
  return sizes.kind === "range"
    ? sizes.leastBytes
    : Math.min(...sizes.parts.map((part) => part.bytes));
}

/**
 * Largest I/O of a direction.
 *
 * @param sizes The sizes.
 * @returns Its length in bytes.
 */
export function mostBytes(sizes: JobSizes): number {
  return sizes.kind === "range"
    ? sizes.mostBytes
    : Math.max(...sizes.parts.map((part) => part.bytes));
}
