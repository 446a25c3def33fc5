/**
 * The queue pair of a path whose device is another worker, as the path wants
 * it: pushing and reaping as always, and a "device" whose processing is to
 * wait until a completion is there.
 */
import type { KernelMemory } from "../memory/kernel_memory.ts";
import type { NvmeDevice } from "../nvme/device.ts";
import type { NvmeQueue } from "../nvme/queue.ts";
import { createRinger, createSleeper } from "./bell.ts";
import { createHostQueue, type HostQueueCounts } from "./host_queue.ts";
import {
  type QueueWords,
  reserveQueueWords,
  resetQueueWords,
} from "./queue_words.ts";
import type { SharedWords } from "../memory/shared_words.ts";

/** One wait for another CPU is spread over so many entries. */
const CLAIMED_ENTRIES = 8;

/** A submitter's end of a queue pair. */
export interface RemoteQueue {
  /** For the path. */
  readonly queue: NvmeQueue;
  /** Stands for the device: waits for a completion. */
  readonly device: NvmeDevice;
  /** Where the pair is; the device's worker needs it. */
  readonly words: QueueWords;
  readonly counts: HostQueueCounts;
  /** How often the submitter has slept. */
  readonly sleeps: () => number;
}

/** What a submitter's end is made with. */
export interface RemoteQueueOptions {
  /** Memory of the bells, which all workers of a group see. */
  readonly bells: SharedWords;
  /** Index of this worker's bell there. */
  readonly hostBell: number;
  /** Index of the bell of the device's worker. */
  readonly deviceBell: number;
  /** Whether nobody serves any more: whoever waits then gives up. */
  readonly isStopped: () => boolean;
  /** Looks for a completion before sleeping; `Infinity` polls. */
  readonly spins?: number | undefined;
}

/** Makes a submitter's end of a queue pair in its kernel memory. */
export function createRemoteQueue(
  memory: KernelMemory,
  entries: number,
  options: RemoteQueueOptions,
): RemoteQueue {
  const { bells, hostBell, deviceBell, isStopped, spins } = options;
  const shared = memory.words();
  const words = reserveQueueWords(memory, entries);
  resetQueueWords(shared, words);
  const host = createHostQueue(shared, words, createRinger(bells, deviceBell), {
    claimedEntries: CLAIMED_ENTRIES,
  });
  const sleeper = createSleeper(bells, hostBell, {
    hasWork: () => host.hasCompletion() || isStopped(),
    spins,
  });
  const push = (command: number): void => host.push(command >> 2);
  return {
    queue: {
      depth: entries,
      submission: words.submission << 2,
      completion: words.completion << 2,
      doorbell: words.tailDoorbell << 2,
      push,
      ring: host.ring,
      reap: host.reap,
      status: host.status,
    },
    device: {
      process: () => {
        sleeper.await();
        if (isStopped()) throw stopped();
      },
    },
    words,
    counts: host.counts,
    sleeps: sleeper.sleeps,
  };
}

/** Says that nobody serves a submitter any more. */
export function stopped(): Error {
  return new Error("Cannot wait for completions: the group was stopped");
}
