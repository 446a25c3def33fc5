/**
 * How a worker that has nothing to do sleeps, and how it is woken: one word
 * per sleeper, with a cache line of its own.
 *
 * The sleeper announces that it will sleep, looks for work once more, and only
 * then sleeps. Whoever has work for it publishes the work first and looks at
 * the announcement afterwards. Whatever the order, one of the two sees the
 * other; with either half the other way round a wake-up is lost. This is the
 * scheme of the kernel's shadow doorbells (nvme_dbbuf_update_and_check_event(),
 * which has a mb() between the two for that reason) and of wait queues
 * (prepare_to_wait(), include/linux/wait.h).
 */
import type { SharedWords } from "../memory/shared_words.ts";

/** Values of a bell's word. */
const AWAKE = 0;
const ASLEEP = 1;

/** Looks for work before it sleeps, with nothing else to do. */
const DEFAULT_SPINS = 2000;

/** The sleeper's side. */
export interface Sleeper {
  /**
   * Returns as soon as there may be work: after some looks at once, and
   * otherwise after a sleep.
   */
  readonly await: () => void;
  /** How often it has slept. */
  readonly sleeps: () => number;
}

export interface SleeperOptions {
  /** Whether there is work; looked at before sleeping, never after. */
  readonly hasWork: () => boolean;
  /** Looks before it sleeps; default: 2000, `Infinity` never sleeps. */
  readonly spins?: number | undefined;
}

/**
 * Makes the sleeper's side of a bell.
 *
 * @param bell Index of the bell's word, 0 at first.
 */
export function createSleeper(
  words: SharedWords,
  bell: number,
  options: SleeperOptions,
): Sleeper {
  const { hasWork, spins = DEFAULT_SPINS } = options;
  const { store, wait } = words;
  let sleeps = 0;
  return {
    await: () => {
      for (let i = 0; i < spins; i++) if (hasWork()) return;
      store(bell, ASLEEP);
      if (!hasWork()) {
        sleeps++;
        wait(bell, ASLEEP);
      }
      store(bell, AWAKE);
    },
    sleeps: () => sleeps,
  };
}

/**
 * Makes the other side: call it after work was published.
 *
 * @param bell Index of the bell's word.
 * @returns Wakes the sleeper if it sleeps or is about to.
 */
export function createRinger(words: SharedWords, bell: number): () => void {
  const { load, exchange, notify } = words;
  return () => {
    // Almost always awake: one read of a line that nobody writes.
    if (load(bell) === AWAKE) return;
    if (exchange(bell, AWAKE) === ASLEEP) notify(bell);
  };
}
