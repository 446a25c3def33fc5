/** I/Os without buffers yet, whatever they come from. */
import { BatchBuilder, type IoBatch } from "./batch.ts";
import { LONGEST_JOB_FILE_BYTES } from "./fio_job.ts";
import { type IoJob, runJobs } from "./io_job.ts";
import type { PlacementOptions } from "./placement_options.ts";
import type { WorkloadTally, WorkloadWarning } from "./tally.ts";

/** I/Os and what is known about them. */
export interface IoSource {
  /** Where they come from, in one line. */
  readonly title: string;
  /** What their buffers are by that placement, after the title. */
  readonly buffers?: string | undefined;
  /** Where their buffers are if nobody asks for another placement. */
  readonly placement: string | Partial<PlacementOptions>;
  /** I/Os in flight, if known. */
  readonly depth: number | null;
  /** I/Os submitted at once, if known. */
  readonly batch: number | null;
  /** The counts and remarks that the batches leave. */
  readonly rows: {
    readonly tally: WorkloadTally;
    readonly warnings: WorkloadWarning[];
  };
  readonly batches: AsyncIterable<IoBatch> | Iterable<IoBatch>;
  /** Makes no more than this many reads and writes; before the first batch. */
  limit(ios: number): void;
  /** Gives up before or while reading. */
  close(): Promise<void>;
}

/**
 * Makes a source of jobs.
 *
 * @param options The seed of the run, a title, and the default placement.
 */
export function jobSource(
  jobs: readonly IoJob[],
  options: {
    seed: number;
    title: string;
    buffers?: string;
    placement: string | Partial<PlacementOptions>;
  },
): IoSource {
  const rows = new BatchBuilder();
  return {
    title: options.title,
    buffers: options.buffers,
    placement: options.placement,
    depth: Math.max(...jobs.map((job) => job.depth)),
    batch: Math.max(...jobs.map((job) => job.batch)),
    rows,
    batches: runJobs(jobs, { seed: options.seed, rows }),
    limit: (ios) => rows.limit(ios),
    close: () => Promise.resolve(),
  };
}

/**
 * Reads the text of a job file.
 *
 * @throws {SyntaxError} If it is longer than 1 MiB.
 */
export async function readJobText(
  name: string,
  chunks: AsyncIterable<Uint8Array>,
): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of chunks) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > LONGEST_JOB_FILE_BYTES) {
      throw new SyntaxError(
        `Cannot read fio job file "${name}": found more than ` +
          `${LONGEST_JOB_FILE_BYTES} bytes, expected a job file`,
      );
    }
  }
  return text + decoder.decode();
}

/**
 * Takes the first reads and writes of a source, with what comes between them:
 * the one meaning of "the first N I/Os", whatever the I/Os come from.
 *
 * @param source The source, from its start.
 * @param ios How many; a source with fewer is whole.
 * @returns The source; its title says so once it has ended there.
 */
export function firstIos(source: IoSource, ios: number): IoSource {
  let isCut = false;
  source.limit(ios);
  const { tally } = source.rows;
  async function* batches(): AsyncGenerator<IoBatch, void> {
    for await (const batch of source.batches) {
      yield batch;
      isCut = tally.reads + tally.writes >= ios;
      // What is left is not read.
      if (isCut) return;
    }
  }
  return {
    ...source,
    get title() {
      return isCut
        ? `${source.title}, ${
          ios === 1 ? "first read or write" : `first ${ios} reads and writes`
        }`
        : source.title;
    },
    batches: batches(),
  };
}
