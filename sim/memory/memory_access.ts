/**
 * The accesses to an arena: closures over its view, which V8 inlines as
 * constants where there is one arena in an isolate. 64-bit values are lo/hi
 * pairs of int32.
 */
import type { Abi } from "../../layouts/abi.ts";
import { HALF, type MemoryView } from "../../layouts/word.ts";
import { type CounterAccess, ownCounters } from "./counter_access.ts";

/**
 * Virtual address of the arena's first byte: on 64-bit in the direct map
 * (Documentation/arch/x86/x86_64/mm.rst, 5 levels: 0xff11000000000000), on
 * 32-bit at PAGE_OFFSET 0xc0000000.
 */
export const DIRECT_MAP_HI_64: number = 0xff110001 | 0;
export const PAGE_OFFSET_32: number = 0xc0000000 | 0;

// Constants of its own: bench/HOT_PATH.md.
const PAGE_OFFSET = PAGE_OFFSET_32;
const DIRECT_MAP_HI = DIRECT_MAP_HI_64;

/**
 * Writes a pointer into an arena as `setPointer` does, where no trace sees it.
 *
 * @param offset What it points to; 0 becomes NULL.
 */
export function writePointer(
  plain: DataView,
  abi: Abi,
  at: number,
  offset: number,
): void {
  const { littleEndian, pointerBytes } = abi;
  if (pointerBytes === 4) {
    const pointer = offset === 0 ? 0 : offset + PAGE_OFFSET;
    plain.setInt32(at, pointer, littleEndian);
    return;
  }
  const hi = offset === 0 ? 0 : DIRECT_MAP_HI;
  plain.setInt32(littleEndian ? at : at + 4, offset, littleEndian);
  plain.setInt32(littleEndian ? at + 4 : at, hi, littleEndian);
}

/**
 * Makes what writes 8 bytes that are always the same as the double that they
 * are: one store of a constant. They are not NaN, whose bits may change.
 */
function doubleStore(
  plain: DataView,
  { littleEndian }: Abi,
  bits: { readonly lo: number; readonly hi: number },
): (at: number) => void {
  const words = new DataView(new ArrayBuffer(8));
  words.setInt32(0, bits.hi);
  words.setInt32(4, bits.lo);
  const view = plain;
  const value = words.getFloat64(0);
  return littleEndian
    ? (at) => view.setFloat64(at | 0, value, true)
    : (at) => view.setFloat64(at | 0, value, false);
}

/** Reads and writes of an arena, by offset. */
export class MemoryAccess {
  /** Reads a signed byte's unsigned value at an offset. */
  readonly get8: (at: number) => number;
  /** Writes a byte. */
  readonly set8: (at: number, value: number) => void;
  /** Reads a u16. */
  readonly get16: (at: number) => number;
  /** Writes a u16. */
  readonly set16: (at: number, value: number) => void;
  /** Reads 32 bits as an int32. */
  readonly get32: (at: number) => number;
  /** Writes 32 bits. */
  readonly set32: (at: number, value: number) => void;
  /** Reads the low half of a u64. */
  readonly get64Lo: (at: number) => number;
  /** Reads the high half of a u64. */
  readonly get64Hi: (at: number) => number;
  /** Writes a u64 from its halves. */
  readonly set64: (at: number, lo: number, hi: number) => void;
  /** Writes a u64 of 0: one store, where `set64` is two. */
  readonly clear64: (at: number) => void;
  /** Writes a pointer or an unsigned long of 0 in the same way. */
  readonly clearLong: (at: number) => void;
  /**
   * Whether nobody watches: stores of constants beside each other may be one,
   * and what is read and not used need not be read, as where C is compiled.
   */
  readonly isUnwatched: boolean;
  /** Makes what writes one pointer that is always the same: one store. */
  readonly pointerStore: (offset: number) => (at: number) => void;
  /**
   * Makes a function that writes one unsigned long, from 0 to below 2^31, in
   * the same way.
   */
  readonly longStore: (value: number) => (at: number) => void;
  /**
   * Copies 8 bytes of a command, or a sector: one load and one store. They are
   * not NaN, whose bits may change, for their highest are those of an address,
   * a sector, a count or an SGL descriptor's type, which are below 0x7ff.
   */
  readonly copy64: (to: number, from: number) => void;
  /** Reads a pointer into the arena as an offset; NULL is 0. */
  readonly getPointer: (at: number) => number;
  /** Writes a pointer into the arena; offset 0 becomes NULL. */
  readonly setPointer: (at: number, offset: number) => void;
  /** Writes an unsigned long or size_t below 2^31. */
  readonly setLong: (at: number, value: number) => void;
  /** Reads an unsigned long or size_t below 2^31. */
  readonly getLong: (at: number) => number;

  /** Writes a little-endian u64 that a device reads, on every ABI. */
  readonly setLe64: (at: number, lo: number, hi: number) => void;
  /** Reads the low half of a little-endian u64 that a device reads. */
  readonly getLe64Lo: (at: number) => number;
  /** Reads the high half of a little-endian u64 that a device reads. */
  readonly getLe64Hi: (at: number) => number;
  /** Reads 32 bits of device memory, little-endian on every ABI. */
  readonly getLe32: (at: number) => number;
  /** Writes 32 bits of device memory. */
  readonly setLe32: (at: number, value: number) => void;
  /** Read-modify-write accesses of memory that is one worker's. */
  readonly counters: CounterAccess;

