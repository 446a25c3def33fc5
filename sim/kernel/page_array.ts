/**
 * The array of struct page: one per 4 KiB of host memory and, since mainline's
 * P2PDMA needs them, one per 4 KiB of each provider's BAR (blockspec 3.1).
 *
 * With SPARSEMEM_VMEMMAP the page of a physical address is found by arithmetic
 * alone; here the ranges are searched instead of the MMU's tables, which costs
 * no simulated access either.
 */
import type { MemoryMap } from "../memory/memory_map.ts";
import type { KernelMemory } from "../memory/kernel_memory.ts";
import {
  bootPages,
  MEMORY_DEVICE_PCI_P2PDMA,
  PG_HEAD,
  ZONE_DEVICE,
} from "./boot_pages.ts";
import { createPageFinder, type FindPage } from "./page_finder.ts";
import { type MakePages, pageMaker } from "./page_maker.ts";
import type { StructPageRange } from "./reached_pages.ts";
import { type PageArrayStructs, pageOffsets } from "./page_offsets.ts";

/** PG_locked and PG_dirty (include/linux/page-flags.h, 6.12 and later). */
export const PG_LOCKED: number = 1 << 0;
export const PG_DIRTY: number = 1 << 4;
// Constants of its own: bench/HOT_PATH.md.
const DEVICE = ZONE_DEVICE;
const HEAD = PG_HEAD;
const LOCKED = PG_LOCKED;
const DIRTY = PG_DIRTY;
const P2PDMA = MEMORY_DEVICE_PCI_P2PDMA;

/** The struct pages of a memory map, and what recognition asks of them. */
export class PageArray {
  /** Offset of the struct page of a physical address, or 0 where none is. */
  readonly pageOf: (physLo: number, physHi: number) => number;
  /**
   * Makes what finds a struct page by a kernel's pointer to it, where the page
   * array begins at such an address.
   */
  readonly finder: (pageArrayBase: bigint) => FindPage;
  /** Whether the page is in ZONE_DEVICE: reads page->flags. */
  readonly isZoneDevice: (page: number) => boolean;
  /** The dev_pagemap of a ZONE_DEVICE page: reads folio->pgmap. */
  readonly pagemapOf: (page: number) => number;
  /** Whether a dev_pagemap is of P2P memory: reads its type. */
  readonly isP2p: (pagemap: number) => boolean;
  /** Provider index + 1 of a P2P dev_pagemap, else 0: reads type, provider. */
  readonly providerOf: (pagemap: number) => number;
  /**
   * page_folio(): the first struct page of a page's folio. Reads compound_head
   * where the machine has folios of several pages; where it has none, that word
   * is in a line that is read anyway and is left out.
   */
  readonly folioOf: (page: number) => number;
  /**
   * The same, read of single pages, too, as is_pci_p2pdma_page() does: the word
   * is in a line that it reads anyway.
   */
  readonly askedFolioOf: (page: number) => number;
  /**
   * get_contig_folio_len() of extraction: reads compound_head of the pages of a
   * piece after its first one, to see that they are of the same folio
   * (blockspec 2.12, G6). Their pointers are read where they were staged; 0 for
   * nowhere. Nothing where folios are single pages.
   */
  readonly followFolio: (page: number, staged: number, pages: number) => void;
  /** Takes references on a page's folio; default: one. */
  readonly getReference: (page: number, count?: number) => void;
  /** Drops references on a folio, of `folioOf()`; default: one. */
  readonly putReference: (folio: number, count?: number) => void;
  /** The references of one page alone, which no path reads: for checks. */
  readonly referencesOf: (page: number) => number;
  readonly structBytes: number;
  /** folio_lock(), folio_mark_dirty(), folio_unlock(): anonymous memory's. */
  readonly markDirty: (folio: number) => void;
  /** folio_test_dirty() */
  readonly isDirty: (folio: number) => boolean;
  readonly setFlag: (page: number, flag: number) => void;
  readonly clearFlag: (page: number, flag: number) => void;
  /** Bytes of struct page that P2P memory costs (blockspec T57). */
  readonly providerPageBytes: number;
  /** Where its struct pages are, ascending. */
  readonly ranges: readonly StructPageRange[];
  /**
   * Makes struct pages, by their offsets, what they are after boot, and those of
   * the folios that they are part of. To those that were made before nothing
   * happens.
   */
  readonly make: MakePages;

