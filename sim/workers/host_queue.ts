/**
 * The driver's side of a queue pair whose device is another worker
 * (drivers/nvme/host/pci.c: nvme_sq_copy_cmd, nvme_write_sq_db,
 * nvme_cqe_pending, nvme_poll_cq).
 *
 * One producer and one consumer for each ring. Commands are published by the
 * tail doorbell, many with one write where the block layer batches them;
 * completions by the phase bit in their own last word. Neither ring can run
 * over: there are fewer tags than entries, and a tag is free again only after
 * its completion has been read.
 */
import { COMPLETER_STATE, HOST_STATE, type QueueWords } from "./queue_words.ts";
import type { SharedWords } from "../memory/shared_words.ts";

/** What a host has counted, for every size of a batch, from 0 to entries. */
export interface HostQueueCounts {
  /** How often this many completions were taken at once. */
  readonly completionBatches: Int32Array;
  /** How often this many commands were in the ring when the doorbell rang. */
  readonly occupancy: Int32Array;
}

/** The host's side. */
export interface HostQueue {
  /** Copies a command, by its first word, into the ring. */
  readonly push: (command: number) => void;
  /** Publishes what was pushed and wakes the device. */
  readonly ring: () => void;
  /** Takes the next completion: its command id, or -1 where none is. */
  readonly reap: () => number;
  /** Status of the completion taken last; 0 for success. */
  readonly status: () => number;
  readonly hasCompletion: () => boolean;
  readonly counts: HostQueueCounts;
}

/** What may be otherwise with a host's side. */
export interface HostQueueOptions {
  /** Memory that commands are copied from; default: the same. */
  readonly source?: Pick<SharedWords, "read"> | undefined;
  /**
   * Entries, a power of two, whose lines are asked for at a time before they
   * are needed, as prefetchw() does: the device has read them, and to write one
   * by one waits for its CPU each time. For who submits and completes alone;
   * default: 0, none.
   */
  readonly claimedEntries?: number | undefined;
}

/**
 * Makes the host's side. Submitting and completing have states of their own,
 * so that two workers can share them: one pushes and rings, the other reaps.
 *
 * @param queue Where the queue is; `resetQueueWords` was called for it.
 * @param wakeDevice Called after commands were published.
 */
export function createHostQueue(
  words: SharedWords,
  queue: QueueWords,
  wakeDevice: () => void,
  options: HostQueueOptions = {},
): HostQueue {
  const { read, write, load, store } = words;
  const { source = words, claimedEntries = 0 } = options;
  const { read: readCommand } = source;
  const { submission, submissionWords, completion, completionWords } = queue;
  const { entries, tailDoorbell, headDoorbell } = queue;
  const mask = entries - 1;
  const tailAt = queue.host + HOST_STATE.tail;
  const headAt = queue.completer + COMPLETER_STATE.head;
  const phaseAt = queue.completer + COMPLETER_STATE.phase;
  const fetchedAt = queue.completer + COMPLETER_STATE.fetched;
  const counts: HostQueueCounts = {
    completionBatches: new Int32Array(entries + 1),
    occupancy: new Int32Array(entries + 1),
  };
  const { completionBatches, occupancy } = counts;
  let lastStatus = 0;

  /** Whether the entries from one on are to be asked for now. */
  const isClaimed = (next: number): boolean =>
    claimedEntries > 0 && (next & (claimedEntries - 1)) === 0;
  const claim = (next: number): void => {
    // What the device has not been heard to have fetched stays as it is.
    const free = mask - ((next - read(fetchedAt)) & mask);
    const count = Math.min(claimedEntries, free);
    for (let i = 0; i < count; i++) {
      // Nobody reads it: all of the entry is written before it is published.
      write(submission + ((next + i) & mask) * submissionWords, 0);
    }
  };
  const push = (command: number): void => {
    const tail = read(tailAt);
    const entry = submission + tail * submissionWords;
    for (let i = 0; i < submissionWords; i++) {
      write(entry + i, readCommand(command + i));
    }
    const next = (tail + 1) & mask;
    write(tailAt, next);
    if (isClaimed(next)) claim(next);
  };
  const ring = (): void => {
    const tail = read(tailAt);
    const held = (tail - read(fetchedAt)) & mask;
    occupancy[held] = (occupancy[held] as number) + 1;
    store(tailDoorbell, tail);
    wakeDevice();
  };
  const lastWord = (head: number): number =>
    completion + head * completionWords + completionWords - 1;
  const hasCompletion = (): boolean =>
    (load(lastWord(read(headAt))) >>> 16 & 1) === read(phaseAt);
  const reap = (): number => {
    const head = read(headAt);
    const last = lastWord(head);
    const word = load(last);
    if ((word >>> 16 & 1) !== read(phaseAt)) {
      const taken = (head - read(headDoorbell)) & mask;
      if (taken > 0) {
        completionBatches[taken] = (completionBatches[taken] as number) + 1;
        // nvme_ring_cq_doorbell(): once for all that were taken. It is a plain
        // store, for the device here never looks: rings do not run over.
        write(headDoorbell, head);
      }
      return -1;
    }
    lastStatus = word >>> 17;
    // The low half of the word before: how far the device has fetched.
    write(fetchedAt, read(last - 1) & 0xffff);
    if (head + 1 === entries) {
      write(headAt, 0);
      write(phaseAt, read(phaseAt) ^ 1);
    } else {
      write(headAt, head + 1);
    }
    return word & 0xffff;
  };
  return { push, ring, reap, status: () => lastStatus, hasCompletion, counts };
}
