/**
 * Accesses of the path in columns, as the tracer records them: a batch of
 * references that the cache model takes, with the stage of each.
 */
import {
  createReferenceBatch,
  REFERENCE_KIND,
  type ReferenceBatch,
} from "../cache/reference.ts";

/** Added to the stage of an access that the slab allocator made. */
export const ALLOCATOR_FLAG = 0x80;

/** Added to the stage of a store that zeroes what was allocated. */
export const ZEROING_FLAG = 0x40;

// Constants of its own: bench/HOT_PATH.md.
const WRITE_KIND = REFERENCE_KIND.write;
const IN_ALLOCATOR = ALLOCATOR_FLAG;
const ZEROING = ZEROING_FLAG;

/** The part of such a word that is the stage itself. */
export const STAGE_MASK = 0x3f;

/** References with their stages. */
export interface AccessBatch extends ReferenceBatch {
  /** Stage of each access, with `ALLOCATOR_FLAG` or `ZEROING_FLAG` or none. */
  readonly stage: Uint8Array;
}

/**
 * Takes one access.
 *
 * @param at Byte offset in kernel memory.
 * @param sizeBytes 1, 2, 4 or 8.
 * @param isWrite Whether it wrote.
 * @param stage Index of the stage, as the path counts them.
 */
export type AccessSink = (
  at: number,
  sizeBytes: number,
  isWrite: boolean,
  stage: number,
) => void;

/** Accesses that a recorder holds before it hands them on. */
const CAPACITY = 1 << 12;

/** What a recorder is doing, as indexes of its words. */
const NOW = { length: 0, step: 1, stage: 2, flushed: 3 } as const;
/** So many that V8 keeps them outside of its heap: bench/HOT_PATH.md. */
const WORDS = 32;

/**
 * Collects accesses and hands them on in batches: 13 bytes and a few ns each.
 */
export class AccessRecorder {
  /**
   * Takes one access, unless recording is off: its byte offset in kernel memory,
   * and its size and kind as in a batch.
   */
  readonly record: (at: number, sizeAndKind: number) => void;
  /** Returns how many accesses were recorded so far, as an int32. */
  readonly recorded: () => number;
  /** Hands on what was collected. */
  readonly flush: () => void;
  readonly #batch: AccessBatch;
  readonly #words: Int32Array;
  #consume: (batch: AccessBatch) => void;
  #stage = 0;
  #flags = 0;

  /**
   * Starts empty, and off.
   *
   * @param addressHi High 32 bits of all addresses.
   * @param consume Takes a batch; what it holds is gone afterwards.
   * @param capacity Accesses of a batch at most; default: 4096.
   */
  constructor(
    addressHi: number,
    consume: (batch: AccessBatch) => void,
    capacity: number = CAPACITY,
  ) {
    // Closures over constants: bench/HOT_PATH.md.
    const full = capacity;
    const stages = new Uint8Array(full);
    const batch: AccessBatch = {
      ...createReferenceBatch(full),
      stage: stages,
    };
    batch.addressHi.fill(addressHi);
    const { addressLo, sizeAndKind } = batch;
    const words = new Int32Array(WORDS);
    const { length: LENGTH, step: STEP, stage: STAGE } = NOW;
    const { flushed: FLUSHED } = NOW;
    const flush = () => {
      const length = words[LENGTH] as number;
      batch.length = length;
      if (length > 0) this.#consume(batch);
      words[LENGTH] = 0;
      words[FLUSHED] = (words[FLUSHED] as number) + length;
    };
    // What is not to be recorded is written, too, and the next one is on it.
    this.record = (at, word) => {
      const i = words[LENGTH] as number;
      addressLo[i] = at;
      sizeAndKind[i] = word;
      stages[i] = words[STAGE] as number;
      const next = (i + (words[STEP] as number)) | 0;
      words[LENGTH] = next;
      if (next === full) flush();
    };
    this.recorded = () =>
      ((words[FLUSHED] as number) + (words[LENGTH] as number)) | 0;
    this.flush = flush;
    this.#batch = batch;
    this.#words = words;
    this.#consume = consume;
  }

  /**
   * Begins again, empty and off, for another path.
   *
   * @param addressHi High 32 bits of all addresses.
   * @param consume Takes a batch; what it holds is gone afterwards.
   */
  restart(addressHi: number, consume: (batch: AccessBatch) => void): void {
    this.#batch.addressHi.fill(addressHi);
    this.#words.fill(0);
    this.#consume = consume;
    this.#stage = 0;
    this.#flags = 0;
  }

  /** Makes a recorder that hands each access on at once. */
  static telling(sink: AccessSink): AccessRecorder {
    return new AccessRecorder(0, ({ addressLo, sizeAndKind, stage }) => {
      const word = sizeAndKind[0] as number;
      const isWrite = (word & 3) === WRITE_KIND;
      sink(addressLo[0] as number, word >>> 2, isWrite, stage[0] as number);
    }, 1);
  }

  /** Whether accesses are recorded at all. */
  get enabled(): boolean {
    return this.#words[NOW.step] === 1;
  }

  set enabled(isOn: boolean) {
    this.#words[NOW.step] = isOn ? 1 : 0;
  }

  /** Index of the stage that accesses are attributed to. */
  get stage(): number {
    return this.#stage;
  }

  set stage(stage: number) {
    this.#stage = stage;
    this.#attribute();
  }

  /** Whether accesses are the slab allocator's own, and count as such. */
  set inAllocator(inside: boolean) {
    this.#set(IN_ALLOCATOR, inside);
  }

  /** Whether accesses zero what was allocated, and count as that. */
  set inZeroing(inside: boolean) {
    this.#set(ZEROING, inside);
  }

  #set(flag: number, isSet: boolean): void {
    this.#flags = isSet ? this.#flags | flag : this.#flags & ~flag;
    this.#attribute();
  }

  #attribute(): void {
    // The allocator's own come before zeroing.
    const flags = (this.#flags & IN_ALLOCATOR) !== 0
      ? IN_ALLOCATOR
      : this.#flags;
    this.#words[NOW.stage] = this.#stage | flags;
  }
}
