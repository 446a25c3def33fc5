/**
 * A submitter's end of a hardware queue that it need not have for itself, and
 * whose interrupt may come to another one: it pushes commands under the
 * queue's lock, takes the completions of the queues whose interrupt is its
 * own, and sends each back to the submitter that it belongs to.
 *
 * That is blk-mq with rq_affinity=2: nvme_irq() finds a completion, and
 * blk_mq_complete_request_remote() (block/blk-mq.c) sends an IPI to the CPU
 * that submitted the request, unless it is the same.
 */
import type { Tags } from "../block/tags.ts";
import type { KernelMemory } from "../memory/kernel_memory.ts";
import type { SharedWords } from "../memory/shared_words.ts";
import type { NvmeDevice } from "../nvme/device.ts";
import type { NvmeQueue } from "../nvme/queue.ts";
import { CQE, SQE } from "../nvme/command.ts";
import { createRinger, createSleeper } from "./bell.ts";
import { createDoneAdder, createDoneTaker } from "./done_list.ts";
import {
  type HardwareQueueWords,
  REQUEST_STATE,
} from "./hardware_queue_words.ts";
import { createHostQueue, type HostQueueCounts } from "./host_queue.ts";
import { type RemoteQueueOptions, stopped } from "./remote_queue.ts";
import { createSharedTags } from "./shared_tags.ts";
import { createSpinLock, type LockCounts } from "./spin_lock.ts";

// Constants of its own: bench/HOT_PATH.md.
const OWNER_WORD = REQUEST_STATE.owner;

/** A hardware queue as a worker sees it. */
export interface QueueView {
  readonly words: SharedWords;
  readonly at: HardwareQueueWords;
  /** The submitters that use it, ascending. */
  readonly submitters: readonly number[];
}

/** A submitter's end. */
export interface SharedQueue {
  /** For the path. */
  readonly queue: NvmeQueue;
  /** Stands for the device: waits for a completion. */
  readonly device: NvmeDevice;
  /** The queue's tags, where it is shared; for the path. */
  readonly tags: (memory: KernelMemory, depth: number) => Tags | undefined;
  /** Sizes of batches and rings. */
  readonly counts: HostQueueCounts;
  /** How often the lock of the submission ring was taken. */
  readonly lock: LockCounts;
  /** How often the submitter has slept. */
  readonly sleeps: () => number;
  /** Interrupts that it has sent to other submitters. */
  readonly sentInterrupts: () => number;
  /** Requests that it has found done for other submitters. */
  readonly sentRequests: () => number;
  /** Serves its interrupts, without I/Os of its own, until that. */
  readonly serveUntil: (isOver: () => boolean) => void;
}

export interface SharedQueueOptions extends RemoteQueueOptions {
  /** Which submitter it is. */
  readonly worker: number;
  /** The queue that it submits to. */
  readonly own: QueueView;
  /** The queues whose interrupt comes to it. */
  readonly interrupts: readonly QueueView[];
  /** Words that commands are copied from; default: the kernel memory's. */
  readonly source?: Pick<SharedWords, "read">;
  /** Bell of a submitter. */
  readonly submitterBell: (worker: number) => number;
}

/**
 * Makes a submitter's end.
 *
 * @param memory Its kernel memory, which commands are copied from.
 */