  /**
   * @param isSparse Whether pages that nobody makes stay zero: the array of a
   * large machine is tens of MiB, and a few I/Os reach only a part of it.
   */
  constructor(
    memory: KernelMemory,
    map: MemoryMap,
    structs: PageArrayStructs,
    isSparse = false,
  ) {
    const { get32, set32, getPointer, abi } = memory;
    const structBytes = abi.pageStructBytes;
    const bytes = memory.bytes();
    const offsets = pageOffsets(abi, structs);
    const { flagsAt, zoneWordAt, zoneShift, pagemapAt, refcountAt } = offsets;
    const { typeAt, providerAt } = offsets;
    const booted = bootPages(memory, map, { offsets, isSparse });
    const { ranges, providers, makeFolios } = booted;
    this.providerPageBytes = booted.providerPageBytes;
    const folioPages = 2 ** (map.folioOrder ?? 0);

    const lo = Int32Array.from(ranges, (range) => range.lo);
    const hi = Int32Array.from(ranges, (range) => range.hi);
    const pageCount = Int32Array.from(
      ranges,
      (range) => range.sizeBytes / 4096,
    );
    const firstPage = Int32Array.from(ranges, (range) => range.first);
    // Most memory is the first range's, whose bounds V8 knows as constants.
    const [host] = ranges;
    const hostLo = host?.lo ?? 0;
    const hostHi = host?.hi ?? 0;
    const hostPages = (host?.sizeBytes ?? 0) / 4096;
    const hostFirst = host?.first ?? 0;
    const pageBeyond = (physLo: number, physHi: number): number => {
      for (let i = 1; i < lo.length; i++) {
        const start = lo[i] as number;
        const borrow = (physLo >>> 0) < (start >>> 0) ? 1 : 0;
        const distanceHi = (physHi - (hi[i] as number) - borrow) | 0;
        // No array has 2^31 pages, which 8 TiB are.
        if ((distanceHi >>> 11) !== 0) continue;
        const at = (distanceHi << 20) | ((physLo - start) >>> 12);
        if (at < (pageCount[i] as number)) {
          return ((firstPage[i] as number) + Math.imul(at, structBytes)) | 0;
        }
      }
      return 0;
    };
    this.pageOf = (physLo, physHi) => {
      const borrow = (physLo >>> 0) < (hostLo >>> 0) ? 1 : 0;
      const distanceHi = (physHi - hostHi - borrow) | 0;
      if ((distanceHi >>> 11) === 0) {
        const at = (distanceHi << 20) | ((physLo - hostLo) >>> 12);
        if (at < hostPages) return (hostFirst + Math.imul(at, structBytes)) | 0;
      }
      return pageBeyond(physLo, physHi);
    };
    this.finder = (base) => createPageFinder(ranges, structBytes, base);
    this.make = isSparse
      ? pageMaker(
        bytes,
        structBytes,
        ranges.map(({ lo, first, sizeBytes }, index) => {
          const range = map.dram[index];
          return {
            first,
            pages: sizeBytes / 4096,
            // P2P memory has none of several pages.
            folioPages: range === undefined ? 1 : folioPages,
            inFolio: (lo >>> 12) % folioPages,
            makeFolios: (from: number, to: number) => {
              if (range !== undefined) makeFolios(range, first, { from, to });
            },
          };
        }),
      )
      : () => {};
    this.ranges = ranges.map(({ first, sizeBytes }) => ({
      first,
      pages: sizeBytes / 4096,
    }));
    this.structBytes = structBytes;
    // Equal or not is all that is asked: its byte order does not matter.
    const plain = new DataView(bytes.buffer, bytes.byteOffset);
    this.referencesOf = (page) => plain.getInt32(page + refcountAt);
    this.isZoneDevice = (page) =>
      ((get32(page + zoneWordAt) >>> zoneShift) & 7) === DEVICE;
    this.pagemapOf = (page) => getPointer(page + pagemapAt);
    const isP2p = (pagemap: number): boolean =>
      get32(pagemap + typeAt) === P2PDMA;
    this.isP2p = isP2p;
    this.providerOf = (pagemap) =>
      isP2p(pagemap)
        ? ((getPointer(pagemap + providerAt) - providers) >> 4) + 1
        : 0;
    // compound_head and folio->pgmap are one word; bit 0 marks a tail page.
    const askedFolioOf = (page: number): number => {
      const head = getPointer(page + pagemapAt);
      return (head & 1) === 0 ? page : head - 1;
    };
    const folioOf = folioPages === 1 ? (page: number) => page : askedFolioOf;
    this.folioOf = folioOf;
    this.askedFolioOf = askedFolioOf;
    const { pointerBytes } = abi;
    const readStaged = pointerBytes === 8 ? memory.get64Lo : get32;
    const single = () => {};
    this.followFolio = folioPages === 1 ? single : (page, staged, pages) => {
      const folio = folioOf(page);
      if ((get32(folio + flagsAt) & HEAD) === 0) return;
      for (let i = 1; i < pages; i++) {
        // Without staged pointers there is nothing to compare: they follow.
        if (staged === 0) {
          if (folioOf(page + i * structBytes) !== folio) return;
          continue;
        }
        const at = staged + i * pointerBytes;
        const next = readStaged(at);
        // Pages of a piece are neighbours: where the next one points is known.
        if (folioOf(page + i * structBytes) !== folio) return;
        if (next !== ((readStaged(at - pointerBytes) + structBytes) | 0)) {
          return;
        }
      }
    };
    const { add32 } = memory.counters;
    this.getReference = (page, count = 1) => {
      add32(folioOf(page) + refcountAt, count);
    };
    this.putReference = (folio, count = 1) => {
      add32(folio + refcountAt, (0 - count) | 0);
    };
    this.markDirty = (folio) => {
      const at = folio + flagsAt;
      set32(at, get32(at) | LOCKED);
      // Memory that was read into before is dirty as a rule.
      const flags = get32(at);
      if ((flags & DIRTY) === 0) set32(at, flags | DIRTY);
      set32(at, get32(at) & ~LOCKED);
    };
    this.isDirty = (folio) => (get32(folio + flagsAt) & DIRTY) !== 0;
    this.setFlag = (page, flag) => {
      const folio = folioOf(page);
      set32(folio + flagsAt, get32(folio + flagsAt) | flag);
    };
    this.clearFlag = (page, flag) => {
      const folio = folioOf(page);
      set32(folio + flagsAt, get32(folio + flagsAt) & ~flag);
    };
  }
}
