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
  /** Begins a command of this many bytes. */
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
  const { getOwn, setOwn, addOwn } = memory;
  const IOD = memory.reserveOwn(5);
  /** Bytes of the command after the entries made so far. */
  const REST = IOD + 4;
  const LIST = IOD + 8;
  const SLOT = IOD + 12;
  /** Pages named so far, PRP1 included: exact up to 2. */
  const PAGES = IOD + 16;

  const start = (target: number, totalBytes: number): void => {
    setOwn(IOD, target);
    setOwn(REST, totalBytes);
    setOwn(LIST, 0);
    setOwn(SLOT, 0);
    setOwn(PAGES, 0);
    pointer.flags = 0;
    pointer.secondLo = 0;
    pointer.secondHi = 0;
  };

  const openList = (): boolean => {
    const needed = (getOwn(REST) + PAGE_BYTES - 1) >>> 12;
    if (needed <= SMALL_ENTRIES) {
      setOwn(LIST, small.take());
      if (getOwn(LIST) === 0) return false;
      set8(
        getOwn(IOD) + flagsAt,
        get8(getOwn(IOD) + flagsAt) | SMALL_DESCRIPTOR,
      );
    } else {
      setOwn(LIST, large.take());
      if (getOwn(LIST) === 0) return false;
    }
    setPointer(getOwn(IOD) + listsAt, getOwn(LIST));
    set8(getOwn(IOD) + countAt, 1);
    pointer.secondLo = getOwn(LIST);
    pointer.secondHi = listHi;
    setOwn(SLOT, 0);
    return true;
  };

  /** Moves the last entry of a full page to a new one and links them. */
  const chainList = (): boolean => {
    const next = large.take();
    if (next === 0) return false;
    const last = getOwn(LIST) + (PAGE_ENTRIES - 1) * 8;
    setLe64(next, getLe64Lo(last), getLe64Hi(last));
    setLe64(last, next, listHi);
    const count = get8(getOwn(IOD) + countAt);
    setPointer(getOwn(IOD) + listsAt + count * pointerBytes, next);
    set8(getOwn(IOD) + countAt, count + 1);
    setOwn(LIST, next);
    setOwn(SLOT, 1);
    return true;
  };

  const addPage = (lo: number, hi: number): number => {
    if (getOwn(PAGES) === 1 && getOwn(REST) <= PAGE_BYTES) {
      pointer.secondLo = lo;
      pointer.secondHi = hi;
    } else {
      if (getOwn(LIST) === 0) {
        if (!openList()) return RESOURCE;
      } else if (getOwn(SLOT) === PAGE_ENTRIES && !chainList()) {
        return RESOURCE;
      }
      setLe64(getOwn(LIST) + getOwn(SLOT) * 8, lo, hi);
      addOwn(SLOT, 1);
    }
    addOwn(PAGES, 1);
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
    if (getOwn(PAGES) === 0) {
      pointer.firstLo = lo;
      pointer.firstHi = hi;
      setOwn(PAGES, 1);
      const first = Math.min(length, PAGE_BYTES - (lo & 4095));
      addOwn(REST, 0 - first);
      length -= first;
      const start = lo;
      lo = (lo + first) | 0;
      if ((lo >>> 0) < (start >>> 0)) hi = (hi + 1) | 0;
    }
    while (length > 0) {
      const piece = Math.min(length, PAGE_BYTES);
      // Only the last piece may be short and every one starts on a page: the
      // virt boundary has seen to that, or the request is badly formed.
      if ((lo & 4095) !== 0 || (piece < PAGE_BYTES && piece !== getOwn(REST))) {
        return IOERR;
      }
      const status = addPage(lo, hi);
      if (status !== OK) return status;
      addOwn(REST, 0 - piece);
      length -= piece;
      const before = lo;
      lo = (lo + piece) | 0;
      if ((lo >>> 0) < (before >>> 0)) hi = (hi + 1) | 0;
    }
    // More to come although the first page was not filled to its end.
    if (getOwn(PAGES) === 1 && getOwn(REST) > 0 && (lo & 4095) !== 0) {
      return IOERR;
    }
    return OK;
  };

  const add = (busLo: number, busHi: number, lengthBytes: number): number => {
    // Most segments of a long list: one whole page with others after it.
    if (
      lengthBytes === PAGE_BYTES && getOwn(LIST) !== 0 &&
      getOwn(SLOT) < PAGE_ENTRIES &&
      (busLo & 4095) === 0 && getOwn(REST) >= PAGE_BYTES
    ) {
      // `PAGES` is 2 or more already, and nobody asks for more.
      setLe64(
        getOwn(LIST) + getOwn(SLOT) * 8,
        busLo,
        busHi,
      );
      addOwn(SLOT, 1);
      addOwn(REST, -PAGE_BYTES);
      return OK;
    }
    return addAny(busLo, busHi, lengthBytes);
  };

  return { start, add };
}
