/** Reads a stream in pieces of known size, for binary formats. */

/** A stream of bytes that is read piece by piece. */
export class RecordStream {
  /** What is buffered; replaced as the stream continues. */
  bytes: Uint8Array = new Uint8Array(0);
  view: DataView = new DataView(new ArrayBuffer(0));
  /** Next byte in `bytes`. */
  at = 0;
  /** Bytes of the stream before `bytes`. */
  #passedBytes = 0;
  readonly #chunks: AsyncIterator<Uint8Array>;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** Bytes that can be read without waiting. */
  get buffered(): number {
    return this.bytes.length - this.at;
  }

  get position(): number {
    return this.#passedBytes + this.at;
  }

  /**
   * Waits until this many bytes are buffered.
   *
   * @param size How many, at most a few chunks.
   * @returns False if the stream ends before that.
   */
  async ensure(size: number): Promise<boolean> {
    while (this.buffered < size) {
      const next = await this.#chunks.next();
      if (next.done) return false;
      const rest = this.bytes.subarray(this.at);
      this.#passedBytes += this.at;
      if (rest.length === 0) this.bytes = next.value;
      else {
        const joined = new Uint8Array(rest.length + next.value.length);
        joined.set(rest);
        joined.set(next.value, rest.length);
        this.bytes = joined;
      }
      this.at = 0;
      const { buffer, byteOffset, byteLength } = this.bytes;
      this.view = new DataView(buffer, byteOffset, byteLength);
    }
    return true;
  }

  /** Ends reading, so that the source can close. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }
}
