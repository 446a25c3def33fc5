/**
 * The queue pair of a submitter whose I/Os another worker completes, while it
 * completes those of a third: waiting for the own ones is serving the others.
 */
import type { KernelMemory } from "../memory/kernel_memory.ts";
import type { NvmeDevice } from "../nvme/device.ts";
import type { NvmeQueue } from "../nvme/queue.ts";
import type { EndedElsewhere } from "../path/path_counts.ts";
import { createRinger, createSleeper } from "./bell.ts";
import type { Completer, CrossEnd } from "./completer.ts";
import { createEndListener, reserveAccount } from "./elsewhere.ts";
import { createHostQueue, type HostQueueCounts } from "./host_queue.ts";
import { reserveQueueWords, resetQueueWords } from "./queue_words.ts";
import { type RemoteQueueOptions, stopped } from "./remote_queue.ts";

/** A submitter's end of a queue pair. */
export interface CrossQueue {
  /** For the path. */
  readonly queue: NvmeQueue;
  /** Stands for the device: serves until the own I/Os are further. */
  readonly device: NvmeDevice;
  /** Where it is, for the worker that completes. */
  readonly end: CrossEnd;
  /** Commands in the ring when its doorbell rang. */
  readonly counts: HostQueueCounts;
  /** How often the submitter has slept. */
  readonly sleeps: () => number;
  /** From now on, completes another's I/Os while it waits. */
  readonly serve: (other: Completer) => void;
  /** Serves, without I/Os of its own, until `isOver` says so. */
  readonly serveUntil: (isOver: () => boolean) => void;
}

export interface CrossQueueOptions extends RemoteQueueOptions {
  /** Tells the path what has ended. */
  readonly apply: (ended: EndedElsewhere) => void;
}

/**
 * Makes a submitter's end in its kernel memory.
 *
 * @param memory Kernel memory; this worker is the one that submits from it.
 */
export function createCrossQueue(
  memory: KernelMemory,
  entries: number,
  options: CrossQueueOptions,
): CrossQueue {
  const { bells, hostBell, deviceBell, spins, apply, isStopped } = options;
  const shared = memory.words();
  const words = reserveQueueWords(memory, entries);
  const account = reserveAccount(memory);
  resetQueueWords(shared, words);
  const host = createHostQueue(shared, words, createRinger(bells, deviceBell));
  const listener = createEndListener(shared, account, { apply });
  let other: Completer | undefined;
  let isOver = () => false;
  const sleeper = createSleeper(bells, hostBell, {
    hasWork: () =>
      listener.hasNews() || other?.hasCompletion() === true || isOver() ||
      isStopped(),
    spins,
  });
  const process = (): void => {
    sleeper.await();
    if (isStopped()) throw stopped();
    if (other?.hasCompletion() === true) other.serve();
    if (listener.hasNews()) listener.take();
  };
  return {
    queue: {
      depth: entries,
      submission: words.submission << 2,
      completion: words.completion << 2,
      doorbell: words.tailDoorbell << 2,
      push: (command) => host.push(command >> 2),
      ring: host.ring,
      reap: () => -1,
      status: () => 0,
    },
    device: { process },
    end: { arena: memory.buffer, words, account },
    counts: host.counts,
    sleeps: sleeper.sleeps,
    serve: (completer) => {
      other = completer;
    },
    serveUntil: (over) => {
      isOver = over;
      while (!isOver()) process();
      isOver = () => false;
    },
  };
}
