/**
 * The lines that a group of I/Os touched, each in a slot of its own: memory in
 * proportion to a group and not to the arena, so that it stays in the cache.
 */

/** What is known of the lines that a group touched; masks are of stages. */
export class LineSlots {
  /** By byte: the stages that touched it. */
  bytes: Uint16Array;
  /** By byte: the stages in which the slab allocator touched it. */
  allocatorBytes: Uint16Array;
  /** By byte: the stages in which it was zeroed. */
  zeroedBytes: Uint16Array;
  /** By byte: size and stage of an access that began here, counted whole. */
  known: Int32Array;
  /** By line: the stages that touched it. */
  lines: Uint16Array;
  /** By line and structure. */
  linesOf: Uint16Array;
  readonly #lineBytes: number;
  readonly #structures: number;
  #capacity: number;
  #count = 0;

  constructor(lineBytes: number, structures: number, capacity: number) {
    this.#lineBytes = lineBytes;
    this.#structures = structures;
    this.#capacity = capacity;
    this.bytes = new Uint16Array(capacity * lineBytes);
    this.allocatorBytes = new Uint16Array(capacity * lineBytes);
    this.zeroedBytes = new Uint16Array(capacity * lineBytes);
    this.known = new Int32Array(capacity * lineBytes);
    this.lines = new Uint16Array(capacity);
    this.linesOf = new Uint16Array(capacity * structures);
  }

  /** Takes a slot for one more line, untouched. */
  take(): number {
    if (this.#count === this.#capacity) this.#grow();
    return this.#count++;
  }

  /** Forgets all lines. */
  clear(): void {
    const bytes = this.#count * this.#lineBytes;
    this.bytes.fill(0, 0, bytes);
    this.allocatorBytes.fill(0, 0, bytes);
    this.zeroedBytes.fill(0, 0, bytes);
    this.known.fill(0, 0, bytes);
    this.lines.fill(0, 0, this.#count);
    this.linesOf.fill(0, 0, this.#count * this.#structures);
    this.#count = 0;
  }

  #grow(): void {
    const larger = new LineSlots(
      this.#lineBytes,
      this.#structures,
      Math.max(this.#capacity * 2, 64),
    );
    larger.bytes.set(this.bytes);
    larger.allocatorBytes.set(this.allocatorBytes);
    larger.zeroedBytes.set(this.zeroedBytes);
    larger.known.set(this.known);
    larger.lines.set(this.lines);
    larger.linesOf.set(this.linesOf);
    this.bytes = larger.bytes;
    this.allocatorBytes = larger.allocatorBytes;
    this.zeroedBytes = larger.zeroedBytes;
    this.known = larger.known;
    this.lines = larger.lines;
    this.linesOf = larger.linesOf;
    this.#capacity = larger.#capacity;
  }
}
