/**
 * An I/O generator with the meaning of a fio job: job files and presets both
 * are lists of these.
 */
import type { BatchBuilder, IoBatch } from "./batch.ts";
import type { BlockDistribution } from "./block_order.ts";
import type { JobFile } from "./job_file.ts";
import type { JobFileService } from "./job_file_choice.ts";
import { JobRun } from "./job_run.ts";
import { fixedSize, type JobSizes, type SizeFit } from "./job_sizes.ts";
import { ReplayRun, type ReplaySource } from "./replay_run.ts";
import type { ZonedDistribution } from "./zoned_order.ts";

export { fixedSize, type JobSizes } from "./job_sizes.ts";

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

/** How I/Os that follow one another are to each other. */
export interface JobSequence {
  /** Bytes between two sequential I/Os, as rw=read:8k; less than 0 is back. */
  readonly stepBytes: number;
  /** Every n-th I/O of a random job is random, as rw=randread:8. */
  readonly every: number;
  /** Those between: after the one before, or at the same place. */
  readonly then: "next" | "same";
}

/** Zones that a job goes through (fio's zonemode=strided). */
export interface JobZones {
  /** Bytes after which it continues to the next zone. */
  readonly sizeBytes: number;
  /** Bytes that a zone spans. */
  readonly rangeBytes: number;
  /** Bytes between two zones. */
  readonly skipBytes: number;
}

/** How a job reads its writes back (fio's verify). */
export interface JobReadBack {
  /** As they were written, or by offset without those overwritten. */
  readonly order: "written" | "offset";
  /** Writes after which they are read back; 0 for only after each pass. */
  readonly every: number;
  /** How many are read back at a time; 0 for `every`. */
  readonly batch: number;
  /** Whether the writes themselves are left out (fio's verify_only). */
  readonly only: boolean;
}

/** A trace that a job replays instead of making I/Os (fio's read_iolog). */
export interface JobReplay {
  /** The file, as it can be opened. */
  readonly path: string;
  /** Whether the times of the trace are kept. */
  readonly hasTimes: boolean;
  /** Percent of the trace's speed at which it is replayed. */
  readonly speedPercent: number;
  /** Whether all its files become one. */
  readonly isOneFile: boolean;
  /** Offsets are divided by this. */
  readonly scale: number;
  /** Offsets are cut to multiples of this, a power of two; 0 for no cut. */
  readonly alignBytes: number;
  /** Operations that are left out. */
  readonly skipped: readonly ("read" | "write" | "trim" | "sync")[];
}

/** A generator of I/Os; defaults are fio's. */
export interface IoJob {
  /** Name, part of the job's random stream. */
  readonly name: string;
  /** Name that the jobs of one section share (fio's numjobs). */
  readonly group: string;
  /** What it does. */
  readonly pattern: JobPattern;
  /** Sizes of reads, writes and trims. */
  readonly sizes: readonly [JobSizes, JobSizes, JobSizes];
  /** How sizes that differ are drawn. */
  readonly fit: SizeFit;
  /** Whether they are of reads, writes and trims or, of two, of sequential and
   * random I/Os (fio's bs_is_seq_rand). */
  readonly sizesFor: "direction" | "order";
  /** Whether sizes need not be multiples of the smallest. */
  readonly hasUnalignedSizes: boolean;
  /** Start of the region. */
  readonly offsetBytes: number;
  /** Size of the region. */
  readonly sizeBytes: number;
  /** The files with their regions; none for one file at 0 with the above. */
  readonly files: readonly JobFile[];
  /** How it goes from file to file. */
  readonly fileService: JobFileService;
  /** Bytes after which the job ends; the region's size in fio. */
  readonly ioBytes: number;
  /** Whether it begins again when its files end before that. */
  readonly repeats: boolean;
  /** How often it repeats all that (fio's loops). */
  readonly passes: number;
  /** Bytes after which a pass ends, though its files may hold more. */
  readonly passBytes: number;
  /** Whether it does one pass alone, whatever else it has left to do. */
  readonly endsWithPass: boolean;
  /** Whether a new pass finds files again that ended in the one before. */
  readonly reopensFiles: boolean;
  /** I/Os after which the job ends at the latest; null for no such end. */
  readonly ios: number | null;
  /** Share of reads in a mixed job, in percent. */
  readonly readPercent: number;
  /** Distribution of random offsets. */
  readonly distribution: BlockDistribution | ZonedDistribution;
  /** Share of random I/Os in a random job's reads, writes, trims, in percent. */
  readonly randomPercent: readonly [number, number, number];
  /** How sequential I/Os are, and which of a random job are. */
  readonly sequence: JobSequence;
  /** Whether each block is visited once before any twice. */
  readonly usesMap: boolean;
  /** Random reads, writes, trims start at multiples of these; null for the
   * smallest size. */
  readonly alignBytes: readonly [number, number, number] | null;
  /** Zones that it goes through, if any. */
  readonly zones: JobZones | null;
  /** Seed of its own; null for the seed of the run. */
  readonly seed: number | null;
  /** Whether each pass draws the same random numbers. */
  readonly repeatsDraws: boolean;
  /** I/Os in flight. */
  readonly depth: number;
  /** I/Os submitted at once, under one plug. */
  readonly batch: number;
  /** Writes after which a flush follows, as fio's fsync; 0 for none. */
  readonly flushEvery: number;
  /** The same for fdatasync. */
  readonly dataFlushEvery: number;
  /** The same for sync_file_range, which is not an I/O of its own. */
  readonly rangeSyncEvery: number;
  /** How it reads its writes back, if at all. */
  readonly readBack: JobReadBack | null;
  /** The trace that it replays, if any. */
  readonly replay: JobReplay | null;
  /** Whether it starts when all jobs before it have ended. */
  readonly waits: boolean;
  /** Group whose jobs have to end before; null for none. */
  readonly waitsFor: string | null;
}

