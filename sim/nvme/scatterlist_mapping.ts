/**
 * Mapping of a whole scatterlist in one call, and unmapping (dma_map_sgtable():
 * dma_direct_map_sg, or iommu_dma_map_sg and __finalise_sg).
 */
import { DMA_ATTRIBUTE } from "../dma/dma_attributes.ts";
import { IovaState } from "../dma/iommu.ts";
import { BLK_STS } from "../kernel/operation.ts";
import { MAP_TYPE } from "../pci/map_type.ts";
import { dataDirection, type RequestDmaOptions } from "./request_dma.ts";
import {
  type ScatterlistEntries,
  SG_DMA_BUS_ADDRESS,
} from "./scatterlist_entries.ts";

// Constants of its own: bench/HOT_PATH.md.
const NONE = MAP_TYPE.none;
const MARKED_BUS = SG_DMA_BUS_ADDRESS;
const BUS_ADDR = MAP_TYPE.busAddr;
const NOT_SUPPORTED = MAP_TYPE.notSupported;
const MMIO = DMA_ATTRIBUTE.mmio;
const OK = BLK_STS.ok;
const RESOURCE = BLK_STS.resource;

/** Maps lists. */
export interface ScatterlistMapping {
  /**
   * Maps the entries of a request's list; a status.
   *
   * @param providers Provider of each entry, 0 for none; overwritten.
   */
  readonly map: (
    list: number,
    entries: number,
    providers: Uint8Array,
    request: number,
  ) => number;
  /** Entries that the latest list has behind its mapping. */
  readonly mapped: () => number;
  /** Unmaps so many mapped entries of a request's list. */
  readonly unmap: (list: number, mapped: number, request: number) => void;
}

/**
 * Makes the mapping.
 *
 * @param options What the walk over a request's DMA ranges works with.
 * @param of Accessors to entries.
 */
