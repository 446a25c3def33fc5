/**
 * A digest of a set of commands, whatever their order: for comparing runs in
 * which several workers submit at once.
 */
import { StreamDigest } from "../nvme/digest.ts";

/**
 * The sum, modulo 2^64, of a hash of each command. What one command is made of
 * is hashed in its order; commands that come twice count twice.
 *
 * Where lists of descriptors are is not part of it: the device adds what their
 * entries say (decoding_device.ts).
 *
 * @example Order does not matter, contents do
 * ```ts
 * import { CommandSetDigest } from "./command_set_digest.ts";
 * import { assertEquals, assertNotEquals } from "@std/assert";
 *
 * const digestOf = (commands: number[][]) => {
 *   const digest = new CommandSetDigest();
 *   for (const words of commands) {
 *     digest.begin();
 *     for (const word of words) digest.add(word);
 *   }
 *   return digest.hex();
 * };
 * assertEquals(digestOf([[1, 2], [3]]), digestOf([[3], [1, 2]]));
 * assertNotEquals(digestOf([[1, 2], [3]]), digestOf([[1], [2, 3]]));
 * ```
 */
export class CommandSetDigest extends StreamDigest {
  #a = 0;
  #b = 0;
  #c = 0;
  #isOpen = false;
  #low = 0;
  #high = 0;

  /** Forgets all commands. */
  reset(): void {
    this.#isOpen = false;
    this.#low = 0;
    this.#high = 0;
  }

  /** Begins a command; the one before is complete. */
  begin(): void {
    this.#end();
    this.#a = 0x811c9dc5 | 0;
    this.#b = 0x1b873593 | 0;
    this.#c = 0;
    this.#isOpen = true;
  }

  override add(word: number): void {
    this.#a = Math.imul(this.#a ^ word, 0x01000193);
    const turned = (this.#b << 13) | (this.#b >>> 19);
    this.#b = Math.imul(turned ^ word, 0x85ebca6b) + 0x6b79f8a9 | 0;
    this.#c++;
  }

  /**
   * Adds the commands of another digest.
   *
   * @param sum What its `sum` gave.
   */
  merge(sum: CommandSetSum): void {
    this.#end();
    this.#addToSum(sum.low, sum.high);
  }

  /**
   * Returns the sum so far, as plain data for a message.
   *
   * @returns Both halves, int32.
   */
  sum(): CommandSetSum {
    this.#end();
    return { low: this.#low, high: this.#high };
  }

  /** Returns 32 bits of the digest so far. */
  override word(): number {
    this.#end();
    return this.#low ^ this.#high;
  }

  override hex(): string {
    this.#end();
    const half = (value: number) => (value >>> 0).toString(16).padStart(8, "0");
    return half(this.#high) + half(this.#low);
  }

  #end(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    const low = mix(this.#a ^ this.#c);
    this.#addToSum(low, mix(this.#b ^ low));
  }

  #addToSum(low: number, high: number): void {
    const sum = (this.#low + low) | 0;
    const carry = (sum >>> 0) < (low >>> 0) ? 1 : 0;
    this.#low = sum;
    this.#high = (this.#high + high + carry) | 0;
  }
}

export interface CommandSetSum {
  /** Low half, an int32. */
  readonly low: number;
  /** High half, an int32. */
  readonly high: number;
}

/** Spreads every bit over the word (MurmurHash3's finaliser). */
function mix(word: number): number {
  let value = word ^ (word >>> 16);
  value = Math.imul(value, 0x85ebca6b);
  value ^= value >>> 13;
  value = Math.imul(value, 0xc2b2ae35);
  return value ^ (value >>> 16);
}
