/**
 * P2P ranges in a maple tree, node for node as the kernel lays it out, read as
 * `mtree_load()` reads it; ublk finds its registered buffers so
 * (`ublk_try_buf_match()`, blockspec 1.9).
 *
 * `struct maple_range_64` (include/linux/maple_tree.h), 256 bytes: parent 0,
 * pivot[15] 8, slot[16] 128. A pivot is the last address of its slot; slots
 * of gaps hold NULL. Built in bulk: nodes are filled evenly, where a tree that
 * grew by single stores may be less full.
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

const NODE_BYTES = 256;
const PIVOTS_AT = 8;
const SLOTS_AT = 128;
const SLOTS = 16;
const PIVOTS = 15;
/** `struct maple_tree`: lock 0, flags 4, root 8; nodes begin 256 after. */
const ROOT_AT = 8;
/** Where this model keeps how many levels there are (bits of ma_flags). */
const HEIGHT_AT = 4;

/** What a slot covers up to, and what is in it. */
interface Slot {
  readonly lastLo: number;
  readonly lastHi: number;
  /** Provider + 1, a node's offset, or 0 for a gap. */
  readonly entry: number;
}

/**
 * P2P ranges in a maple tree. n ranges are up to 2 n + 1 slots.
 *
 * @example A BAR at 0x3c0000000000
 * ```ts
 * import { MapleRanges } from "./maple_ranges.ts";
 * import { NO_PROVIDER } from "./range_lookup.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const view = new DataView(new SharedArrayBuffer(4096));
 * const ranges = new MapleRanges(view, 0, [
 *   { startPhys: 0x3c00_0000_0000n, sizeBytes: 1 << 26, provider: 0 },
 * ]);
 * assertEquals(ranges.lookup(0x1000, 0x3c00), 0);
 * assertEquals(ranges.lookup(0x1000, 1), NO_PROVIDER);
 * ```
 */
export class MapleRanges implements RangeLookup {
  readonly #view: MemoryView;
  readonly #at: number;
  #ranges: readonly RangeHalves[];
  #nodes = 0;

  /**
   * Builds the tree.
   *
   * @param at Offset of the tree, a multiple of 256.
   * @param ranges The ranges, in any order.
   * @throws {RangeError} If two ranges overlap.
   */
  constructor(view: MemoryView, at: number, ranges: readonly ProviderRange[]) {
    this.#view = view;
    this.#at = at;
    this.#ranges = sortRanges(ranges);
    this.#build();
  }

  get nodes(): number {
    return this.#nodes;
  }

  /** How many levels there are; 0 for an empty tree. */
  get height(): number {
    return this.#view.getInt32(this.#at + HEIGHT_AT, true);
  }

  /** Returns the most memory that a tree of this many ranges needs. */
  static sizeBytes(ranges: number): number {
    let nodes = 0;
    let slots = 2 * ranges + 1;
    do {
      slots = Math.ceil(slots / SLOTS);
      nodes += slots;
    } while (slots > 1);
    return NODE_BYTES + nodes * NODE_BYTES;
  }

  lookup(physLo: number, physHi: number): number {
    const view = this.#view;
    let node = view.getInt32(this.#at + ROOT_AT, true);
    let levels = view.getInt32(this.#at + HEIGHT_AT, true);
    if (node === 0) return UNKNOWN;
    for (;;) {
      let slot = 0;
      while (slot < PIVOTS) {
        const pivot = node + PIVOTS_AT + slot * 8;
        const lastLo = view.getInt32(pivot, true, LOW);
        const lastHi = view.getInt32(pivot + 4, true, HIGH);
        if (!isBelow(lastLo, lastHi, physLo, physHi)) break;
        slot++;
      }
      const entry = view.getInt32(node + SLOTS_AT + slot * 8, true);
      // ma_dead_node(): a node whose parent is itself was freed meanwhile.
      if (view.getInt32(node, true) === node) return UNKNOWN;
      if (--levels === 0) return entry - 1;
      node = entry;
    }
  }

  unregister(provider: number): void {
    this.#ranges = this.#ranges.filter((range) => range.provider !== provider);
    this.#build();
  }

  #build(): void {
    const view = this.#view;
    this.#nodes = 0;
    let height = 0;
    let root = 0;
    if (this.#ranges.length > 0) {
      let level = slotsOf(this.#ranges);
      do {
        level = this.#buildLevel(level, height++ === 0);
      } while (level.length > 1);
      root = level[0]?.entry ?? 0;
    }
    view.setInt32(this.#at + HEIGHT_AT, height, true);
    view.setInt32(this.#at + ROOT_AT, root, true);
  }

  #buildLevel(slots: readonly Slot[], isLeaf: boolean): Slot[] {
    const nodes = Math.ceil(slots.length / SLOTS);
    const level: Slot[] = [];
    for (let i = 0; i < nodes; i++) {
      const first = Math.floor(slots.length * i / nodes);
      const end = Math.floor(slots.length * (i + 1) / nodes);
      level.push(this.#writeNode(slots.slice(first, end), isLeaf));
    }
    return level;
  }

  #writeNode(slots: readonly Slot[], isLeaf: boolean): Slot {
    const view = this.#view;
    const node = this.#at + NODE_BYTES + this.#nodes++ * NODE_BYTES;
    for (let at = node; at < node + NODE_BYTES; at += 4) {
      view.setInt32(at, 0, true);
    }
    slots.forEach((slot, i) => {
      if (i < PIVOTS) {
        view.setInt32(node + PIVOTS_AT + i * 8, slot.lastLo, true);
        view.setInt32(node + PIVOTS_AT + i * 8 + 4, slot.lastHi, true);
      }
      view.setInt32(node + SLOTS_AT + i * 8, slot.entry, true);
      if (!isLeaf) view.setInt32(slot.entry, node, true); // its parent
    });
    const { lastLo = -1, lastHi = -1 } = slots.at(-1) ?? {};
    return { lastLo, lastHi, entry: node };
  }
}

/** Ranges and the gaps around them, up to the last 64-bit address. */
function slotsOf(ranges: readonly RangeHalves[]): Slot[] {
  const slots: Slot[] = [];
  let nextLo = 0;
  let nextHi = 0;
  for (const range of ranges) {
    if (range.firstLo !== nextLo || range.firstHi !== nextHi) {
      slots.push({
        lastLo: (range.firstLo - 1) | 0,
        lastHi: range.firstLo === 0 ? (range.firstHi - 1) | 0 : range.firstHi,
        entry: 0,
      });
    }
    const { lastLo, lastHi, provider } = range;
    slots.push({ lastLo, lastHi, entry: provider + 1 });
    nextLo = (lastLo + 1) | 0;
    nextHi = nextLo === 0 ? (lastHi + 1) | 0 : lastHi;
  }
  if (nextLo !== 0 || nextHi !== 0) {
    slots.push({ lastLo: -1, lastHi: -1, entry: 0 });
  }
  return slots;
}
