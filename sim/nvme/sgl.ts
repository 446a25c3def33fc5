/**
 * SGLs: one data descriptor in the command, or a last-segment descriptor that
 * points to a list of them (drivers/nvme/host/pci.c nvme_pci_setup_data_sgl,
 * blockspec 4.5).
 */
import { BLK_STS } from "../kernel/operation.ts";
import type { KernelMemory } from "../memory/kernel_memory.ts";
import { CMD_SGL_METABUF, SGL_TYPE } from "./command.ts";
import type { DataPointer } from "./data_pointer.ts";
import {
  type DescriptorPools,
  LIST_PAGE_BYTES,
  SMALL_LIST_BYTES,
} from "./descriptor_pool.ts";
import type { IodFields } from "./iod.ts";
import { IOD_FLAG } from "./iod_flags.ts";

/** Bytes of a descriptor: address 8, length 4, reserved 3, type 1. */
export const SGL_DESCRIPTOR_BYTES = 16;

// Constants of its own: bench/HOT_PATH.md.
const METABUF = CMD_SGL_METABUF;
const RESOURCE = BLK_STS.resource;
const SMALL_DESCRIPTOR = IOD_FLAG.smallDescriptor;
const OK = BLK_STS.ok;
const IOERR = BLK_STS.ioerr;
const DATA = SGL_TYPE.data;
const LAST = SGL_TYPE.last;
const DESCRIPTOR_BYTES = SGL_DESCRIPTOR_BYTES;
const SMALL_DESCRIPTORS = SMALL_LIST_BYTES / SGL_DESCRIPTOR_BYTES;
const PAGE_DESCRIPTORS = LIST_PAGE_BYTES / SGL_DESCRIPTOR_BYTES;

export interface SglBuilder {
  /** Writes the only range into the command itself. */
  readonly inline: (busLo: number, busHi: number, lengthBytes: number) => void;
  /** Takes a list for at most this many ranges; a status. */
  readonly open: (iod: number, most: number) => number;
  /** Adds a range to the list; a status. */
  readonly add: (busLo: number, busHi: number, lengthBytes: number) => number;
  /** Points the command to the list. */
  readonly close: () => void;
}

/**
 * Makes the builder.
 *
 * @param lists Where lists come from, and where the descriptor goes.
 */
export function createSglBuilder(
  memory: KernelMemory,
  fields: IodFields,
  lists: { readonly pools: DescriptorPools; readonly pointer: DataPointer },
): SglBuilder {
  const { get8, set8, setPointer, setLe64 } = memory;
  const { small, large, busHi } = lists.pools;
  const { pointer } = lists;
  let list = 0;
  let count = 0;

  const point = (lo: number, hi: number, bytes: number, type: number): void => {
    pointer.firstLo = lo;
    pointer.firstHi = hi;
    pointer.secondLo = bytes;
    pointer.secondHi = type << 24;
    pointer.flags = METABUF;
  };
  const open = (iod: number, most: number): number => {
    const isSmall = most <= SMALL_DESCRIPTORS;
    list = isSmall ? small.take() : large.take();
    if (list === 0) return RESOURCE;
    if (isSmall) {
      set8(
        iod + fields.flags,
        get8(iod + fields.flags) | SMALL_DESCRIPTOR,
      );
    }
    setPointer(iod + fields.lists, list);
    set8(iod + fields.descriptorCount, 1);
    count = 0;
    return OK;
  };
  const add = (lo: number, hi: number, lengthBytes: number): number => {
    if (count === PAGE_DESCRIPTORS) return IOERR;
    const at = list + count * DESCRIPTOR_BYTES;
    setLe64(at, lo, hi);
    setLe64(at + 8, lengthBytes, DATA << 24);
    count++;
    return OK;
  };
  return {
    inline: (lo, hi, lengthBytes) => point(lo, hi, lengthBytes, DATA),
    open,
    add,
    close: () => point(list, busHi, count * DESCRIPTOR_BYTES, LAST),
  };
}