export function createScatterlistMapping(
  options: RequestDmaOptions,
  of: ScatterlistEntries,
): ScatterlistMapping {
  const { get32 } = options.memory;
  const { field } = options.requests;
  const { mapType, offsetLo, offsetHi } = options.routes;
  const { map: mapPiece, unmap: unmapPiece, bus, needsUnmap, domain } =
    options.pieces;
  const { entryBytes, setDma, dmaLo, dmaHi, dmaBytes, addDmaBytes } = of;
  const { isBusAddress, physLo, physHi, segmentBytes: bytesOf } = of;
  const state = new IovaState();
  let mapped = 0;
  let segmentLo = 0;
  let segmentHi = 0;
  let segmentBytes = 0;

  /** Map type of an entry's provider; asked for where that changes. */
  const typeOf = (provider: number): number =>
    provider === 0 ? NONE : mapType(provider);

  const readSegment = (list: number, entries: number, i: number): void => {
    segmentLo = physLo(list, entries, i);
    segmentHi = physHi(list, entries, i);
    segmentBytes = bytesOf(list, entries, i);
  };

  /** dma_direct_unmap_sg() */
  const unmapEntries = (list: number, count: number, opf: number): void => {
    if (!needsUnmap) return;
    for (let i = 0; i < count; i++) {
      const entry = list + i * entryBytes;
      if (isBusAddress(entry)) continue;
      unmapPiece(
        dmaLo(entry),
        dmaHi(entry),
        dmaBytes(entry),
        dataDirection(opf),
      );
    }
  };

  /** iommu_dma_unmap_sg(): one range, from the first entry to the last. */
  const unmapRange = domain && ((list: number, count: number): void => {
    let lo = 0;
    let hi = 0;
    let bytes = 0;
    for (let i = 0; i < count; i++) {
      const entry = list + i * entryBytes;
      if (isBusAddress(entry)) continue;
      const at = dmaLo(entry);
      if (bytes === 0) {
        lo = at & ~4095;
        hi = dmaHi(entry);
      }
      bytes = ((at - lo) >>> 0) + dmaBytes(entry);
    }
    const total = (bytes + 4095) & ~4095;
    if (total === 0) return;
    state.addressLo = lo;
    state.addressHi = hi;
    state.page = (hi >>> 0) * 0x10_0000 + (lo >>> 12);
    state.pages = total >>> 12;
    domain.destroy(state, total);
  });

  const setBus = (entry: number, provider: number): void => {
    const lo = (segmentLo + (offsetLo[provider] as number)) | 0;
    const carry = (lo >>> 0) < (segmentLo >>> 0) ? 1 : 0;
    const hi = (segmentHi + (offsetHi[provider] as number) + carry) | 0;
    setDma(entry, lo, hi, segmentBytes, MARKED_BUS);
  };

  /** dma_direct_map_sg() */
  const mapDirect = (
    list: number,
    entries: number,
    providers: Uint8Array,
    request: number,
  ): number => {
    let provider = 0;
    let type: number = NONE;
    for (let i = 0; i < entries; i++) {
      const found = providers[i] as number;
      if (found !== provider) {
        provider = found;
        type = typeOf(found);
      }
      const entry = list + i * entryBytes;
      readSegment(list, entries, i);
      if (type === BUS_ADDR) setBus(entry, provider);
      else {
        const result = type === NOT_SUPPORTED ? options.unreachable : mapPiece(
          segmentLo,
          segmentHi,
          segmentBytes,
          type === NONE ? 0 : MMIO,
        );
        if (result !== OK) {
          unmapEntries(list, i, get32(request + field.opf));
          return result;
        }
        setDma(entry, bus.lo, bus.hi, segmentBytes, 0);
      }
    }
    mapped = entries;
    return OK;
  };

  /** iommu_dma_map_sg() and __finalise_sg() */
  const mapIommu = domain && ((
    list: number,
    entries: number,
    providers: Uint8Array,
  ): number => {
    let iovaBytes = 0;
    let provider = 0;
    let type: number = NONE;
    for (let i = 0; i < entries; i++) {
      const found = providers[i] as number;
      if (found !== provider) {
        provider = found;
        type = typeOf(found);
      }
      if (type === NOT_SUPPORTED) return options.unreachable;
      if (type === BUS_ADDR) continue;
      providers[i] = 0;
      readSegment(list, entries, i);
      iovaBytes += ((segmentLo & 4095) + segmentBytes + 4095) & ~4095;
    }
    if (iovaBytes > 0 && !domain.allocate(state, 0, iovaBytes)) {
      return RESOURCE;
    }
    let linked = 0;
    mapped = 0;
    /** Bytes of the entry being joined; 0 where nothing can follow it. */
    let joined = 0;
    for (let i = 0; i < entries; i++) {
      readSegment(list, entries, i);
      const bar = providers[i] as number;
      if (bar !== 0) {
        setBus(list + mapped++ * entryBytes, bar);
        joined = 0;
        continue;
      }
      const offset = segmentLo & 4095;
      const padded = (offset + segmentBytes + 4095) & ~4095;
      const pageLo = segmentLo & ~4095;
      if (domain.link(state, pageLo, segmentHi, linked, padded) !== 0) {
        domain.destroy(state, linked);
        return RESOURCE;
      }
      if (joined > 0 && offset === 0) {
        joined += segmentBytes;
        addDmaBytes(list + (mapped - 1) * entryBytes, segmentBytes);
      } else {
        const low = (state.addressLo >>> 0) + linked + offset;
        setDma(
          list + mapped++ * entryBytes,
          low | 0,
          low >= 0x1_0000_0000 ? (state.addressHi + 1) | 0 : state.addressHi,
          segmentBytes,
          0,
        );
        joined = segmentBytes;
      }
      linked += padded;
      if (offset + segmentBytes < padded) joined = 0;
    }
    if (iovaBytes > 0) domain.sync();
    return OK;
  });

  return {
    map: mapIommu ?? mapDirect,
    mapped: () => mapped,
    unmap: (list, count, request) => {
      if (unmapRange !== null) unmapRange(list, count);
      else unmapEntries(list, count, get32(request + field.opf));
    },
  };
}
