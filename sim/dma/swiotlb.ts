/**
 * swiotlb: memory that every device reaches, in slots, through which data of
 * memory out of reach is copied (blockspec 4.1; kernel/dma/swiotlb.c).
 *
 * A slot's state is `struct io_tlb_slot`, 24 bytes: orig_addr u64 0,
 * alloc_size u64 8, list u16 16 (free slots from here to the segment's end),
 * pad_slots u16 18.
 */
import { HALF, type MemoryView } from "../../layouts/word.ts";
import { DMA_DIRECTION, type DmaDirection } from "./dma_attributes.ts";
import {
  SWIOTLB_SEGMENT_SLOTS,
  SWIOTLB_SLOT_BYTES,
  SWIOTLB_SLOT_SHIFT,
  swiotlbMaxMappingBytes,
} from "./swiotlb_limits.ts";

// Constants of its own: bench/HOT_PATH.md.
const SLOT_BYTES = SWIOTLB_SLOT_BYTES;
const TO_DEVICE = DMA_DIRECTION.toDevice;
const SLOT_SHIFT = SWIOTLB_SLOT_SHIFT;
const SEGMENT_SLOTS = SWIOTLB_SEGMENT_SLOTS;
const LOW = HALF.low;
const HIGH = HALF.high;

/** IO_TLB_DEFAULT_SIZE. */
const DEFAULT_POOL_BYTES = 64 << 20;

const ENTRY_BYTES = 24;
const LIST_AT = 16;
const PAD_AT = 18;

/** Copies the bytes; addresses are CPU physical, in halves. */
export interface SwiotlbCopier {
  /** Copies from the original memory to the slots. */
  copyIn(
    originalLo: number,
    originalHi: number,
    slotLo: number,
    slotHi: number,
    sizeBytes: number,
  ): void;
  /** Copies from the slots to the original memory. */
  copyOut(
    originalLo: number,
    originalHi: number,
    slotLo: number,
    slotHi: number,
    sizeBytes: number,
  ): void;
}

export interface SwiotlbOptions {
  /** CPU physical address of the pool, a page below 4 GiB. */
  readonly startPhys: number;
  /** Size in bytes, a multiple of 2048; default: 64 MiB. */
  readonly poolBytes?: number;
  /** Low address bits that a copy must keep, such as 4095 for NVMe. */
  readonly minAlignMask?: number;
  readonly copier: SwiotlbCopier;
  /** Where the slots' states are; default: a buffer of its own. */
  readonly view?: MemoryView;
  /** Offset of the slots' states; default: 0. */
  readonly at?: number;
}

/**
 * A pool of bounce slots.
 *
 * @example 128 KiB take 64 slots
 * ```ts
 * import { Swiotlb } from "./swiotlb.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const swiotlb = new Swiotlb({
 *   startPhys: 0x1000_0000,
 *   copier: { copyIn: () => {}, copyOut: () => {} },
 * });
 * assertEquals(swiotlb.map(0, 1, 131072), true);
 * assertEquals(swiotlb.usedSlots, 64);
 * ```
 */
export class Swiotlb {
  /** Low half of the address of the last `map()` in the pool. */
  addressLo = 0;
  /** How many mappings were made. */
  mappings = 0;
  /** How many mappings are not unmapped yet. */
  liveMappings = 0;
  /** Bytes copied into the pool. */
  copiedInBytes = 0;
  copiedOutBytes = 0;
  readonly maxMappingBytes: number;
  readonly slots: number;
  readonly #view: MemoryView;
  readonly #at: number;
  readonly #start: number;
  readonly #minAlignMask: number;
  readonly #copier: SwiotlbCopier;
  #nextSlot = 0;
  #usedSlots = 0;