/** fio's defaults (HOWTO), with a region of 1 GiB, for which it has none. */
export const JOB_DEFAULTS: IoJob = {
  name: "job",
  group: "job",
  pattern: "read",
  sizes: [fixedSize(4096), fixedSize(4096), fixedSize(4096)],
  fit: "free",
  sizesFor: "direction",
  hasUnalignedSizes: false,
  offsetBytes: 0,
  sizeBytes: 2 ** 30,
  files: [],
  fileService: { kind: "roundrobin", ios: 1, mostOpen: Infinity },
  ioBytes: 2 ** 30,
  repeats: true,
  passes: 1,
  passBytes: Infinity,
  endsWithPass: false,
  reopensFiles: true,
  ios: null,
  readPercent: 50,
  distribution: { kind: "random" },
  randomPercent: [100, 100, 100],
  sequence: { stepBytes: 0, every: 1, then: "next" },
  usesMap: true,
  alignBytes: null,
  zones: null,
  seed: null,
  repeatsDraws: false,
  depth: 1,
  batch: 1,
  flushEvery: 0,
  dataFlushEvery: 0,
  rangeSyncEvery: 0,
  readBack: null,
  replay: null,
  waits: false,
  waitsFor: null,
};

export interface RunJobsOptions {
  readonly seed: number;
  /** Where the I/Os go. */
  readonly rows: BatchBuilder;
}

/**
 * Runs jobs: those that run at a time take turns, each with one submitted
 * batch, as jobs of equal speed would; a job that waits starts when those that
 * it waits for have ended (run_threads() in fio's backend.c).
 *
 * @param options The seed of the run, and where the I/Os go.
 * @returns The batches, `rows` itself each time.
 * @throws {RangeError} If a job replays a trace.
 */
export function* runJobs(
  jobs: readonly IoJob[],
  options: RunJobsOptions,
): Generator<IoBatch, void> {
  for (const step of jobSteps(jobs, { ...options, replays: new Map() })) {
    if (!(step instanceof Promise)) yield step;
  }
}

/**
 * Runs jobs some of which replay a trace, as {@linkcode runJobs} does.
 *
 * @param options The same, and the opened traces by job.
 * @returns The batches, `rows` itself each time.
 * @throws {SyntaxError} If a trace is malformed.
 */
export async function* runReplayingJobs(
  jobs: readonly IoJob[],
  options: RunJobsOptions & {
    readonly replays: ReadonlyMap<IoJob, ReplaySource>;
  },
): AsyncGenerator<IoBatch, void> {
  for (const step of jobSteps(jobs, options)) {
    if (step instanceof Promise) await step;
    else yield step;
  }
}

type Run = JobRun | ReplayRun;

/** Batches, and promises for parts of traces that have to be read first. */
function* jobSteps(
  jobs: readonly IoJob[],
  options: RunJobsOptions & {
    readonly replays: ReadonlyMap<IoJob, ReplaySource>;
  },
): Generator<IoBatch | Promise<void>, void> {
  const { rows } = options;
  const waiting = jobs.map((job, index) => runOf(job, { ...options, index }));
  let running: Run[] = [];
  for (;;) {
    startJobs(waiting, running);
    if (running.length === 0) break;
    for (const run of running) {
      const batch = Math.max(1, run.job.batch); // 0 would never end
      for (let i = 0; i < batch; i++) {
        let step = run.next(rows);
        while (typeof step === "object") {
          yield step;
          step = run.next(rows);
        }
        if (!step) break;
        if (rows.isFull) yield* rows.handOn();
      }
    }
    if (running.some((run) => run.isDone)) {
      running = running.filter((run) => !run.isDone);
    }
  }
  if (rows.count > 0) yield* rows.handOn();
}

function runOf(
  job: IoJob,
  options: {
    seed: number;
    index: number;
    replays: ReadonlyMap<IoJob, ReplaySource>;
  },
): Run {
  const { replay } = job;
  if (replay === null) return new JobRun(job, options);
  const source = options.replays.get(job);
  if (source === undefined) {
    throw new RangeError(
      `Cannot run job "${job.name}": found a replay of "${replay.path}" that ` +
        "is not open, expected a job that makes I/Os",
    );
  }
  return new ReplayRun(job, replay, source);
}

/** Moves those jobs that need not wait any more from one list to the other. */
function startJobs(waiting: Run[], running: Run[]): void {
  const isUnderWay = (group: string) =>
    [...waiting, ...running].some(({ job }) => job.group === group);
  for (let i = 0; i < waiting.length;) {
    const run = waiting[i] as Run;
    const { waits, waitsFor } = run.job;
    if (waits && running.length > 0) return;
    if (waitsFor !== null && isUnderWay(waitsFor)) i++;
    else {
      waiting.splice(i, 1);
      running.push(run);
    }
  }
}
