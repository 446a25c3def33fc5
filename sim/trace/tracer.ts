/**
 * The tracer: a view that passes every access on and has its address, size,
 * direction and stage recorded (design.md, rule 2). It runs in a worker of its
 * own, on the code that is timed elsewhere.
 */
import { HALF, type MemoryView } from "../../layouts/word.ts";
import { REFERENCE_KIND } from "../cache/reference.ts";
import type { AccessRecorder } from "./access_batch.ts";

// Constants of its own: bench/HOT_PATH.md.
const LOW = HALF.low;

/** Words of the pair of halves that may be under way. */
const PAIR = { at: 0, awaits: 1, behind: 2 } as const;
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
  /** {@inheritDoc MemoryView.getInt32} */
  readonly getInt32: MemoryView["getInt32"];
  /** {@inheritDoc MemoryView.setInt32} */
  readonly setInt32: MemoryView["setInt32"];
  /** {@inheritDoc MemoryView.setHalves} */
  readonly setHalves: NonNullable<MemoryView["setHalves"]>;
  /** {@inheritDoc MemoryView.getUint16} */
  readonly getUint16: MemoryView["getUint16"];
  /** {@inheritDoc MemoryView.setUint16} */
  readonly setUint16: MemoryView["setUint16"];
  /** {@inheritDoc MemoryView.getUint8} */
  readonly getUint8: MemoryView["getUint8"];
  /** {@inheritDoc MemoryView.setUint8} */
  readonly setUint8: MemoryView["setUint8"];

  /** Wraps a view. */
  constructor(inner: DataView, recorder: AccessRecorder) {
    // Closures over constants: bench/HOT_PATH.md.
    const view = inner;
    const { record, recorded } = recorder;
    const { low, high, kept, onlyHigh } = HALF;
    const bothHalves = low + high;
    const { read, write } = REFERENCE_KIND;
    const [read1, write1] = [1 << 2 | read, 1 << 2 | write];
    const [read2, write2] = [2 << 2 | read, 2 << 2 | write];
    const [read4, write4] = [4 << 2 | read, 4 << 2 | write];
    const [read8, write8] = [8 << 2 | read, 8 << 2 | write];
    const { at: AT, awaits: AWAITS, behind: BEHIND } = PAIR;
    const words = new Int32Array(WORDS).fill(-1);

    /** A half is an access, except for the other one directly after it. */
    const recordHalf = (start: number, half: number, word: number): void => {
      if (
        words[AT] === start && words[AWAITS] === (word << 2 | half) &&
        words[BEHIND] === recorded()
      ) {
        words[AT] = -1;
        return;
      }
      record(start, word);
      words[AT] = start;
      words[AWAITS] = word << 2 | (bothHalves - half);
      words[BEHIND] = recorded();
    };
    const recordPart = (
      at: number,
      littleEndian: boolean | undefined,
      half: number,
    ): void => {
      if (half === kept) words[AT] = -1;
      else if (half === onlyHigh) {
        record(startOfPair(at, high, littleEndian), read8);
      } else recordHalf(startOfPair(at, half, littleEndian), half, read8);
    };
    this.getInt32 = (at, littleEndian, half = 0) => {
      if (half === 0) record(at, read4);
      else recordPart(at, littleEndian, half);
      return view.getInt32(at, littleEndian);
    };
    this.setInt32 = (at, value, littleEndian, half = 0) => {
      if (half === 0) record(at, write4);
      else recordHalf(startOfPair(at, half, littleEndian), half, write8);
      view.setInt32(at, value, littleEndian);
    };
    this.setHalves = (at, lo, hi, littleEndian) => {
      record(at, write8);
      const behind = (at + 4) | 0;
      view.setInt32(littleEndian ? at : behind, lo, littleEndian);
      view.setInt32(littleEndian ? behind : at, hi, littleEndian);
    };
    this.getUint16 = (at, littleEndian) => {
      record(at, read2);
      return view.getUint16(at, littleEndian);
    };
    this.setUint16 = (at, value, littleEndian) => {
      record(at, write2);
      view.setUint16(at, value, littleEndian);
    };
    this.getUint8 = (at) => {
      record(at, read1);
      return view.getUint8(at);
    };
    this.setUint8 = (at, value) => {
      record(at, write1);
      view.setUint8(at, value);
    };
  }
}

function startOfPair(
  at: number,
  half: number,
  littleEndian: boolean | undefined,
): number {
  return (half === LOW) === (littleEndian ?? false) ? at : at - 4;
}
