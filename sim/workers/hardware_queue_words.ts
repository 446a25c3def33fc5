/**
 * Memory of a hardware queue that several submitters may use (struct
 * blk_mq_hw_ctx with its nvme_queue): rings, the lock of the submission ring,
 * tags, and of each request what other CPUs than the submitter's read and
 * write. It belongs to none of them and is apart from all.
 */
import type { Abi } from "../../layouts/abi.ts";
import { sbitmapShift, WORD_BYTES } from "../block/tag_words.ts";
import { KernelMemory } from "../memory/kernel_memory.ts";
import type { SharedWords } from "../memory/shared_words.ts";
import { CQE, SQE } from "../nvme/command.ts";
import {
  OWN_LINE_BYTES,
  type QueueWords,
  reserveQueueWords,
  resetQueueWords,
} from "./queue_words.ts";

/** Bytes between requests: one line, as those of two are never in one. */
const REQUEST_BYTES = 64;
/** Words of a request: whose it is, the next that is done, its status. */
export const REQUEST_STATE = { owner: 0, next: 1, status: 2 } as const;

export interface HardwareQueueSize {
  /** The ABI, for its long words. */
  readonly abi: Abi;
  /** Entries of each ring, a power of two. */
  readonly entries: number;
  readonly tags: number;
  /** Submitters that use it. */
  readonly submitters: number;
}

/** Where its parts are, as word indexes. */
export interface HardwareQueueWords {
  readonly rings: QueueWords;
  /** sq_lock. */
  readonly lock: number;
  /** The first struct sbitmap_word. */
  readonly tags: number;
  /** How many submitters wait for a tag. */
  readonly waiters: number;
  /** State of the first request. */
  readonly requests: number;
  /** Words from one request to the next. */
  readonly requestWords: number;
  /** Head of the list of what is done, of the first submitter. */
  readonly done: number;
  /** Words from one submitter's head to the next one's. */
  readonly doneWords: number;
}

function sbitmapWords({ abi, tags }: HardwareQueueSize): number {
  return Math.ceil(tags / (1 << sbitmapShift(tags, abi.longBytes * 8)));
}

/** Returns how much memory a hardware queue takes. */
export function hardwareQueueBytes(size: HardwareQueueSize): number {
  const { entries, tags, submitters } = size;
  const bytes = entries * (SQE.sizeBytes + CQE.sizeBytes) +
    tags * REQUEST_BYTES + sbitmapWords(size) * WORD_BYTES +
    (submitters + 16) * OWN_LINE_BYTES;
  // A guard page, and the rings begin at pages.
  return Math.ceil(bytes / 4096 + 4) * 4096;
}

/**
 * Lays a hardware queue out; each worker that does finds the same.
 *
 * @param buffer Its memory, of `hardwareQueueBytes()`.
 * @param wrap Wraps the view, for a tracer.
 */
export function layOutHardwareQueue(
  buffer: SharedArrayBuffer,
  size: HardwareQueueSize,
  wrap?: ConstructorParameters<typeof KernelMemory>[0]["wrap"],
): { readonly memory: KernelMemory; readonly at: HardwareQueueWords } {
  const { abi, entries, tags, submitters } = size;
  const memory = new KernelMemory({
    abi,
    sizeBytes: buffer.byteLength,
    buffer,
    ...(wrap === undefined ? {} : { wrap }),
  });
  const apart = { alignBytes: OWN_LINE_BYTES };
  const rings = reserveQueueWords(memory, entries);
  const at: HardwareQueueWords = {
    rings,
    lock: memory.reserve("nvme_queue", OWN_LINE_BYTES, {
      name: "nvme_queue.sq_lock",
      ...apart,
    }) >> 2,
    tags: memory.reserve("sbitmap_word", sbitmapWords(size) * WORD_BYTES, {
      strideBytes: WORD_BYTES,
      ...apart,
    }) >> 2,
    waiters: memory.reserve("sbitmap_queue", OWN_LINE_BYTES, apart) >> 2,
    requests: memory.reserve("request", tags * REQUEST_BYTES, {
      strideBytes: REQUEST_BYTES,
      ...apart,
    }) >> 2,
    requestWords: REQUEST_BYTES >> 2,
    done: memory.reserve("blk_cpu_done", submitters * OWN_LINE_BYTES, {
      strideBytes: OWN_LINE_BYTES,
      ...apart,
    }) >> 2,
    doneWords: OWN_LINE_BYTES >> 2,
  };
  return { memory, at };
}

/** Makes a new hardware queue empty; memory that is 0 is so otherwise. */
export function resetHardwareQueue(
  words: Pick<SharedWords, "write">,
  at: HardwareQueueWords,
): void {
  resetQueueWords(words, at.rings);
}
