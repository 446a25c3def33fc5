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
 * @param memory Kernel memory.
 * @param fields Where the fields of struct nvme_iod lie.
 * @param lists Where lists come from, and where PRP1 and PRP2 go.
 * @returns The builder.
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
  let iod = 0;
  /** Bytes of the command behind the entries made so far. */
  let rest = 0;
  let list = 0;
  let slot = 0;
  /** Pages named so far, PRP1 included: exact up to 2. */
  let pages = 0;

  const start = (target: number, totalBytes: number): void => {
    iod = target;
    rest = totalBytes;
    list = 0;
    slot = 0;
    pages = 0;
    pointer.flags = 0;
    pointer.secondLo = 0;
    pointer.secondHi = 0;
  };

  const openList = (): boolean => {
    const needed = (rest + PAGE_BYTES - 1) >>> 12;
    if (needed <= SMALL_ENTRIES) {
      list = small.take();
      if (list === 0) return false;
      set8(iod + flagsAt, get8(iod + flagsAt) | SMALL_DESCRIPTOR);
    } else {
      list = large.take();
      if (list === 0) return false;
    }
    setPointer(iod + listsAt, list);
    set8(iod + countAt, 1);
    pointer.secondLo = list;
    pointer.secondHi = listHi;
    slot = 0;
    return true;
  };

  /** Moves the last entry of a full page to a new one and links them. */
  const chainList = (): boolean => {
    const next = large.take();
    if (next === 0) return false;
    const last = list + (PAGE_ENTRIES - 1) * 8;
    setLe64(next, getLe64Lo(last), getLe64Hi(last));
    setLe64(last, next, listHi);
    const count = get8(iod + countAt);
    setPointer(iod + listsAt + count * pointerBytes, next);
    set8(iod + countAt, count + 1);
    list = next;
    slot = 1;
    return true;
  };

  const addPage = (lo: number, hi: number): number => {
    if (pages === 1 && rest <= PAGE_BYTES) {
      pointer.secondLo = lo;
      pointer.secondHi = hi;
    } else {
      if (list === 0) {
        if (!openList()) return RESOURCE;
      } else if (slot === PAGE_ENTRIES && !chainList()) {
        return RESOURCE;
      }
      setLe64(list + slot * 8, lo, hi);
      slot++;
    }
    pages++;
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
    if (pages === 0) {
      pointer.firstLo = lo;
      pointer.firstHi = hi;
      pages = 1;
      const first = Math.min(length, PAGE_BYTES - (lo & 4095));
      rest -= first;
      length -= first;
      const start = lo;
      lo = (lo + first) | 0;
      if ((lo >>> 0) < (start >>> 0)) hi = (hi + 1) | 0;
    }
    while (length > 0) {
      const piece = Math.min(length, PAGE_BYTES);
      // Only the last piece may be short and every one starts on a page: the
      // virt boundary has seen to that, or the request is badly formed.
      if ((lo & 4095) !== 0 || (piece < PAGE_BYTES && piece !== rest)) {
        return IOERR;
      }
      const status = addPage(lo, hi);
      if (status !== OK) return status;
      rest -= piece;
      length -= piece;
      const before = lo;
      lo = (lo + piece) | 0;
      if ((lo >>> 0) < (before >>> 0)) hi = (hi + 1) | 0;
    }
    // More to come although the first page was not filled to its end.
    if (pages === 1 && rest > 0 && (lo & 4095) !== 0) {
      return IOERR;
    }
    return OK;
  };

  const add = (busLo: number, busHi: number, lengthBytes: number): number => {
    // Most segments of a long list: one whole page with others behind it.
    if (
      lengthBytes === PAGE_BYTES && list !== 0 && slot < PAGE_ENTRIES &&
      (busLo & 4095) === 0 && rest >= PAGE_BYTES
    ) {
      // `pages` is 2 or more already, and more than that nobody asks.
      setLe64(list + slot * 8, busLo, busHi);
      slot++;
      rest -= PAGE_BYTES;
      return OK;
    }
    return addAny(busLo, busHi, lengthBytes);
  };

  return { start, add };
}
