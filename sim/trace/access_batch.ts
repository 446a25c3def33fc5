/**
 * Accesses of the path in columns, as the tracer records them: a batch of
 * references that the cache model takes, with the stage of each.
 */
import {
  createReferenceBatch,
  REFERENCE_KIND,
  type ReferenceBatch,
} from "../cache/reference.ts";
import type { AccessSink } from "./tracer.ts";

/** Added to the stage of an access that the slab allocator made. */
export const ALLOCATOR_FLAG = 0x80;

/** Added to the stage of a store that zeroes what was allocated. */
export const ZEROING_FLAG = 0x40;

/** What of such a word is the stage itself. */
export const STAGE_MASK = 0x3f;

/** References with their stages. */
export interface AccessBatch extends ReferenceBatch {
  /** Stage of each access, with `ALLOCATOR_FLAG` or `ZEROING_FLAG` or none. */
  readonly stage: Uint8Array;
}

/** Accesses that a recorder holds before it hands them on. */
const CAPACITY = 1 << 14;

/**
 * Collects accesses and hands them on in batches: 13 bytes and a few ns each.
 */
export class AccessRecorder {
  /** Takes one access; give this to a `TracingView`. */
  readonly sink: AccessSink;
  /** Hands on what was collected. */
  readonly flush: () => void;
  /** Sets what is added to the stage of each access. */
  readonly #setFlags: (flags: number) => void;
  #flags = 0;

  /**
   * Starts empty.
   *
   * @param addressHi High 32 bits of all addresses.
   * @param consume Takes a batch; what it holds is gone afterwards.
   */
  constructor(addressHi: number, consume: (batch: AccessBatch) => void) {
    // Closures over constants: bench/HOT_PATH.md.
    const stages = new Uint8Array(CAPACITY);
    const batch: AccessBatch = {
      ...createReferenceBatch(CAPACITY),
      stage: stages,
    };
    batch.addressHi.fill(addressHi);
    const { addressLo, sizeAndKind } = batch;
    const { read: READ, write: WRITE } = REFERENCE_KIND;
    const capacity = CAPACITY;
    let length = 0;
    let flags = 0;
    const flush = () => {
      batch.length = length;
      if (length > 0) consume(batch);
      length = 0;
    };
    this.sink = (at, sizeBytes, isWrite, stage) => {
      const i = length | 0;
      addressLo[i] = at;
      sizeAndKind[i] = sizeBytes << 2 | (isWrite ? WRITE : READ);
      stages[i] = stage | flags;
      length = (i + 1) | 0;
      if (i + 1 === capacity) flush();
    };
    this.flush = flush;
    this.#setFlags = (now) => flags = now;
  }

  /** Whether accesses are the slab allocator's own, and count as such. */
  set inAllocator(inside: boolean) {
    this.#set(ALLOCATOR_FLAG, inside);
  }

  /** Whether accesses zero what was allocated, and count as that. */
  set inZeroing(inside: boolean) {
    this.#set(ZEROING_FLAG, inside);
  }

  #set(flag: number, isSet: boolean): void {
    this.#flags = isSet ? this.#flags | flag : this.#flags & ~flag;
    // The allocator's own come before zeroing.
    this.#setFlags(
      (this.#flags & ALLOCATOR_FLAG) !== 0 ? ALLOCATOR_FLAG : this.#flags,
    );
  }
}
