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

/** A view that tells a sink of every access. */
export class TracingView implements MemoryView {
  /** Index of the stage that accesses are attributed to. */
  stage = 0;
  /** Whether accesses are told at all. */
  enabled = false;
  readonly #inner: DataView;
  readonly #sink: AccessSink;
  /** Where the last access would go on if it were half of a 64-bit one. */
  #pairAt = -1;
  #pairHalf = 0;
  #pairIsWrite = false;

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
    this.#tell(at, { half, littleEndian: littleEndian ?? false }, false);
    return this.#inner.getInt32(at, littleEndian);
  }

  /** {@inheritDoc MemoryView.setInt32} */
  setInt32(
    at: number,
    value: number,
    littleEndian?: boolean,
    half = 0,
  ): void {
    this.#tell(at, { half, littleEndian: littleEndian ?? false }, true);
    this.#inner.setInt32(at, value, littleEndian);
  }

  /** {@inheritDoc MemoryView.getUint16} */
  getUint16(at: number, littleEndian?: boolean): number {
    this.#tellSmall(at, 2, false);
    return this.#inner.getUint16(at, littleEndian);
  }

  /** {@inheritDoc MemoryView.setUint16} */
  setUint16(at: number, value: number, littleEndian?: boolean): void {
    this.#tellSmall(at, 2, true);
    this.#inner.setUint16(at, value, littleEndian);
  }

  /** {@inheritDoc MemoryView.getUint8} */
  getUint8(at: number): number {
    this.#tellSmall(at, 1, false);
    return this.#inner.getUint8(at);
  }

  /** {@inheritDoc MemoryView.setUint8} */
  setUint8(at: number, value: number): void {
    this.#tellSmall(at, 1, true);
    this.#inner.setUint8(at, value);
  }

  #tellSmall(at: number, sizeBytes: number, isWrite: boolean): void {
    this.#pairAt = -1;
    if (this.enabled) this.#sink(at, sizeBytes, isWrite, this.stage);
  }

  #tell(
    at: number,
    value: { half: number; littleEndian: boolean },
    isWrite: boolean,
  ): void {
    if (value.half === 0) {
      this.#tellSmall(at, 4, isWrite);
      return;
    }
    // Both halves of one value are one access of eight bytes.
    const startsAt = (value.half === HALF.low) === value.littleEndian
      ? at
      : at - 4;
    const completes = this.#pairAt === startsAt &&
      this.#pairHalf !== value.half && this.#pairIsWrite === isWrite;
    if (completes) {
      this.#pairAt = -1;
      return;
    }
    this.#pairAt = startsAt;
    this.#pairHalf = value.half;
    this.#pairIsWrite = isWrite;
    if (this.enabled) this.#sink(startsAt, 8, isWrite, this.stage);
  }
}
