/**
 * From a request to DMA ranges as 6.x does it: a scatterlist of all segments,
 * mapped in one call (block/blk-merge.c __blk_rq_map_sg, then
 * dma_map_sgtable: dma_direct_map_sg or iommu_dma_map_sg and __finalise_sg).
 */
import { makeCodec } from "../../layouts/segment_codec.ts";
import { scatterlist } from "../../layouts/scatterlist.ts";
import { findField } from "../../layouts/placed_members.ts";
import { kmallocBytes, kmallocName } from "../block/kmalloc.ts";
import { BLK_STS } from "../kernel/operation.ts";
import type { PathProfile } from "../kernel/profile.ts";
import { createTouch } from "../kernel/touch.ts";
import { Slab } from "../memory/slab.ts";
import { MAP_TYPE } from "../pci/map_type.ts";
import { DMA_ATTRIBUTE } from "../dma/dma_attributes.ts";
import { IovaState } from "../dma/iommu.ts";
import {
  dataDirection,
  emptyRange,
  type RequestDma,
  type RequestDmaOptions,
} from "./request_dma.ts";

/** What the scatterlist walk needs beside what the one of 7.x needs. */
export interface ScatterlistDmaOptions extends RequestDmaOptions {
  /** The kernel's rules. */
  readonly profile: PathProfile;
  /** Entries of a list: most segments of a request. */
  readonly maxSegments: number;
  /** Lists at once. */
  readonly lists: number;
  /** What the average size counts: physical segments (6.1) or mapped ones. */
  readonly average: "segments" | "mapped";
}

/** SG_DMA_BUS_ADDRESS of sg_dma_flags. */
const BUS_ADDRESS = 1;

/**
 * Makes the walk of 6.x.
 *
 * @param options What it works with.
 */
