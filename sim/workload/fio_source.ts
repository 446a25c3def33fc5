/** Opens a fio job file with the files that it includes and replays. */
import { plural } from "../text/plural.ts";
import { printableLine } from "../text/printable.ts";
import { BatchBuilder, type IoBatch } from "./batch.ts";
import { type FioReplay, parseFioJobs } from "./fio_job.ts";
import { includedName, jobFileError, nestedPath } from "./fio_lines.ts";
import { type IoJob, runReplayingJobs } from "./io_job.ts";
import { type IoSource, jobSource, readJobText } from "./io_source.ts";
import { DEFAULT_PLACEMENT } from "./placement_options.ts";
import { readTraceFile, type TraceReading } from "./read_trace.ts";
import { isRegularFile, openFile } from "./trace_files.ts";
import { type HeadedStream, openStream } from "../text/headed_stream.ts";

/** Included files of one job file at most. */
const MOST_INCLUDED = 256;

/** Formats that fio replays (read_iolog). */
const REPLAYED_FORMATS = ["iolog", "blktrace"];

/**
 * Opens the I/Os of a job file.
 *
 * @param options The seed of the run; and the path of the job file, in whose
 * folder the files are that it names, such as `-` for the working directory.
 * @throws {SyntaxError} If the job file is malformed, or an included or
 *   replayed file; of the latter while its I/Os are read.
 */
export async function openJobFile(
  name: string,
  stream: HeadedStream,
  options: { seed: number; path: string },
): Promise<IoSource> {
  const { seed, path } = options;
  const text = await readJobText(name, stream.chunks);
  const included = await readIncluded(path, text);
  const { jobs, files, replays, warnings } = parseFioJobs(name, text, {
    included,
    path,
  });
  const source: IoSource = replays.size === 0
    ? jobSource(jobs, {
      seed,
      title: titleOf(jobs),
      placement: DEFAULT_PLACEMENT,
    })
    : await replaySource(jobs, { seed, replays });
  source.rows.warnings.push(...warnings);
  if (files > 1) {
    source.rows.warnings.push({
      code: "several-files",
      message: `the jobs do I/O to ${plural(files, "file")}`,
      hint: "each begins 64 TiB after the one before on the one device of " +
        "the lab (from the 65th on, nearer); filename= gives jobs one file",
    });
  }
  return source;
}

function titleOf(jobs: readonly IoJob[]): string {
  return printableLine(
    `fio job file, ${jobs.map((job) => job.name).join(", ")}`,
  );
}

/** Texts of the files that a job file includes, by path. */
async function readIncluded(
  path: string,
  text: string,
): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  const pending = [{ path, text }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const line of next.text.split(/\r?\n/)) {
      const name = includedName(line);
      const nested = name === null ? null : nestedPath(path, next.path, name);
      if (nested === null || texts.has(nested)) continue;
      if (texts.size === MOST_INCLUDED) return texts;
      // The parser names the line that includes what is not there.
      if (!await isRegularFile(nested)) continue;
      const { chunks } = await openStream(nested, await openFile(nested));
      const inner = await readJobText(nested, chunks);
      texts.set(nested, inner);
      pending.push({ path: nested, text: inner });
    }
  }
  return texts;
}

async function replaySource(
  jobs: readonly IoJob[],
  options: { seed: number; replays: ReadonlyMap<IoJob, FioReplay> },
): Promise<IoSource> {
  const { seed, replays } = options;
  const rows = new BatchBuilder();
  const traces = new Map<IoJob, TraceReading>();
  const close = async () => {
    for (const trace of traces.values()) await trace.close();
  };
  // Times of several jobs cannot be kept where their I/Os take turns.
  const keepsTimes = jobs.length === 1;
  const running: IoJob[] = [];
  try {
    for (const job of jobs) {
      const named = replays.get(job);
      if (job.replay === null || named === undefined) {
        running.push(job);
        continue;
      }
      const { replay } = job;
      const timed = {
        ...job,
        replay: { ...replay, hasTimes: replay.hasTimes && keepsTimes },
      };
      running.push(timed);
      traces.set(timed, await openTrace(replay.path, named));
    }
  } catch (error) {
    await close();
    throw error;
  }
  if (!keepsTimes && jobs.some((job) => job.replay?.hasTimes)) {
    rows.warn({
      code: "replay-times",
      message: "times of replayed traces are left out",
      hint: "jobs of one file take turns; a job file of one job keeps them",
    });
  }
  const sources = new Map(
    [...traces].map(([job, trace]) => [job, {
      isIolog: trace.format.id === "iolog",
      batches: trace.batches,
      tally: trace.tally,
      warnings: trace.warnings,
      limit: trace.limit,
    }]),
  );
  const ios = runReplayingJobs(running, { seed, rows, replays: sources });
  return {
    title: titleOf(jobs),
    placement: DEFAULT_PLACEMENT,
    depth: Math.max(...jobs.map((job) => job.depth)),
    batch: Math.max(...jobs.map((job) => job.batch)),
    rows,
    batches: closing(ios, close),
    limit: (ios) => rows.limit(ios),
    close,
  };
}

/** Closes the traces where not all of their I/Os are wanted, or one fails. */
async function* closing(
  batches: AsyncIterable<IoBatch>,
  close: () => Promise<void>,
): AsyncGenerator<IoBatch, void> {
  try {
    yield* batches;
  } finally {
    await close();
  }
}

async function openTrace(
  path: string,
  { at, name }: FioReplay,
): Promise<TraceReading> {
  if (!await isRegularFile(path)) {
    throw jobFileError(at, name, "read_iolog to be a file that exists");
  }
  const trace = await readTraceFile(path);
  const { format } = trace;
  if (REPLAYED_FORMATS.includes(format.id)) return trace;
  await trace.close();
  throw jobFileError(
    at,
    name,
    `read_iolog to be a fio iolog or a binary blktrace, not ${format.name}`,
  );
}
