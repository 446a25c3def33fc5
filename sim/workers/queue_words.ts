/**
 * Where the parts of a queue pair are that two workers share. Each word that
 * one side writes and the other reads has 128 bytes of its own: a line, and its
 * neighbour that the prefetcher brings along (____cacheline_aligned_in_smp and,
 * on x86, the adjacent-line prefetch).
 */
import type { KernelMemory } from "../memory/kernel_memory.ts";
import { CQE, SQE } from "../nvme/command.ts";
import type { SharedWords } from "../memory/shared_words.ts";

/** Distance of words that different workers write. */
export const OWN_LINE_BYTES = 128;

/** A queue pair as word indexes of its memory; plain data for a message. */
export interface QueueWords {
  /** Entries of each ring, a power of two. */
  readonly entries: number;
  /** First word of the submission ring. */
  readonly submission: number;
  /** Words of one of its entries. */
  readonly submissionWords: number;
  /** First word of the completion ring. */
  readonly completion: number;
  /** Words of one of its entries; the last one has id, status and phase. */
  readonly completionWords: number;
  /** Submission tail doorbell: the host writes it. */
  readonly tailDoorbell: number;
  /** Completion head doorbell: the host writes it. */
  readonly headDoorbell: number;
  /** State of the worker that submits: tail. */
  readonly host: number;
  /** State of the worker that completes: head, phase, SQ head as heard. */
  readonly completer: number;
  /** The device's own state: head, tail, phase. */
  readonly device: number;
}

/** Words of the states. */
export const HOST_STATE = { tail: 0 } as const;
export const COMPLETER_STATE = { head: 0, phase: 1, fetched: 2 } as const;
export const DEVICE_STATE = { head: 0, tail: 1, phase: 2 } as const;

/**
 * Reserves a queue pair in kernel memory.
 *
 * @param memory Kernel memory, with a little-endian machine under it.
 * @param entries Entries of each ring, a power of two.
 */
export function reserveQueueWords(
  memory: KernelMemory,
  entries: number,
): QueueWords {
  const submission = memory.reserve("nvme sq", entries * SQE.sizeBytes, {
    strideBytes: SQE.sizeBytes,
    alignBytes: 4096,
  });
  const completion = memory.reserve("nvme cq", entries * CQE.sizeBytes, {
    strideBytes: CQE.sizeBytes,
    alignBytes: 4096,
  });
  const line = (structure: string, name = structure) =>
    memory.reserve(structure, OWN_LINE_BYTES, {
      name,
      alignBytes: OWN_LINE_BYTES,
    });
  return {
    entries,
    submission: submission >> 2,
    submissionWords: SQE.sizeBytes >> 2,
    completion: completion >> 2,
    completionWords: CQE.sizeBytes >> 2,
    tailDoorbell: line("nvme doorbell") >> 2,
    headDoorbell: line("nvme doorbell", "nvme doorbell of completions") >> 2,
    // ____cacheline_aligned_in_smp of cq_poll_lock parts them in the kernel.
    host: line("nvme_queue") >> 2,
    completer: line("nvme_queue", "nvme_queue of completions") >> 2,
    device: line("device queue") >> 2,
  };
}

/** Makes a queue pair empty; what its memory was before does not matter. */
export function resetQueueWords(
  words: Pick<SharedWords, "write">,
  queue: QueueWords,
): void {
  const { write } = words;
  for (let i = 0; i < queue.entries * queue.completionWords; i++) {
    write(queue.completion + i, 0);
  }
  write(queue.tailDoorbell, 0);
  write(queue.headDoorbell, 0);
  for (const at of Object.values(HOST_STATE)) write(queue.host + at, 0);
  for (const at of Object.values(COMPLETER_STATE)) {
    write(queue.completer + at, 0);
  }
  for (const at of Object.values(DEVICE_STATE)) write(queue.device + at, 0);
  // The first pass of the completion ring has phase 1.
  write(queue.completer + COMPLETER_STATE.phase, 1);
  write(queue.device + DEVICE_STATE.phase, 1);
}
