/**
 * PRP lists: DMA segments become page entries, with chained list pages
 * (drivers/nvme/host/pci.c nvme_pci_setup_data_prp, blockspec 4.4).
 *
 * PRP1 may start anywhere; every later entry is a page. PRP2 is nothing, one
 * page, or the list. In a full list page the last slot is a link to the next.
 */
import { BLK_STS } from "../block/operation.ts";
import type { KernelMemory } from "../memory/kernel_memory.ts";
import { CTRL_PAGE_BYTES } from "./command.ts";
import {
  type DescriptorPools,
  LIST_PAGE_BYTES,
  SMALL_LIST_BYTES,
} from "./descriptor_pool.ts";
import type { IodFields } from "./iod.ts";

/** Entries of a small list, of a page, and pages of a command at most. */
const SMALL_ENTRIES = SMALL_LIST_BYTES / 8;
const PAGE_ENTRIES = LIST_PAGE_BYTES / 8;

/**
 * Gives the list pages that a number of entries needs (T41).
 *
 * @param entries Entries behind PRP1.
 * @returns Pages: 512 entries in the last one, 511 and a link in the others.
 */
export function prpListPages(entries: number): number {
  return entries <= PAGE_ENTRIES
    ? 1
    : 1 + Math.ceil((entries - PAGE_ENTRIES) / (PAGE_ENTRIES - 1));
}

/** DMA segments, one at a time, as the mapping stage gives them. */
export interface DmaSegment {
  /** Bus address, low 32 bits. */
  busLo: number;
  /** Bus address, high 32 bits. */
  busHi: number;
  /** Length in bytes. */
  lengthBytes: number;
}

/** Builds the PRP entries of a command, one DMA segment after another. */
export interface PrpBuilder {
  /** Begins a command of so many bytes. */
  readonly start: (iod: number, totalBytes: number) => void;
  /** Adds a segment; a status other than 0 ends the command. */
  readonly add: (busLo: number, busHi: number, lengthBytes: number) => number;
  /** PRP1 and PRP2 after the last segment. */
  readonly entries: PrpEntries;
  /** Gives the lists of a command back. */
  readonly free: (iod: number) => void;
}

/** PRP1 and PRP2 of a command, and how many pages they stand for. */
export interface PrpEntries {
  /** PRP1, low half. */
  prp1Lo: number;
  /** PRP1, high half. */
  prp1Hi: number;
  /** PRP2, low half. */
  prp2Lo: number;
  /** PRP2, high half. */
  prp2Hi: number;
  /** Pages that the command names, PRP1 included. */
  pages: number;
}

/** IOD_SMALL_DESCRIPTOR of enum nvme_iod_flags. */
const IOD_SMALL = 1 << 1;

/**
 * Makes the builder.
 *
 * @param memory Kernel memory.
 * @param fields Where the fields of struct nvme_iod lie.
 * @param pools Where lists come from.
 * @returns The builder.
 */
export function createPrpBuilder(
  memory: KernelMemory,
  fields: IodFields,
  pools: DescriptorPools,
): PrpBuilder {
  const { get8, set8, getPointer, setPointer, setLe64, getLe32 } = memory;
  const pointerBytes = memory.abi.pointerBytes;
  const flagsAt = fields.flags;
  const countAt = fields.descriptorCount;
  const listsAt = fields.lists;
  const { small, large, busHi: listHi } = pools;
  const entries: PrpEntries = {
    prp1Lo: 0,
    prp1Hi: 0,
    prp2Lo: 0,
    prp2Hi: 0,
    pages: 0,
  };
  let iod = 0;
  /** Bytes of the command behind the entries made so far. */
  let rest = 0;
  let list = 0;
  let slot = 0;

  const start = (target: number, totalBytes: number): void => {
    iod = target;
    rest = totalBytes;
    list = 0;
    slot = 0;
    entries.pages = 0;
    entries.prp2Lo = 0;
    entries.prp2Hi = 0;
  };

  const openList = (): boolean => {
    const needed = (rest + CTRL_PAGE_BYTES - 1) >>> 12;
    if (needed <= SMALL_ENTRIES) {
      list = small.take();
      if (list === 0) return false;
      set8(iod + flagsAt, get8(iod + flagsAt) | IOD_SMALL);
    } else {
      list = large.take();
      if (list === 0) return false;
    }
    setPointer(iod + listsAt, list);
    set8(iod + countAt, 1);
    entries.prp2Lo = list;
    entries.prp2Hi = listHi;
    slot = 0;
    return true;
  };

  /** Moves the last entry of a full page to a new one and links them. */
  const chainList = (): boolean => {
    const next = large.take();
    if (next === 0) return false;
    const last = list + (PAGE_ENTRIES - 1) * 8;
    setLe64(next, getLe32(last), getLe32(last + 4));
    setLe64(last, next, listHi);
    const count = get8(iod + countAt);
    setPointer(iod + listsAt + count * pointerBytes, next);
    set8(iod + countAt, count + 1);
    list = next;
    slot = 1;
    return true;
  };

  const addPage = (lo: number, hi: number): number => {
    if (entries.pages === 1 && rest <= CTRL_PAGE_BYTES) {
      entries.prp2Lo = lo;
      entries.prp2Hi = hi;
    } else {
      if (list === 0) {
        if (!openList()) return BLK_STS.resource;
      } else if (slot === PAGE_ENTRIES && !chainList()) {
        return BLK_STS.resource;
      }
      setLe64(list + slot * 8, lo, hi);
      slot++;
    }
    entries.pages++;
    return BLK_STS.ok;
  };

  const add = (busLo: number, busHi: number, lengthBytes: number): number => {
    let lo = busLo;
    let hi = busHi;
    let length = lengthBytes;
    if (entries.pages === 0) {
      entries.prp1Lo = lo;
      entries.prp1Hi = hi;
      entries.pages = 1;
      const first = Math.min(length, CTRL_PAGE_BYTES - (lo & 4095));
      rest -= first;
      length -= first;
      const start = lo;
      lo = (lo + first) | 0;
      if ((lo >>> 0) < (start >>> 0)) hi = (hi + 1) | 0;
    }
    while (length > 0) {
      const piece = Math.min(length, CTRL_PAGE_BYTES);
      // Only the last piece may be short and every one starts on a page: the
      // virt boundary has seen to that, or the request is badly formed.
      if ((lo & 4095) !== 0 || (piece < CTRL_PAGE_BYTES && piece !== rest)) {
        return BLK_STS.ioerr;
      }
      const status = addPage(lo, hi);
      if (status !== BLK_STS.ok) return status;
      rest -= piece;
      length -= piece;
      const before = lo;
      lo = (lo + piece) | 0;
      if ((lo >>> 0) < (before >>> 0)) hi = (hi + 1) | 0;
    }
    // More to come although the first page was not filled to its end.
    if (entries.pages === 1 && rest > 0 && (lo & 4095) !== 0) {
      return BLK_STS.ioerr;
    }
    return BLK_STS.ok;
  };

  const free = (target: number): void => {
    const count = get8(target + countAt);
    if (count === 0) return;
    if ((get8(target + flagsAt) & IOD_SMALL) !== 0) {
      small.give(getPointer(target + listsAt));
    } else {
      for (let i = 0; i < count; i++) {
        large.give(getPointer(target + listsAt + i * pointerBytes));
      }
    }
    set8(target + countAt, 0);
  };
  return { start, add, entries, free };
}