export function createSharedQueue(
  memory: KernelMemory,
  entries: number,
  options: SharedQueueOptions,
): SharedQueue {
  const { bells, hostBell, deviceBell, spins, worker, own } = options;
  const { submitterBell, isStopped } = options;
  const place = own.submitters.indexOf(worker);
  const lock = createSpinLock(own.words, own.at.lock);
  const host = createHostQueue(
    own.words,
    own.at.rings,
    () => {},
    { source: options.source ?? memory.words() },
  );
  const wakeDevice = createRinger(bells, deviceBell);
  const taker = createDoneTaker(
    own.words,
    own.at.done + place * own.at.doneWords,
    own.at,
  );
  /** What was found done here and is this submitter's own. */
  const mine = new Int32Array(2 * entries);
  let mineFrom = 0;
  let mineTo = 0;
  let sentInterrupts = 0;
  let sentRequests = 0;
  const served = options.interrupts.map((queue) => servedQueue(queue));

  function servedQueue({ words, at, submitters }: QueueView) {
    const { reap, status, hasCompletion, counts } = createHostQueue(
      words,
      at.rings,
      () => {},
    );
    const others = submitters.map((other, i) => ({
      add: createDoneAdder(words, at.done + i * at.doneWords, at).add,
      interrupt: createRinger(bells, submitterBell(other)),
    }));
    const only = submitters.length === 1 ? submitters[0] : undefined;
    const first = submitters[0] ?? 0;
    const serve = (): void => {
      for (;;) {
        const tag = reap();
        if (tag < 0) return;
        // rq->mq_ctx is read, whoever it may be.
        const noted = words.read(
          at.requests + tag * at.requestWords + OWNER_WORD,
        );
        const owner = only ?? noted;
        if (owner === worker) {
          mine[mineTo] = tag;
          mine[mineTo + 1] = status();
          mineTo = mineTo + 2 === mine.length ? 0 : mineTo + 2;
          continue;
        }
        const other = others[owner - first];
        if (other === undefined) {
          throw new RangeError(
            `Cannot complete tag ${tag}: found submitter ${owner}, expected ` +
              `one of those of its queue`,
          );
        }
        sentRequests++;
        if (!other.add(tag, status())) continue;
        sentInterrupts++;
        other.interrupt();
      }
    };
    return { serve, hasCompletion, counts };
  }

  let isOver = () => false;
  let isTagFree: () => boolean = () => false;
  const sleeper = createSleeper(bells, hostBell, {
    hasWork: () => {
      if (mineFrom !== mineTo || taker.hasAny()) return true;
      for (let i = 0; i < served.length; i++) {
        if (served[i]?.hasCompletion() === true) return true;
      }
      return isTagFree() || isOver() || isStopped();
    },
    spins,
  });
  const process = (): void => {
    sleeper.await();
    if (isStopped()) throw stopped();
    for (let i = 0; i < served.length; i++) served[i]?.serve();
  };
  const staged = new Int32Array(entries);
  let count = 0;
  let lastStatus = 0;
  const ring = (): void => {
    if (count === 0) return;
    // nvme_submit_cmds(): one lock for all of a plug.
    lock.lock();
    for (let i = 0; i < count; i++) host.push(staged[i] as number);
    host.ring();
    lock.unlock();
    count = 0;
    wakeDevice();
  };
  const reap = (): number => {
    if (mineFrom !== mineTo) {
      const tag = mine[mineFrom] as number;
      lastStatus = mine[mineFrom + 1] as number;
      mineFrom = mineFrom + 2 === mine.length ? 0 : mineFrom + 2;
      return tag;
    }
    const tag = taker.take();
    if (tag >= 0) lastStatus = taker.status();
    return tag;
  };
  const tags = (own_: KernelMemory, depth: number): Tags | undefined => {
    const { submitters } = own;
    if (submitters.length === 1) return undefined;
    const wakes = submitters.filter((other) => other !== worker)
      .map((other) => createRinger(bells, submitterBell(other)));
    return createSharedTags(own.words, own.at, {
      memory: own_,
      depth,
      worker,
      share: { index: place, of: submitters.length },
      clears: options.interrupts.includes(own) ? "at once" : "later",
      wake: () => {
        for (const wake of wakes) wake();
      },
      wait: (isFree) => {
        isTagFree = isFree;
        process();
        isTagFree = () => false;
      },
    });
  };
  // Where the path looks for rings of its own, which it does not have.
  const nowhere = memory.reserve("nvme_queue", SQE.sizeBytes + CQE.sizeBytes, {
    name: "nvme_queue of nobody",
  });
  const batches = served[0]?.counts.completionBatches ??
    new Int32Array(entries + 1);
  return {
    queue: {
      depth: entries,
      submission: nowhere,
      completion: nowhere + SQE.sizeBytes,
      doorbell: nowhere,
      push: (command) => {
        staged[count++] = command >> 2;
      },
      ring,
      reap,
      status: () => lastStatus,
    },
    device: { process },
    tags,
    counts: { occupancy: host.counts.occupancy, completionBatches: batches },
    lock: lock.counts,
    sleeps: sleeper.sleeps,
    sentInterrupts: () => sentInterrupts,
    sentRequests: () => sentRequests,
    serveUntil: (over) => {
      isOver = over;
      while (!isOver()) process();
      isOver = () => false;
    },
  };
}
