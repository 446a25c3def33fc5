/**
 * The loop of a worker that is the device: serves several queue pairs in turn
 * and sleeps when all of them are empty.
 */
import { createSleeper } from "./bell.ts";
import type { DeviceQueue } from "./device_queue.ts";
import type { SharedWords } from "../memory/shared_words.ts";

export interface DeviceServiceOptions {
  /** Memory of the bells. */
  readonly bells: SharedWords;
  /** Index of this worker's bell; to end the loop, set `stop` and ring it. */
  readonly bell: number;
  /** Index of a word that ends the loop once it is not 0. */
  readonly stop: number;
  /** Looks at all queues before sleeping; `Infinity` polls. */
  readonly spins?: number | undefined;
}

/** What a device's worker has done. */
export interface DeviceServiceCounts {
  readonly commands: number;
  /** How often it slept. */
  readonly sleeps: number;
}

/** Serves queues until asked to stop; they are empty then. */
export function serveQueues(
  queues: readonly DeviceQueue[],
  options: DeviceServiceOptions,
): DeviceServiceCounts {
  const { bells, bell, stop, spins } = options;
  const { load } = bells;
  const sleeper = createSleeper(bells, bell, {
    hasWork: () => {
      for (let i = 0; i < queues.length; i++) {
        if ((queues[i] as DeviceQueue).hasCommand()) return true;
      }
      return load(stop) !== 0;
    },
    spins,
  });
  let commands = 0;
  for (;;) {
    let found = 0;
    for (let i = 0; i < queues.length; i++) {
      found += (queues[i] as DeviceQueue).process();
    }
    commands += found;
    if (found > 0) continue;
    if (load(stop) !== 0) return { commands, sleeps: sleeper.sleeps() };
    sleeper.await();
  }
}
