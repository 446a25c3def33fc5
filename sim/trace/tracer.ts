/**
 * The tracer: a view that passes every access on and hands its address, size,
 * direction and stage to a sink (design.md, rule 2). It runs in a worker of its
 * own, on the code that is timed elsewhere.
 */
import { HALF, type MemoryView } from "../../layouts/word.ts";

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

const KEPT: number = HALF.kept;
const ONLY_HIGH: number = HALF.onlyHigh;

/**
 * A view that tells a sink of every access.
 *
 * The two halves of a 64-bit value are one access of 8 bytes where they follow
 * each other, and what was kept of a value that was read before is none. Each
 * access costs one call of the sink.
 *
 * @example Every access of a value, with its stage
 * ```ts
 * import { TracingView } from "./tracer.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const seen: unknown[] = [];
 * const memory = new DataView(new ArrayBuffer(64));
 * const view = new TracingView(memory, (...access) => seen.push(access));
 * view.enabled = true;
 * view.stage = 2;
 * view.setUint16(8, 513, true);
 * assertEquals(view.getInt32(8, true), 513);
 * assertEquals(seen, [[8, 2, true, 2], [8, 4, false, 2]]);
 * ```
 */
export class TracingView implements MemoryView {
  /** Index of the stage that accesses are attributed to. */
  stage = 0;
  /** Whether accesses are told at all. */
  enabled = false;
  readonly #inner: DataView;
  readonly #sink: AccessSink;
  /** Where the last access would go on if it were half of a 64-bit one. */
  #pairAt = -1;
  /** The half that would complete it, with 4 added for a write. */
  #pairAwaits = 0;

  /**
   * Wraps a view.
   *
   * @param inner The memory.
   * @param sink Who is told.
   */
  constructor(inner: DataView, sink: AccessSink) {
    this.#inner = inner;
    this.#sink = sink;
  }

  /** {@inheritDoc MemoryView.getInt32} */
  getInt32(at: number, littleEndian?: boolean, half = 0): number {
    if (half === 0) this.#tell(at, 4, false);
    else if (half === KEPT) this.#pairAt = -1;
    else if (half === ONLY_HIGH) {
      this.#tell(startOfPair(at, HALF.high, littleEndian), 8, false);
    } else this.#tellHalf(startOfPair(at, half, littleEndian), half, false);
    return this.#inner.getInt32(at, littleEndian);
  }

  /** {@inheritDoc MemoryView.setInt32} */
  setInt32(
    at: number,
    value: number,
    littleEndian?: boolean,
    half = 0,
  ): void {
    if (half === 0) this.#tell(at, 4, true);
    else this.#tellHalf(startOfPair(at, half, littleEndian), half, true);
    this.#inner.setInt32(at, value, littleEndian);
  }

  /** {@inheritDoc MemoryView.getUint16} */
  getUint16(at: number, littleEndian?: boolean): number {
    this.#tell(at, 2, false);
    return this.#inner.getUint16(at, littleEndian);
  }

  /** {@inheritDoc MemoryView.setUint16} */
  setUint16(at: number, value: number, littleEndian?: boolean): void {
    this.#tell(at, 2, true);
    this.#inner.setUint16(at, value, littleEndian);
  }

  /** {@inheritDoc MemoryView.getUint8} */
  getUint8(at: number): number {
    this.#tell(at, 1, false);
    return this.#inner.getUint8(at);
  }

  /** {@inheritDoc MemoryView.setUint8} */
  setUint8(at: number, value: number): void {
    this.#tell(at, 1, true);
    this.#inner.setUint8(at, value);
  }

  #tell(at: number, sizeBytes: number, isWrite: boolean): void {
    this.#pairAt = -1;
    if (this.enabled) this.#sink(at, sizeBytes, isWrite, this.stage);
  }

  #tellHalf(startsAt: number, half: number, isWrite: boolean): void {
    const direction = isWrite ? 4 : 0;
    if (this.#pairAt === startsAt && this.#pairAwaits === half + direction) {
      this.#pairAt = -1;
      return;
    }
    this.#pairAt = startsAt;
    this.#pairAwaits = HALF.low + HALF.high - half + direction;
    if (this.enabled) this.#sink(startsAt, 8, isWrite, this.stage);
  }
}

function startOfPair(
  at: number,
  half: number,
  littleEndian: boolean | undefined,
): number {
  return (half === HALF.low) === (littleEndian ?? false) ? at : at - 4;
}