  /**
   * Makes the accesses.
   *
   * @param arena The arena, or what watches it.
   * @param abi Byte order and pointer size.
   * @param offsetMask All bits that an offset may have.
   */
  constructor(arena: MemoryView, abi: Abi, offsetMask: number) {
    // Constants of its own: bench/HOT_PATH.md.
    const view = arena;
    const mask = offsetMask;
    const { low, high } = HALF;
    this.get8 = (at) => view.getUint8(at | 0);
    this.set8 = (at, value) => view.setUint8(at | 0, value | 0);
    // The byte order is a literal in each closure: V8 then emits one load.
    if (abi.littleEndian) {
      this.get16 = (at) => view.getUint16(at | 0, true);
      this.set16 = (at, value) => view.setUint16(at | 0, value | 0, true);
      this.get32 = (at) => view.getInt32(at | 0, true);
      this.set32 = (at, value) => view.setInt32(at | 0, value | 0, true);
      this.get64Lo = (at) => view.getInt32(at | 0, true, low);
      this.get64Hi = (at) => view.getInt32((at + 4) | 0, true, high);
      this.set64 = (at, lo, hi) => {
        view.setInt32(at | 0, lo | 0, true, low);
        view.setInt32((at + 4) | 0, hi | 0, true, high);
      };
    } else {
      this.get16 = (at) => view.getUint16(at | 0, false);
      this.set16 = (at, value) => view.setUint16(at | 0, value | 0, false);
      this.get32 = (at) => view.getInt32(at | 0, false);
      this.set32 = (at, value) => view.setInt32(at | 0, value | 0, false);
      this.get64Lo = (at) => view.getInt32((at + 4) | 0, false, low);
      this.get64Hi = (at) => view.getInt32(at | 0, false, high);
      this.set64 = (at, lo, hi) => {
        view.setInt32((at + 4) | 0, lo | 0, false, low);
        view.setInt32(at | 0, hi | 0, false, high);
      };
    }
    // A watcher gets 8 bytes at once, not halves to put together.
    const { setHalves } = view;
    const little = abi.littleEndian;
    if (setHalves !== undefined) {
      this.set64 = (at, lo, hi) => setHalves(at | 0, lo | 0, hi | 0, little);
    }
    this.getLe32 = (at) => view.getInt32(at | 0, true);
    this.setLe32 = (at, value) => view.setInt32(at | 0, value | 0, true);
    this.getLe64Lo = (at) => view.getInt32(at | 0, true, low);
    this.getLe64Hi = (at) => view.getInt32((at + 4) | 0, true, high);
    this.setLe64 = setHalves !== undefined
      ? (at, lo, hi) => setHalves(at | 0, lo | 0, hi | 0, true)
      : (at, lo, hi) => {
        view.setInt32(at | 0, lo | 0, true, low);
        view.setInt32((at + 4) | 0, hi | 0, true, high);
      };
    const { get32, set32, get64Lo, get64Hi, set64 } = this;
    // 0 is 0 in a double, too; what watches sees one access of 8 bytes.
    const clear64 = view instanceof DataView
      ? (at: number) => view.setFloat64(at | 0, 0)
      : (at: number) => set64(at, 0, 0);
    this.clear64 = clear64;
    this.isUnwatched = view instanceof DataView;
    this.copy64 = view instanceof DataView
      ? (to, from) =>
        view.setFloat64(to | 0, view.getFloat64(from | 0, true), true)
      : (to, from) => set64(to, get64Lo(from), get64Hi(from));
    this.clearLong = abi.pointerBytes === 8 ? clear64 : (at) => set32(at, 0);
    this.counters = ownCounters(get32, set32);
    if (abi.pointerBytes === 8) {
      if (abi.littleEndian && setHalves === undefined) {
        this.getPointer = (at) => view.getInt32(at, true, low) & mask;
        this.setPointer = (at, offset) => {
          view.setInt32(at, offset | 0, true, low);
          view.setInt32(
            (at + 4) | 0,
            ((0 - offset) >> 31) & DIRECT_MAP_HI,
            true,
            high,
          );
        };
      } else {
        this.getPointer = (at) => get64Lo(at) & mask;
        this.setPointer = (at, offset) =>
          set64(at, offset, offset === 0 ? 0 : DIRECT_MAP_HI);
      }
      this.setLong = (at, value) => set64(at, value, 0);
      this.getLong = get64Lo;
    } else {
      this.getPointer = (at) => {
        const pointer = get32(at);
        return pointer === 0 ? 0 : (pointer - PAGE_OFFSET) | 0;
      };
      this.setPointer = (at, offset) =>
        set32(at, offset === 0 ? 0 : (offset + PAGE_OFFSET) | 0);
      this.setLong = set32;
      this.getLong = get32;
    }
    const { setPointer, setLong } = this;
    const storesDoubles = view instanceof DataView && abi.pointerBytes === 8;
    this.pointerStore = (offset) => {
      const to = offset;
      return storesDoubles
        ? doubleStore(view, abi, { lo: to, hi: to === 0 ? 0 : DIRECT_MAP_HI })
        : (at) => setPointer(at, to);
    };
    this.longStore = (value) => {
      const own = value;
      return storesDoubles
        ? doubleStore(view, abi, { lo: own, hi: 0 })
        : (at) => setLong(at, own);
    };
  }
}
