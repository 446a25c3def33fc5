/**
 * A digest of a stream of commands: equal streams give equal digests, on every
 * machine. Two FNV-1a lanes over 32-bit words with different primes.
 */

/** An order-sensitive digest of 32-bit words. */
export class StreamDigest {
  #a = 0x811c9dc5 | 0;
  #b = 0x1b873593 | 0;

  /**
   * Adds a word.
   *
   * @param word 32 bits.
   */
  add(word: number): void {
    this.#a = Math.imul(this.#a ^ word, 0x01000193);
    const turned = (this.#b << 13) | (this.#b >>> 19);
    this.#b = Math.imul(turned ^ word, 0x85ebca6b) + 0x6b79f8a9 | 0;
  }

  /**
   * Returns 32 bits of the digest so far, for comparing I/O by I/O.
   *
   * @returns An int32.
   */
  word(): number {
    return this.#a ^ this.#b;
  }

  /**
   * Returns the digest so far.
   *
   * @returns 16 hexadecimal digits.
   */
  hex(): string {
    const half = (value: number) => (value >>> 0).toString(16).padStart(8, "0");
    return half(this.#a ^ (this.#a >>> 16)) + half(this.#b ^ (this.#b >>> 15));
  }
}
