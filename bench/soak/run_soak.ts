/**
 * A whole soak: the jobs, some at once, and what is true of all of them.
 */
import { printableLine } from "../../sim/text/printable.ts";
import type { SoakPart } from "./soak_job.ts";
import { type SoakJob, soakJobs } from "./soak_plan.ts";
import type { SoakMessage } from "./soak_worker.ts";

export interface SoakOptions {
  /** I/Os in all. */
  readonly ios: number;
  /** Seed of workloads and faults. */
  readonly seed: number;
  /** Registry names of the layouts; default: all. */
  readonly layouts?: readonly string[] | undefined;
  /** Jobs at once. */
  readonly workers: number;
  /** Longest time in ms that a worker may say nothing. */
  readonly timeoutMs: number;
  /** Ends the soak early. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each window. */
  readonly onIos?: ((ios: number) => void) | undefined;
  /** The worker's module; for tests with a worker that misbehaves. */
  readonly module?: URL | undefined;
}

/** The sums over all jobs. */
export interface SoakReport extends Omit<SoakPart, "profile" | "digest"> {
  readonly jobs: number;
  /** What was wrong, a line each. */
  readonly problems: readonly string[];
}

/**
 * Runs a soak.
 *
 * @param options How much, how many at once.
 * @returns What was found; with problems, if anything was wrong.
 */
export async function runSoak(options: SoakOptions): Promise<SoakReport> {
  const jobs = soakJobs(options.ios, options);
  const problems: string[] = [];
  const digests = new Map<string, { digest: string; layout: string }>();
  const statuses: Record<string, number> = {};
  const faults: Record<string, number> = {};
  const balance: Record<string, number> = {};
  let done = 0;
  let ios = 0;
  let verifiedBytes = 0;
  const take = (job: SoakJob, parts: readonly SoakPart[]) => {
    done++;
    parts.forEach((part, index) => {
      ios += part.ios;
      verifiedBytes += part.verifiedBytes;
      add(statuses, part.statuses);
      add(faults, part.faults);
      add(balance, part.balance);
      // Equal layouts end equal I/Os alike and build equal commands.
      const key = `${job.recognition} ${part.profile} ${index}`;
      const { digest } = part;
      const first = digests.getOrInsert(key, { digest, layout: job.layout });
      if (first.digest !== digest) {
        problems.push(
          `${name(job)}, ${part.profile}: statuses or commands differ from ` +
            `those of ${first.layout}, expected equal ones`,
        );
      }
    });
  };
  let next = 0;
  const lane = async () => {
    while (next < jobs.length && !options.signal?.aborted) {
      const job = jobs[next++] as SoakJob;
      try {
        take(job, await runInWorker(job, options));
      } catch (error) {
        if (options.signal?.aborted) return;
        const message = error instanceof Error ? error.message : String(error);
        problems.push(`${name(job)}: ${printableLine(message)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: options.workers }, lane));
  for (const [resource, count] of Object.entries(balance)) {
    if (count !== 0) problems.push(`${count} of ${resource} are still in use`);
  }
  return {
    ...{ jobs: done, ios, verifiedBytes, statuses, faults, balance },
    problems,
  };
}

function name({ layout, recognition }: SoakJob): string {
  return `layout "${layout}" (P2P detection ${recognition})`;
}

function add(
  sums: Record<string, number>,
  more: Readonly<Record<string, number>>,
): void {
  for (const [key, count] of Object.entries(more)) {
    sums[key] = (sums[key] ?? 0) + count;
  }
}

/** One job in an isolate of its own, which is ended whatever happens. */
async function runInWorker(
  job: SoakJob,
  options: SoakOptions,
): Promise<readonly SoakPart[]> {
  const { signal, timeoutMs, onIos } = options;
  const module = options.module ??
    new URL("./soak_worker.ts", import.meta.url);
  const worker = new Worker(module, { type: "module", name: name(job) });
  let watchdog: ReturnType<typeof setTimeout> | undefined;
  let told = 0;
  let abort = () => {};
  try {
    return await new Promise((resolve, reject) => {
      const wait = () => {
        clearTimeout(watchdog);
        watchdog = setTimeout(() => {
          reject(
            new Error(
              `Cannot soak: the worker said nothing for ${timeoutMs / 1000} ` +
                `s after ${told} I/Os, expected a word after each window`,
            ),
          );
        }, timeoutMs);
      };
      abort = () => reject(signal?.reason);
      signal?.addEventListener("abort", abort);
      worker.onerror = (event) => {
        event.preventDefault();
        reject(new Error(`Cannot soak: the worker ended: ${event.message}`));
      };
      worker.onmessage = ({ data }: MessageEvent<SoakMessage>) => {
        wait();
        if (data.kind === "done") resolve(data.parts);
        else if (data.kind === "failure") reject(new Error(data.message));
        else {
          told += data.ios;
          onIos?.(data.ios);
        }
      };
      wait();
      worker.postMessage(job);
    });
  } finally {
    clearTimeout(watchdog);
    signal?.removeEventListener("abort", abort);
    worker.terminate();
  }
}
