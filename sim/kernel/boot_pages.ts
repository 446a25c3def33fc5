/**
 * The struct pages of a machine in kernel memory, in their state after boot.
 */
import type { DramRange, MemoryMap } from "../memory/memory_map.ts";
import type { KernelMemory } from "../memory/kernel_memory.ts";
import type { PageOffsets } from "./page_offsets.ts";

/** include/linux/mmzone.h, x86-64: zone numbers kept in page->flags. */
const ZONE_NORMAL = 2;
export const ZONE_DEVICE = 4;
/** PG_head, "must be in bit 6" (include/linux/page-flags.h). */
export const PG_HEAD: number = 1 << 6;
/** MEMORY_DEVICE_PCI_P2PDMA of enum memory_type (include/linux/memremap.h). */
export const MEMORY_DEVICE_PCI_P2PDMA = 5;

/** Memory, and where its struct pages are. */
export interface PageRange {
  /** Its first address. */
  readonly lo: number;
  readonly hi: number;
  readonly sizeBytes: number;
  /** Its first struct page. */
  readonly first: number;
}

/** Makes whole, naturally aligned folios among some pages compound. */
type MakeFolios = (
  range: DramRange,
  first: number,
  pages?: { from: number; to: number },
) => void;

/** Struct pages, and what P2P memory has beside its own. */
export interface BootPages {
  /** Host memory first. */
  readonly ranges: readonly PageRange[];
  /** Where the providers are that dev_pagemaps point to, 16 bytes each. */
  readonly providers: number;
  /** Bytes of struct page that P2P memory costs (blockspec T57). */
  readonly providerPageBytes: number;
  readonly makeFolios: MakeFolios;
}

/**
 * Makes them.
 *
 * @param isSparse Whether pages that nobody makes stay zero.
 */
export function bootPages(
  memory: KernelMemory,
  map: MemoryMap,
  { offsets, isSparse }: { offsets: PageOffsets; isSparse: boolean },
): BootPages {
  const { set32, setPointer, abi } = memory;
  const structBytes = abi.pageStructBytes;
  const { zoneWordAt, zoneShift, pagemapAt, refcountAt } = offsets;
  const { typeAt, providerAt } = offsets;
  const makeFolios = folioMaker(memory, map, offsets);
  const reserveFor = (name: string, sizeBytes: number) =>
    memory.reserve("page", (sizeBytes / 4096) * structBytes, {
      name,
      alignBytes: 4096,
      strideBytes: structBytes,
    });
  const bytes = memory.bytes();
  /** Makes one struct page and copies it over the whole array. */
  const fill = (first: number, sizeBytes: number, makeOne: () => void) => {
    makeOne();
    if (isSparse) return;
    const end = first + (sizeBytes / 4096) * structBytes;
    for (let done = first + structBytes; done < end;) {
      const count = Math.min(done - first, end - done);
      bytes.copyWithin(done, first, first + count);
      done += count;
    }
  };
  const setZone = (page: number, zone: number) => {
    // 32-bit kernels have two bits for the zone and no ZONE_DEVICE.
    set32(page + zoneWordAt, (zone << zoneShift) | 0);
    set32(page + refcountAt, 1);
  };

  const ranges: PageRange[] = [];
  const addRange = (startPhys: bigint, sizeBytes: number, first: number) =>
    ranges.push({
      lo: Number(BigInt.asIntN(32, startPhys)),
      hi: Number(BigInt.asIntN(32, startPhys >> 32n)),
      sizeBytes,
      first,
    });
  for (const [index, range] of map.dram.entries()) {
    const first = reserveFor(`page of dram ${index}`, range.sizeBytes);
    fill(first, range.sizeBytes, () => setZone(first, ZONE_NORMAL));
    if (!isSparse) makeFolios(range, first);
    addRange(range.startPhys, range.sizeBytes, first);
  }
  const providers = memory.reserve("p2pdma_provider", 256, {
    strideBytes: 16,
  });
  let providerPageBytes = 0;
  for (const [index, bar] of map.providers.entries()) {
    const first = reserveFor(`page of provider ${index}`, bar.sizeBytes);
    providerPageBytes += (bar.sizeBytes / 4096) * structBytes;
    addRange(bar.startPhys, bar.sizeBytes, first);
    const pagemap = memory.reserve(
      "dev_pagemap",
      providerAt + abi.pointerBytes,
      { name: `dev_pagemap of provider ${index}` },
    );
    set32(pagemap + typeAt, MEMORY_DEVICE_PCI_P2PDMA);
    const provider = providers + index * 16;
    setPointer(pagemap + providerAt, provider);
    fill(first, bar.sizeBytes, () => {
      setZone(first, ZONE_DEVICE);
      setPointer(first + pagemapAt, pagemap);
    });
  }
  return { ranges, providers, providerPageBytes, makeFolios };
}

function folioMaker(
  memory: KernelMemory,
  map: MemoryMap,
  { flagsAt, pagemapAt, refcountAt }: PageOffsets,
): MakeFolios {
  const { get32, set32, setPointer, abi } = memory;
  const structBytes = abi.pageStructBytes;
  const folioPages = 2 ** (map.folioOrder ?? 0);
  if (folioPages === 1) return () => {};
  return (range, first, pages = { from: 0, to: range.sizeBytes / 4096 }) => {
    const start = Number(range.startPhys / 4096n);
    for (
      let at = Math.ceil((start + pages.from) / folioPages) * folioPages;
      at + folioPages <= start + pages.to;
      at += folioPages
    ) {
      const head = first + (at - start) * structBytes;
      set32(head + flagsAt, get32(head + flagsAt) | PG_HEAD);
      for (let i = 1; i < folioPages; i++) {
        const tail = head + i * structBytes;
        setPointer(tail + pagemapAt, head | 1);
        set32(tail + refcountAt, 0);
      }
    }
  };
}
