/**
 * The tracer: a view that passes every access on and has its address, size,
 * direction and stage recorded (design.md, rule 2). It runs in a worker of its
 * own, on the code that is timed elsewhere.
 */
import { HALF, type MemoryView } from "../../layouts/word.ts";
import { REFERENCE_KIND } from "../cache/reference.ts";
import type { AccessRecorder } from "./access_batch.ts";

// Constants of its own: bench/HOT_PATH.md.
const { read: READ, write: WRITE } = REFERENCE_KIND;
const READ_1 = 1 << 2 | READ;
const WRITE_1 = 1 << 2 | WRITE;
const READ_2 = 2 << 2 | READ;
const WRITE_2 = 2 << 2 | WRITE;
const READ_4 = 4 << 2 | READ;
const WRITE_4 = 4 << 2 | WRITE;
const READ_8 = 8 << 2 | READ;
const WRITE_8 = 8 << 2 | WRITE;
const { low: LOW, high: HIGH, kept: KEPT, onlyHigh: ONLY_HIGH } = HALF;
const BOTH_HALVES = LOW + HIGH;

/** Words of the pair of halves that may be under way. */
const AT = 0;
const AWAITS = 1;
const BEHIND = 2;
/** So many that V8 keeps them outside of its heap: bench/HOT_PATH.md. */
const WORDS = 32;

/**
 * A view that has every access recorded.
 *
 * The two halves of a 64-bit value are one access of 8 bytes where they follow
 * each other, and what was kept of a value that was read before is none.
 *
 * @example Every access of a value, with its stage
 * ```ts
 * import { AccessRecorder } from "./access_batch.ts";
 * import { TracingView } from "./tracer.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const seen: unknown[] = [];
 * const recorder = AccessRecorder.telling((...access) => seen.push(access));
 * const memory = new DataView(new ArrayBuffer(64));
 * const view = new TracingView(memory, recorder);
 * recorder.enabled = true;
 * recorder.stage = 2;
 * view.setUint16(8, 513, true);
 * assertEquals(view.getInt32(8, true), 513);
 * assertEquals(seen, [[8, 2, true, 2], [8, 4, false, 2]]);
 * ```
 */
export class TracingView implements MemoryView {
  readonly #inner: DataView;
  readonly #recorder: AccessRecorder;
  readonly #words: Int32Array = new Int32Array(WORDS).fill(-1);

  /**
   * Wraps a view.
   *
   * @param inner The memory.
   * @param recorder Who is told.
   */
  constructor(inner: DataView, recorder: AccessRecorder) {
    this.#inner = inner;
    this.#recorder = recorder;
  }

  /** {@inheritDoc MemoryView.getInt32} */
  getInt32(at: number, littleEndian?: boolean, half = 0): number {
    if (half === 0) this.#recorder.record(at, READ_4);
    else if (half === KEPT) this.#words[AT] = -1;
    else if (half === ONLY_HIGH) {
      this.#recorder.record(startOfPair(at, HIGH, littleEndian), READ_8);
    } else {
      this.#recordHalf(startOfPair(at, half, littleEndian), half, READ_8);
    }
    return this.#inner.getInt32(at, littleEndian);
  }

  /** {@inheritDoc MemoryView.setInt32} */
  setInt32(
    at: number,
    value: number,
    littleEndian?: boolean,
    half = 0,
  ): void {
    if (half === 0) this.#recorder.record(at, WRITE_4);
    else this.#recordHalf(startOfPair(at, half, littleEndian), half, WRITE_8);
    this.#inner.setInt32(at, value, littleEndian);
  }

  /** {@inheritDoc MemoryView.getUint16} */
  getUint16(at: number, littleEndian?: boolean): number {
    this.#recorder.record(at, READ_2);
    return this.#inner.getUint16(at, littleEndian);
  }

  /** {@inheritDoc MemoryView.setUint16} */
  setUint16(at: number, value: number, littleEndian?: boolean): void {
    this.#recorder.record(at, WRITE_2);
    this.#inner.setUint16(at, value, littleEndian);
  }

  /** {@inheritDoc MemoryView.getUint8} */
  getUint8(at: number): number {
    this.#recorder.record(at, READ_1);
    return this.#inner.getUint8(at);
  }

  /** {@inheritDoc MemoryView.setUint8} */
  setUint8(at: number, value: number): void {
    this.#recorder.record(at, WRITE_1);
    this.#inner.setUint8(at, value);
  }

  /** A half is an access, but for the other one directly behind it. */
  #recordHalf(start: number, half: number, word: number): void {
    const words = this.#words;
    const recorder = this.#recorder;
    if (
      words[AT] === start && words[AWAITS] === (word << 2 | half) &&
      words[BEHIND] === recorder.recorded
    ) {
      words[AT] = -1;
      return;
    }
    recorder.record(start, word);
    words[AT] = start;
    words[AWAITS] = word << 2 | (BOTH_HALVES - half);
    words[BEHIND] = recorder.recorded;
  }
}

function startOfPair(
  at: number,
  half: number,
  littleEndian: boolean | undefined,
): number {
  return (half === LOW) === (littleEndian ?? false) ? at : at - 4;
}
