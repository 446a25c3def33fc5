/**
 * Timers that a test lets run out by hand, and workers whose memory it sees:
 * what waits for silence is then tested on a machine of any speed.
 */

/** What a test does with the time. */
export interface HandTimers {
  /** Lets so many ms pass; timers that are due by then go off. */
  readonly pass: (ms: number) => void;
  /** Waits until something is so, however long that takes. */
  readonly until: (isSo: () => boolean) => Promise<void>;
  /** What was posted to workers since, in order. */
  readonly posted: readonly unknown[];
  /** Messages that have come from workers so far. */
  readonly answers: () => number;
}

/**
 * Runs something that sets timers and starts workers, with timers that only
 * `pass()` lets go off.
 *
 * @param run What is run.
 * @returns What it gives.
 */
export async function withHandTimers<Result>(
  run: (timers: HandTimers) => Promise<Result>,
): Promise<Result> {
  const { setTimeout, clearTimeout, Worker } = globalThis;
  const waiting = new Map<number, { atMs: number; goOff: () => void }>();
  const posted: unknown[] = [];
  let nowMs = 0;
  let timers = 0;
  let answers = 0;
  let hasEnded = false;
  Object.assign(globalThis, {
    setTimeout: (goOff: () => void, ms = 0) => {
      waiting.set(++timers, { atMs: nowMs + ms, goOff });
      return timers;
    },
    clearTimeout: (timer?: number) => void waiting.delete(timer ?? 0),
    Worker: class extends Worker {
      constructor(...given: ConstructorParameters<typeof Worker>) {
        super(...given);
        this.addEventListener("message", () => void answers++);
      }
      override postMessage(message: unknown): void {
        posted.push(message);
        super.postMessage(message);
      }
    },
  });
  const pass = (ms: number): void => {
    nowMs += ms;
    for (const [timer, { atMs, goOff }] of waiting) {
      if (atMs > nowMs) continue;
      waiting.delete(timer);
      goOff();
    }
  };
  const until = async (isSo: () => boolean): Promise<void> => {
    while (!hasEnded && !isSo()) {
      await new Promise<void>((resolve) => setTimeout(resolve, 1));
    }
  };
  try {
    return await run({ pass, until, posted, answers: () => answers });
  } finally {
    hasEnded = true;
    Object.assign(globalThis, { setTimeout, clearTimeout, Worker });
  }
}
