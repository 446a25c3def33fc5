/**
 * PRP lists: DMA segments become page entries, with chained list pages
 * (drivers/nvme/host/pci.c nvme_pci_setup_data_prp, blockspec 4.4).
 *
 * PRP1 may start anywhere; every later entry is a page. PRP2 is nothing, one
 * page, or the list. In a full list page the last slot is a link to the next.
 */
import { BLK_STS } from "../kernel/operation.ts";
import type { KernelMemory } from "../memory/kernel_memory.ts";
import { CTRL_PAGE_BYTES } from "./command.ts";
import {
  type DescriptorPools,
  LIST_PAGE_BYTES,
  SMALL_LIST_BYTES,
} from "./descriptor_pool.ts";
import type { DataPointer } from "./data_pointer.ts";
import type { IodFields } from "./iod.ts";
import { IOD_FLAG } from "./iod_flags.ts";

// Constants of its own: bench/HOT_PATH.md.
const PAGE_BYTES = CTRL_PAGE_BYTES;
const OK = BLK_STS.ok;
const RESOURCE = BLK_STS.resource;
const IOERR = BLK_STS.ioerr;
const SMALL_DESCRIPTOR = IOD_FLAG.smallDescriptor;

/** Entries of a small list, of a page, and pages of a command at most. */
const SMALL_ENTRIES = SMALL_LIST_BYTES / 8;
const PAGE_ENTRIES = LIST_PAGE_BYTES / 8;

/** Builds the PRP entries of a command, one DMA segment after another. */
export interface PrpBuilder {
  /** Begins a command of so many bytes. */
  readonly start: (iod: number, totalBytes: number) => void;
  /** Adds a segment; a status other than 0 ends the command. */
  readonly add: (busLo: number, busHi: number, lengthBytes: number) => number;
}

/**
 * Makes the builder.
 *
 * @param lists Where lists come from, and where PRP1 and PRP2 go.
 */
export function createPrpBuilder(
  memory: KernelMemory,
  fields: IodFields,
  lists: { readonly pools: DescriptorPools; readonly pointer: DataPointer },
): PrpBuilder {
  const { get8, set8, setPointer, setLe64, getLe64Lo, getLe64Hi } = memory;
  const pointerBytes = memory.abi.pointerBytes;
  const flagsAt = fields.flags;
  const countAt = fields.descriptorCount;
  const listsAt = fields.lists;
  const { small, large, busHi: listHi } = lists.pools;
  const { pointer } = lists;
  // Int32 words instead of `let`s: bench/HOT_PATH.md, "Integers".
  const made = new Int32Array(32);
  const IOD = 0;
  /** Bytes of the command behind the entries made so far. */
  const REST = 1;
  const LIST = 2;
  const SLOT = 3;
  /** Pages named so far, PRP1 included: exact up to 2. */
  const PAGES = 4;

  const start = (target: number, totalBytes: number): void => {
    made[IOD] = target;
    made[REST] = totalBytes;
    made[LIST] = 0;
    made[SLOT] = 0;
    made[PAGES] = 0;
    pointer.flags = 0;
    pointer.secondLo = 0;
    pointer.secondHi = 0;
  };

  const openList = (): boolean => {
    const needed = ((made[REST] as number) + PAGE_BYTES - 1) >>> 12;
    if (needed <= SMALL_ENTRIES) {
      made[LIST] = small.take();
      if (made[LIST] === 0) return false;
      set8(
        (made[IOD] as number) + flagsAt,
        get8((made[IOD] as number) + flagsAt) | SMALL_DESCRIPTOR,
      );
    } else {
      made[LIST] = large.take();
      if (made[LIST] === 0) return false;
    }
    setPointer((made[IOD] as number) + listsAt, made[LIST] as number);
    set8((made[IOD] as number) + countAt, 1);
    pointer.secondLo = made[LIST] as number;
    pointer.secondHi = listHi;
    made[SLOT] = 0;
    return true;
  };

  /** Moves the last entry of a full page to a new one and links them. */
  const chainList = (): boolean => {
    const next = large.take();
    if (next === 0) return false;
    const last = (made[LIST] as number) + (PAGE_ENTRIES - 1) * 8;
    setLe64(next, getLe64Lo(last), getLe64Hi(last));
    setLe64(last, next, listHi);
    const count = get8((made[IOD] as number) + countAt);
    setPointer((made[IOD] as number) + listsAt + count * pointerBytes, next);
    set8((made[IOD] as number) + countAt, count + 1);
    made[LIST] = next;
    made[SLOT] = 1;
    return true;
  };

  const addPage = (lo: number, hi: number): number => {
    if (made[PAGES] === 1 && (made[REST] as number) <= PAGE_BYTES) {
      pointer.secondLo = lo;
      pointer.secondHi = hi;
    } else {
      if (made[LIST] === 0) {
        if (!openList()) return RESOURCE;
      } else if (made[SLOT] === PAGE_ENTRIES && !chainList()) {
        return RESOURCE;
      }
      setLe64((made[LIST] as number) + (made[SLOT] as number) * 8, lo, hi);
      made[SLOT] = (made[SLOT] as number) + 1;
    }
    made[PAGES] = (made[PAGES] as number) + 1;
    return OK;
  };

  const addAny = (
    busLo: number,
    busHi: number,
    lengthBytes: number,
  ): number => {
    let lo = busLo;
    let hi = busHi;
    let length = lengthBytes;
    if (made[PAGES] === 0) {
      pointer.firstLo = lo;
      pointer.firstHi = hi;
      made[PAGES] = 1;
      const first = Math.min(length, PAGE_BYTES - (lo & 4095));
      made[REST] = (made[REST] as number) - first;
      length -= first;
      const start = lo;
      lo = (lo + first) | 0;
      if ((lo >>> 0) < (start >>> 0)) hi = (hi + 1) | 0;
    }
    while (length > 0) {
      const piece = Math.min(length, PAGE_BYTES);
      // Only the last piece may be short and every one starts on a page: the
      // virt boundary has seen to that, or the request is badly formed.
      if ((lo & 4095) !== 0 || (piece < PAGE_BYTES && piece !== made[REST])) {
        return IOERR;
      }
      const status = addPage(lo, hi);
      if (status !== OK) return status;
      made[REST] = (made[REST] as number) - piece;
      length -= piece;
      const before = lo;
      lo = (lo + piece) | 0;
      if ((lo >>> 0) < (before >>> 0)) hi = (hi + 1) | 0;
    }
    // More to come although the first page was not filled to its end.
    if (made[PAGES] === 1 && (made[REST] as number) > 0 && (lo & 4095) !== 0) {
      return IOERR;
    }
    return OK;
  };

  const add = (busLo: number, busHi: number, lengthBytes: number): number => {
    // Most segments of a long list: one whole page with others behind it.
    if (
      lengthBytes === PAGE_BYTES && made[LIST] !== 0 &&
      (made[SLOT] as number) < PAGE_ENTRIES &&
      (busLo & 4095) === 0 && (made[REST] as number) >= PAGE_BYTES
    ) {
      // `PAGES` is 2 or more already, and more than that nobody asks.
      setLe64(
        (made[LIST] as number) + (made[SLOT] as number) * 8,
        busLo,
        busHi,
      );
      made[SLOT] = (made[SLOT] as number) + 1;
      made[REST] = (made[REST] as number) - PAGE_BYTES;
      return OK;
    }
    return addAny(busLo, busHi, lengthBytes);
  };

  return { start, add };
}