export function createScatterlistDma(
  options: ScatterlistDmaOptions,
): RequestDma {
  const { memory, requests, iod, recognition, routes, pieces } = options;
  const { profile, structs } = options;
  const { get16, set16, get32, set32 } = memory;
  const { get64Lo, get64Hi, set64, getPointer, setPointer, abi } = memory;
  const { start: startSegments, next: nextSegment, segment } = options.segments;
  const { providerOf } = recognition;
  const { mapType, offsetLo, offsetHi } = routes;
  const { map: mapPiece, unmap: unmapPiece, bus, needsUnmap, domain } = pieces;
  const { field, iodOffset } = requests;
  const codec = makeCodec(scatterlist, abi, memory.view);
  const entryBytes = codec.arrayBytes(1);
  const at = (name: string) => findField(codec.placed, name).startBit / 8;
  const dmaAddressAt = at("dma_address");
  const dmaLengthAt = at("dma_length");
  const dmaFlagsAt = at("dma_flags");
  const isWide = findField(codec.placed, "dma_address").sizeBits === 64;
  // An object of kmalloc(): iod_mempool has as many entries as any command may
  // need, whatever the queue's limit.
  const listBytes = kmallocBytes(
    codec.arrayBytes(
      Math.max(options.maxSegments, profile.nvmeLimits.mostSegments),
    ),
  );
  const lists = new Slab(memory, {
    structure: "scatterlist",
    cacheName: kmallocName(listBytes),
    objectBytes: listBytes,
    strideBytes: listBytes,
    count: options.lists,
    freePointerOffset: listBytes / 2,
    allocator: profile.slabAllocator,
    zeroes: true,
  });
  const listAt = iodOffset + iod.records;
  const countAt = iodOffset + iod.recordCount;
  const touchIod = createTouch(
    memory,
    structs.nvmeIod,
    "iodMap6x",
    iodOffset,
  );
  const state = new IovaState();
  const range = emptyRange();
  let request = 0;
  let list = 0;
  /** Entries of the list, and those that mapping left. */
  let entries = 0;
  let mapped = 0;
  let index = 0;
  let status: number = BLK_STS.ok;

  const setDma = (
    entry: number,
    lo: number,
    hi: number,
    lengthBytes: number,
    flags: number,
  ): void => {
    if (isWide) set64(entry + dmaAddressAt, lo, hi);
    else set32(entry + dmaAddressAt, lo);
    set32(entry + dmaLengthAt, lengthBytes);
    set32(entry + dmaFlagsAt, flags);
  };

  /** Provider of each entry; the kernel asks the page again while mapping. */
  const types = new Uint8Array(options.maxSegments);

  /** __blk_rq_map_sg() */
  const fill = (): boolean => {
    entries = 0;
    startSegments(request);
    while (nextSegment()) {
      if (entries === options.maxSegments) return false;
      const provider = providerOf(
        segment.physLo,
        segment.physHi,
        segment.flag,
        segment.bio,
      );
      const { physLo, physHi, lengthBytes } = segment;
      codec.set(list, entries, entries, physLo, physHi, lengthBytes, 0);
      types[entries] = provider;
      entries++;
    }
    return true;
  };

  const unmapEntries = (count: number, opf: number): void => {
    if (!needsUnmap) return;
    for (let i = 0; i < count; i++) {
      const entry = list + i * entryBytes;
      if ((get32(entry + dmaFlagsAt) & BUS_ADDRESS) !== 0) continue;
      unmapPiece(
        isWide ? get64Lo(entry + dmaAddressAt) : get32(entry + dmaAddressAt),
        isWide ? get64Hi(entry + dmaAddressAt) : 0,
        get32(entry + dmaLengthAt),
        dataDirection(opf),
      );
    }
  };

  /** iommu_dma_unmap_sg(): one range, from the first entry to the last. */
  const unmapRange = (count: number): void => {
    let lo = 0;
    let hi = 0;
    let bytes = 0;
    for (let i = 0; i < count; i++) {
      const entry = list + i * entryBytes;
      if ((get32(entry + dmaFlagsAt) & BUS_ADDRESS) !== 0) continue;
      const at = isWide
        ? get64Lo(entry + dmaAddressAt)
        : get32(entry + dmaAddressAt);
      if (bytes === 0) {
        lo = at & ~4095;
        hi = isWide ? get64Hi(entry + dmaAddressAt) : 0;
      }
      bytes = ((at - lo) >>> 0) + get32(entry + dmaLengthAt);
    }
    const total = (bytes + 4095) & ~4095;
    if (total === 0) return;
    state.addressLo = lo;
    state.addressHi = hi;
    state.page = (hi >>> 0) * 0x10_0000 + (lo >>> 12);
    state.pages = total >>> 12;
    domain?.destroy(state, total);
  };

  let segmentLo = 0;
  let segmentHi = 0;
  let segmentBytes = 0;
  const pieceAt = (i: number): void => {
    segmentLo = codec.physLo(list, entries, i);
    segmentHi = codec.physHi(list, entries, i);
    segmentBytes = codec.length(list, entries, i);
  };

  const setBus = (entry: number, provider: number): void => {
    const lo = (segmentLo + (offsetLo[provider] as number)) | 0;
    const carry = (lo >>> 0) < (segmentLo >>> 0) ? 1 : 0;
    const hi = (segmentHi + (offsetHi[provider] as number) + carry) | 0;
    setDma(entry, lo, hi, segmentBytes, BUS_ADDRESS);
  };

  /** dma_direct_map_sg() */
  const mapDirect = (): number => {
    let provider = 0;
    let type: number = MAP_TYPE.none;
    for (let i = 0; i < entries; i++) {
      const found = types[i] as number;
      if (found !== provider) {
        provider = found;
        type = found === 0 ? MAP_TYPE.none : mapType(found);
      }
      const entry = list + i * entryBytes;
      pieceAt(i);
      if (type === MAP_TYPE.busAddr) setBus(entry, provider);
      else {
        const result = type === MAP_TYPE.notSupported
          ? options.unreachable
          : mapPiece(
            segmentLo,
            segmentHi,
            segmentBytes,
            type === MAP_TYPE.none ? 0 : DMA_ATTRIBUTE.mmio,
          );
        if (result !== BLK_STS.ok) {
          unmapEntries(i, get32(request + field.opf));
          return result;
        }
        setDma(entry, bus.lo, bus.hi, segmentBytes, 0);
      }
    }
    mapped = entries;
    return BLK_STS.ok;
  };

  /** iommu_dma_map_sg() and __finalise_sg() */
  const mapIommu = (): number => {
    if (domain === null) return BLK_STS.resource;
    let iovaBytes = 0;
    let provider = 0;
    let type: number = MAP_TYPE.none;
    for (let i = 0; i < entries; i++) {
      const found = types[i] as number;
      if (found !== provider) {
        provider = found;
        type = found === 0 ? MAP_TYPE.none : mapType(found);
      }
      if (type === MAP_TYPE.notSupported) return options.unreachable;
      if (type === MAP_TYPE.busAddr) continue;
      types[i] = 0;
      pieceAt(i);
      iovaBytes += ((segmentLo & 4095) + segmentBytes + 4095) & ~4095;
    }
    if (iovaBytes > 0 && !domain.allocate(state, 0, iovaBytes)) {
      return BLK_STS.resource;
    }
    let linked = 0;
    mapped = 0;
    /** Bytes of the entry being joined; 0 where nothing can follow it. */
    let joined = 0;
    for (let i = 0; i < entries; i++) {
      pieceAt(i);
      const bar = types[i] as number;
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
        return BLK_STS.resource;
      }
      if (joined > 0 && offset === 0) {
        const last = list + (mapped - 1) * entryBytes + dmaLengthAt;
        joined += segmentBytes;
        set32(last, get32(last) + segmentBytes);
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
    return BLK_STS.ok;
  };

  const readEntry = (): void => {
    const entry = list + index * entryBytes;
    range.busLo = isWide
      ? get64Lo(entry + dmaAddressAt)
      : get32(entry + dmaAddressAt);
    range.busHi = isWide ? get64Hi(entry + dmaAddressAt) : 0;
    range.lengthBytes = get32(entry + dmaLengthAt);
  };

  const start = (of: number): number => {
    request = of;
    list = lists.take();
    setPointer(of + listAt, list);
    set16(of + countAt, 0);
    if (list === 0) return status = BLK_STS.resource;
    touchIod(of);
    status = fill()
      ? (domain === null ? mapDirect() : mapIommu())
      : BLK_STS.ioerr;
    if (status !== BLK_STS.ok) {
      lists.give(list);
      setPointer(of + listAt, 0);
      return status;
    }
    set16(of + countAt, mapped);
    index = 0;
    readEntry();
    return status;
  };
  const next = (): boolean => {
    if (++index >= mapped) return false;
    readEntry();
    return true;
  };
  const unmap = (of: number): boolean => {
    list = getPointer(of + listAt);
    if (list === 0) return true;
    const count = get16(of + countAt);
    if (domain === null) unmapEntries(count, get32(of + field.opf));
    else unmapRange(count);
    lists.give(list);
    setPointer(of + listAt, 0);
    return true;
  };
  return {
    start,
    next,
    status: () => status,
    range,
    averageCount: options.average === "segments"
      ? () => get16(request + field.segments)
      : () => mapped,
    mostRanges: () => mapped,
    unmap,
    balance: () => ({ ...pieces.balance(), scatterlists: lists.live }),
  };
}
