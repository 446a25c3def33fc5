/** The workers of io_uring that run what would have slept (io-wq). */
import type { DirectIo } from "../../sim/block/direct_io.ts";

/** Workers at most: the lesser of ring entries and 4 a CPU, which was one. */
const MOST_WORKERS = 4;

export interface WorkerOptions {
  readonly freeTags: () => number;
  /** Lets all in flight complete. */
  readonly drain: () => void;
  /** Runs an I/O. */
  readonly submit: (io: DirectIo) => void;
}

/**
 * Lets workers run I/Os. One that would sleep on a tag lets the next one start;
 * woken in order, each continues with what is queued.
 *
 * @param ios The I/Os, in the order queued.
 * @returns How many times a worker slept.
 */
export function ioWorkers(
  ios: readonly DirectIo[],
  options: WorkerOptions,
): number {
  const { freeTags, drain, submit } = options;
  const queued = [...ios];
  const asleep: DirectIo[] = [];
  let sleepers = 0;
  const work = (): void => {
    for (let io = queued.shift(); io !== undefined; io = queued.shift()) {
      if (freeTags() <= 0) {
        asleep.push(io);
        sleepers++;
        return;
      }
      submit(io);
    }
  };
  for (let i = 0; i < MOST_WORKERS && queued.length > 0; i++) work();
  while (asleep.length > 0) {
    drain();
    while (asleep.length > 0 && freeTags() > 0) {
      const io = asleep.shift();
      if (io !== undefined) submit(io);
      work();
    }
  }
  return sleepers;
}