  /** Makes a pool with all slots free. */
  constructor(options: SwiotlbOptions) {
    const {
      startPhys,
      poolBytes = DEFAULT_POOL_BYTES,
      minAlignMask = 0,
      at = 0,
    } = options;
    const slots = poolBytes / SWIOTLB_SLOT_BYTES;
    if (
      !Number.isInteger(slots / SWIOTLB_SEGMENT_SLOTS) ||
      startPhys % 4096 !== 0 || startPhys < 0 || startPhys + poolBytes > 2 ** 32
    ) {
      throw new RangeError(
        `Cannot make swiotlb of ${poolBytes} bytes at ${startPhys}, expected whole segments of 256 KiB below 4 GiB`,
      );
    }
    this.slots = slots;
    this.maxMappingBytes = swiotlbMaxMappingBytes(minAlignMask);
    this.#view = options.view ??
      new DataView(new SharedArrayBuffer(at + slots * ENTRY_BYTES));
    this.#at = at;
    this.#start = startPhys;
    this.#minAlignMask = minAlignMask;
    this.#copier = options.copier;
    for (let i = 0; i < slots; i++) {
      this.#view.setUint16(
        this.#entry(i) + LIST_AT,
        SWIOTLB_SEGMENT_SLOTS - i % SWIOTLB_SEGMENT_SLOTS,
        true,
      );
    }
  }

  get usedSlots(): number {
    return this.#usedSlots;
  }

  /**
   * Bounces a piece of memory: takes slots, copies the data in whatever the
   * direction (so that a short read shows no old data), and keeps the low
   * bits of the address.
   *
   * @returns Whether there was room; the address is in `addressLo`, and its
   *   high half is 0.
   */
  map(physLo: number, physHi: number, sizeBytes: number): boolean {
    // A driver must not map more than swiotlb_max_mapping_size(); the kernel
    // lets an aligned one that is longer pass by luck, this model does not.
    if (sizeBytes > this.maxMappingBytes) return false;
    const offset = physLo & this.#minAlignMask & (SLOT_BYTES - 1);
    const allocBytes = sizeBytes + offset;
    const index = this.#search(physLo, allocBytes);
    if (index < 0) return false;
    const count = slotsFor(allocBytes);
    for (let slot = 0; slot < count; slot++) {
      const entry = this.#entry(index + slot);
      // slot_addr(): carries into the high half where 4 GiB is crossed.
      const low = (physLo >>> 0) + slot * SLOT_BYTES;
      this.#view.setInt32(entry, low | 0, true, LOW);
      this.#view.setInt32(
        entry + 4,
        low >= 4294967296 ? (physHi + 1) | 0 : physHi,
        true,
        HIGH,
      );
    }
    const address = this.#start + index * SLOT_BYTES + offset;
    this.addressLo = address | 0;
    this.mappings++;
    this.liveMappings++;
    this.copiedInBytes += sizeBytes;
    this.#copier.copyIn(physLo, physHi, address | 0, 0, sizeBytes);
    return true;
  }

  /** Returns whether an address is in the pool (`is_swiotlb_buffer()`). */
  holds(lo: number, hi: number): boolean {
    const offset = (lo >>> 0) - this.#start;
    return hi === 0 && offset >= 0 && offset < this.slots * SLOT_BYTES;
  }

  /**
   * Gives slots back, and copies what the device wrote.
   *
   * @param addressLo What `map()` left in `addressLo`.
   * @throws {RangeError} If nothing is mapped there.
   */
  unmap(addressLo: number, sizeBytes: number, direction: DmaDirection): void {
    const view = this.#view;
    const inPool = (addressLo >>> 0) - this.#start;
    const offset = addressLo & this.#minAlignMask & (SLOT_BYTES - 1);
    const index = (inPool - offset) / SLOT_BYTES;
    const isSlot = Number.isInteger(index) && index >= 0 && index < this.slots;
    const allocBytes = isSlot ? view.getInt32(this.#entry(index) + 8, true) : 0;
    if (!isSlot || allocBytes === 0) {
      throw new RangeError(
        `Cannot unmap swiotlb address ${
          addressLo >>> 0
        }: nothing is mapped there, expected a live mapping`,
      );
    }
    if (direction !== TO_DEVICE) {
      const entry = this.#entry(index);
      const originalLo = view.getInt32(entry, true, LOW);
      const originalHi = view.getInt32(entry + 4, true, HIGH);
      this.copiedOutBytes += sizeBytes;
      this.#copier.copyOut(originalLo, originalHi, addressLo, 0, sizeBytes);
    }
    this.#release(index, slotsFor(allocBytes));
    this.liveMappings--;
  }

  /** swiotlb_search_pool_area(): first slot of a free run, or -1. */
  #search(physLo: number, allocBytes: number): number {
    const view = this.#view;
    const wanted = slotsFor(allocBytes);
    const slots = this.slots;
    if (wanted > slots - this.#usedSlots) return -1;
    // Bits above the slot that the search keeps; those inside it are kept by
    // the offset into the slot.
    const keptMask = this.#minAlignMask & ~(SLOT_BYTES - 1);
    const stride = Math.max(1, (keptMask >>> SLOT_SHIFT) + 1);
    let slot = this.#nextSlot;
    for (let checked = 0; checked < slots;) {
      const address = (this.#start + slot * SLOT_BYTES) | 0;
      let step = stride;
      if (((address ^ physLo) & keptMask) !== 0) step = 1;
      else if (view.getUint16(this.#entry(slot) + LIST_AT, true) >= wanted) {
        this.#take(slot, wanted, allocBytes);
        this.#nextSlot = wrap(slot + wanted, slots);
        this.#usedSlots += wanted;
        return slot;
      }
      slot = wrap(slot + step, slots);
      checked += step;
    }
    return -1;
  }

  #take(first: number, count: number, allocBytes: number): void {
    const view = this.#view;
    for (let i = 0; i < count; i++) {
      const entry = this.#entry(first + i);
      const left = allocBytes - i * SLOT_BYTES;
      view.setInt32(entry + 8, left, true, LOW);
      view.setInt32(entry + 12, 0, true, HIGH);
      view.setUint16(entry + LIST_AT, 0, true);
      view.setUint16(entry + PAD_AT, 0, true);
    }
    this.#relist(first - 1, 0);
  }

  #release(first: number, count: number): void {
    const view = this.#view;
    // Free slots right after, in the same segment of 128.
    let free = (first + count) % SEGMENT_SLOTS === 0
      ? 0
      : view.getUint16(this.#entry(first + count) + LIST_AT, true);
    for (let i = first + count - 1; i >= first; i--) {
      const entry = this.#entry(i);
      view.setInt32(entry, -1, true, LOW); // INVALID_PHYS_ADDR
      view.setInt32(entry + 4, -1, true, HIGH);
      view.setInt32(entry + 8, 0, true, LOW);
      view.setInt32(entry + 12, 0, true, HIGH);
      view.setUint16(entry + LIST_AT, ++free, true);
    }
    this.#relist(first - 1, free);
    this.#usedSlots -= count;
  }

  /** Counts free slots again, from one downwards to the segment's begin. */
  #relist(from: number, free: number): void {
    const view = this.#view;
    for (let i = from; i >= 0; i--) {
      const entry = this.#entry(i);
      const isOtherSegment = i % SEGMENT_SLOTS === SEGMENT_SLOTS - 1;
      if (isOtherSegment || view.getUint16(entry + LIST_AT, true) === 0) return;
      view.setUint16(entry + LIST_AT, ++free, true);
    }
  }

  #entry(slot: number): number {
    return this.#at + slot * ENTRY_BYTES;
  }
}

function slotsFor(sizeBytes: number): number {
  return (sizeBytes + SLOT_BYTES - 1) >>> SLOT_SHIFT;
}

function wrap(index: number, slots: number): number {
  return index >= slots ? 0 : index;
}
