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
  /** Whether accesses are the slab allocator's own. */
  inAllocator = false;
  /** Whether accesses zero what was allocated. */
  inZeroing = false;
  readonly #batch: AccessBatch;
  readonly #consume: (batch: AccessBatch) => void;

  /**
   * Starts empty.
   *
   * @param addressHi High 32 bits of all addresses.
   * @param consume Takes a batch; what it holds is gone afterwards.
   */
  constructor(addressHi: number, consume: (batch: AccessBatch) => void) {
    const stage = new Uint8Array(CAPACITY);
    this.#batch = { ...createReferenceBatch(CAPACITY), stage };
    this.#batch.addressHi.fill(addressHi);
    this.#consume = consume;
  }

  /** Takes one access; give this to a `TracingView`. */
  readonly sink: AccessSink = (at, sizeBytes, isWrite, stage) => {
    const batch = this.#batch;
    const i = batch.length;
    batch.addressLo[i] = at;
    batch.sizeAndKind[i] = sizeBytes << 2 |
      (isWrite ? REFERENCE_KIND.write : REFERENCE_KIND.read);
    batch.stage[i] = this.inAllocator
      ? stage | ALLOCATOR_FLAG
      : this.inZeroing
      ? stage | ZEROING_FLAG
      : stage;
    batch.length = i + 1;
    if (batch.length === CAPACITY) this.flush();
  };

  /** Hands on what was collected. */
  flush(): void {
    if (this.#batch.length > 0) this.#consume(this.#batch);
    this.#batch.length = 0;
  }
}
