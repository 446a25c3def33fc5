/**
 * The entries of a scatterlist in kernel memory (struct scatterlist): a segment
 * each and, once it is mapped, a DMA address.
 */
import { findField } from "../../layouts/placed_members.ts";
import { scatterlist } from "../../layouts/scatterlist.ts";
import { makeCodec } from "../../layouts/segment_codec.ts";
import type { KernelMemory } from "../memory/kernel_memory.ts";

/** SG_DMA_BUS_ADDRESS of sg_dma_flags. */
export const SG_DMA_BUS_ADDRESS = 1;

// Constants of its own: bench/HOT_PATH.md.
const BUS_ADDRESS = SG_DMA_BUS_ADDRESS;

/** What is read from entries, and written to them. */
export interface ScatterlistEntries {
  readonly entryBytes: number;
  /** Bytes of a list of this many entries. */
  readonly arrayBytes: (entries: number) => number;
  /** sg_set_page() at an index of a list. */
  readonly setSegment: (
    list: number,
    index: number,
    physLo: number,
    physHi: number,
    lengthBytes: number,
  ) => void;
  /** Low half of a segment's address, in a list of this many entries. */
  readonly physLo: (list: number, entries: number, index: number) => number;
  /** High half of it. */
  readonly physHi: (list: number, entries: number, index: number) => number;
  readonly segmentBytes: (
    list: number,
    entries: number,
    index: number,
  ) => number;
  /** Writes where the device finds an entry. */
  readonly setDma: (
    entry: number,
    lo: number,
    hi: number,
    lengthBytes: number,
    flags: number,
  ) => void;
  /** sg_dma_address(), low half. */
  readonly dmaLo: (entry: number) => number;
  /** sg_dma_address(), high half; 0 where dma_addr_t has 32 bits. */
  readonly dmaHi: (entry: number) => number;
  /** sg_dma_len() */
  readonly dmaBytes: (entry: number) => number;
  /** Makes an entry longer, by what is joined to it. */
  readonly addDmaBytes: (entry: number, moreBytes: number) => void;
  /** sg_dma_is_bus_address() */
  readonly isBusAddress: (entry: number) => boolean;
}

export function createScatterlistEntries(
  memory: KernelMemory,
): ScatterlistEntries {
  const { get32, set32, get64Lo, get64Hi, set64 } = memory;
  const codec = makeCodec(scatterlist, memory.abi, memory.view);
  const at = (name: string) => findField(codec.placed, name).startBit / 8;
  const addressAt = at("dma_address");
  const lengthAt = at("dma_length");
  const flagsAt = at("dma_flags");
  const isWide = findField(codec.placed, "dma_address").sizeBits === 64;
  return {
    entryBytes: codec.arrayBytes(1),
    arrayBytes: (entries) => codec.arrayBytes(entries),
    setSegment: (list, index, physLo, physHi, lengthBytes) =>
      codec.set(list, index, index, physLo, physHi, lengthBytes, 0),
    physLo: (list, entries, index) => codec.physLo(list, entries, index),
    physHi: (list, entries, index) => codec.physHi(list, entries, index),
    segmentBytes: (list, entries, index) => codec.length(list, entries, index),
    setDma: (entry, lo, hi, lengthBytes, flags) => {
      if (isWide) set64(entry + addressAt, lo, hi);
      else set32(entry + addressAt, lo);
      set32(entry + lengthAt, lengthBytes);
      set32(entry + flagsAt, flags);
    },
    dmaLo: isWide
      ? (entry) => get64Lo(entry + addressAt)
      : (entry) => get32(entry + addressAt),
    dmaHi: isWide ? (entry) => get64Hi(entry + addressAt) : () => 0,
    dmaBytes: (entry) => get32(entry + lengthAt),
    addDmaBytes: (entry, moreBytes) =>
      set32(entry + lengthAt, get32(entry + lengthAt) + moreBytes),
    isBusAddress: (entry) => (get32(entry + flagsAt) & BUS_ADDRESS) !== 0,
  };
}
