/**
 * P2P ranges in a sorted array: the range that was hit last is tried first,
 * then binary search (blockspec 3.5, lookup structure facts).
 */
import { HALF, type MemoryView } from "../../layouts/word.ts";
import {
  isBelow,
  NO_PROVIDER,
  type ProviderRange,
  type RangeHalves,
  type RangeLookup,
  sortRanges,
} from "./range_lookup.ts";

// Constants of its own: bench/HOT_PATH.md.
const UNKNOWN = NO_PROVIDER;
const LOW = HALF.low;
const HIGH = HALF.high;

/** Header: count u32 0, index of the last hit i32 4; the line is its own. */
const HEADER_BYTES = 64;
const LAST_HIT_AT = 4;
/** An entry: first u64 0, last u64 8. Four of them are a cache line. */
const ENTRY_BYTES = 16;
const OWNER_BYTES = 4;

/**
 * Ranges in a sorted array: about log2(n) + 1 comparisons, and one for a
 * repeated hit. n ranges take 64 + 20 n bytes.
 *
 * @example A BAR at 0x3c0000000000
 * ```ts
 * import { NO_PROVIDER } from "./range_lookup.ts";
 * import { SortedRanges } from "./sorted_ranges.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const view = new DataView(new SharedArrayBuffer(4096));
 * const ranges = new SortedRanges(view, 0, [
 *   { startPhys: 0x3c00_0000_0000n, sizeBytes: 1 << 26, provider: 0 },
 * ]);
 * assertEquals(ranges.lookup(0x1000, 0x3c00), 0);
 * assertEquals(ranges.lookup(0x1000, 1), NO_PROVIDER);
 * ```
 */
export class SortedRanges implements RangeLookup {
  readonly #view: MemoryView;
  readonly #at: number;
  readonly #capacity: number;

  /**
   * Writes the array.
   *
   * @param at Offset of the array, a multiple of 64.
   * @param ranges The ranges, in any order.
   * @throws {RangeError} If two ranges overlap.
   */
  constructor(view: MemoryView, at: number, ranges: readonly ProviderRange[]) {
    this.#view = view;
    this.#at = at;
    this.#capacity = ranges.length;
    sortRanges(ranges).forEach((range, i) => this.#write(i, range));
    view.setInt32(at, ranges.length, true);
    view.setInt32(at + LAST_HIT_AT, -1, true);
  }

  lookup(physLo: number, physHi: number): number {
    const index = this.#find(physLo, physHi);
    return index < 0 ? UNKNOWN : this.#owner(index);
  }

  unregister(provider: number): void {
    const view = this.#view;
    const left: RangeHalves[] = [];
    const count = view.getInt32(this.#at, true);
    for (let i = 0; i < count; i++) {
      const range = this.#read(i);
      if (range.provider !== provider) left.push(range);
    }
    left.forEach((range, i) => this.#write(i, range));
    view.setInt32(this.#at, left.length, true);
    // The last hit is an index into the old array.
    view.setInt32(this.#at + LAST_HIT_AT, -1, true);
  }

  /** Index of the range; where there is none, ~index of the next one. */
  #find(physLo: number, physHi: number): number {
    const view = this.#view;
    const hit = view.getInt32(this.#at + LAST_HIT_AT, true);
    if (hit >= 0 && this.#holds(hit, physLo, physHi)) return hit;
    const count = view.getInt32(this.#at, true);
    let low = 0;
    let high = count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = this.#entry(middle);
      const ends = isBelow(
        view.getInt32(entry + 8, true, LOW),
        view.getInt32(entry + 12, true, HIGH),
        physLo,
        physHi,
      );
      if (ends) low = middle + 1;
      else high = middle;
    }
    if (low >= count) return ~low;
    if (!this.#holds(low, physLo, physHi)) return ~low;
    view.setInt32(this.#at + LAST_HIT_AT, low, true);
    return low;
  }

  #holds(index: number, physLo: number, physHi: number): boolean {
    const view = this.#view;
    const entry = this.#entry(index);
    const firstLo = view.getInt32(entry, true, LOW);
    const firstHi = view.getInt32(entry + 4, true, HIGH);
    if (isBelow(physLo, physHi, firstLo, firstHi)) return false;
    const lastLo = view.getInt32(entry + 8, true, LOW);
    const lastHi = view.getInt32(entry + 12, true, HIGH);
    return !isBelow(lastLo, lastHi, physLo, physHi);
  }

  #entry(index: number): number {
    return this.#at + HEADER_BYTES + index * ENTRY_BYTES;
  }

  #ownerAt(index: number): number {
    return this.#entry(this.#capacity) + index * OWNER_BYTES;
  }

  #owner(index: number): number {
    return this.#view.getInt32(this.#ownerAt(index), true);
  }

  #read(index: number): RangeHalves {
    const view = this.#view;
    const entry = this.#entry(index);
    return {
      firstLo: view.getInt32(entry, true, LOW),
      firstHi: view.getInt32(entry + 4, true, HIGH),
      lastLo: view.getInt32(entry + 8, true, LOW),
      lastHi: view.getInt32(entry + 12, true, HIGH),
      provider: this.#owner(index),
    };
  }

  #write(index: number, range: RangeHalves): void {
    const view = this.#view;
    const entry = this.#entry(index);
    view.setInt32(entry, range.firstLo, true, LOW);
    view.setInt32(entry + 4, range.firstHi, true, HIGH);
    view.setInt32(entry + 8, range.lastLo, true, LOW);
    view.setInt32(entry + 12, range.lastHi, true, HIGH);
    view.setInt32(this.#ownerAt(index), range.provider, true);
  }
}
