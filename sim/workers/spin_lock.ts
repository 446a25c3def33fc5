/**
 * A spinlock between workers, as `sq_lock` of struct nvme_queue
 * (drivers/nvme/host/pci.c) keeps the submission ring of several CPUs.
 *
 * A worker that holds it may lose its CPU, as a virtual CPU may, so a waiter
 * spins for a while and then sleeps, as pv_wait() does
 * (kernel/locking/qspinlock_paravirt.h). Nobody is served first.
 */
import type { SharedWords } from "../memory/shared_words.ts";

/** Values of the word. */
const FREE = 0;
const HELD = 1;
/** Held, and somebody may sleep. */
const AWAITED = 2;

/** Looks before sleeping. */
const DEFAULT_SPINS = 200;

/** How often a lock was taken. */
export interface LockCounts {
  /** All times. */
  acquisitions: number;
  /** Those at which another worker held it. */
  contended: number;
}

/** One worker's side of a lock. */
export interface SpinLock {
  /** Returns once it is this worker's. */
  readonly lock: () => void;
  readonly unlock: () => void;
  /** What this worker has counted. */
  readonly counts: LockCounts;
}

/**
 * Makes a worker's side of a lock.
 *
 * @param at The lock's word, 0 at first.
 * @param spins Looks before sleeping; default: 200.
 */
export function createSpinLock(
  words: SharedWords,
  at: number,
  spins: number = DEFAULT_SPINS,
): SpinLock {
  const { load, exchange, compareExchange, wait, notify } = words;
  const counts: LockCounts = { acquisitions: 0, contended: 0 };
  return {
    lock: () => {
      counts.acquisitions++;
      if (compareExchange(at, FREE, HELD) === FREE) return;
      counts.contended++;
      for (let i = 0; i < spins; i++) {
        if (load(at) === FREE && compareExchange(at, FREE, HELD) === FREE) {
          return;
        }
      }
      while (exchange(at, AWAITED) !== FREE) wait(at, AWAITED);
    },
    unlock: () => {
      if (exchange(at, FREE) === AWAITED) notify(at);
    },
    counts,
  };
}
