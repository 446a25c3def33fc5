/**
 * From a request to DMA ranges as 6.x does it: a scatterlist of all segments,
 * mapped in one call (block/blk-merge.c __blk_rq_map_sg, then
 * dma_map_sgtable: dma_direct_map_sg or iommu_dma_map_sg and __finalise_sg).
 */
import { kmallocBytes, kmallocName } from "../block/kmalloc.ts";
import { BLK_STS } from "../kernel/operation.ts";
import type { PathProfile } from "../kernel/profile.ts";
import { createTouch } from "../kernel/touch.ts";
import { Slab } from "../memory/slab.ts";
import {
  emptyRange,
  type RequestDma,
  type RequestDmaOptions,
} from "./request_dma.ts";
import { createScatterlistEntries } from "./scatterlist_entries.ts";
import { createScatterlistMapping } from "./scatterlist_mapping.ts";

// Constants of its own: bench/HOT_PATH.md.
const RESOURCE = BLK_STS.resource;
const IOERR = BLK_STS.ioerr;
const OK = BLK_STS.ok;

/** What the scatterlist walk needs beside what that of 7.x needs. */
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

/** Makes the walk of 6.x. */
export function createScatterlistDma(
  options: ScatterlistDmaOptions,
): RequestDma {
  const { memory, requests, iod, recognition, pieces } = options;
  const { profile, structs } = options;
  const { get16, set16, getPointer, setPointer } = memory;
  const { start: startSegments, next: nextSegment, segment } = options.segments;
  const { providerOf } = recognition;
  const { field, iodOffset } = requests;
  const accessors = createScatterlistEntries(memory);
  const { arrayBytes, entryBytes, setSegment } = accessors;
  const { dmaLo, dmaHi, dmaBytes } = accessors;
  const mapping = createScatterlistMapping(options, accessors);
  // An object of kmalloc(): iod_mempool has as many entries as any command may
  // need, whatever the queue's limit.
  const listBytes = kmallocBytes(
    arrayBytes(
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
  const range = emptyRange();
  let request = 0;
  let list = 0;
  /** Entries of the list, and those that mapping left. */
  let entries = 0;
  let mapped = 0;
  let index = 0;
  let status: number = BLK_STS.ok;

  /** Provider of each entry; the kernel asks the page again while mapping. */
  const providers = new Uint8Array(options.maxSegments);

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
      setSegment(list, entries, physLo, physHi, lengthBytes);
      providers[entries] = provider;
      entries++;
    }
    return true;
  };

  const readEntry = (): void => {
    const entry = list + index * entryBytes;
    range.busLo = dmaLo(entry);
    range.busHi = dmaHi(entry);
    range.lengthBytes = dmaBytes(entry);
  };

  const start = (started: number): number => {
    request = started;
    list = lists.take();
    setPointer(request + listAt, list);
    set16(request + countAt, 0);
    if (list === 0) return status = RESOURCE;
    touchIod(request);
    status = fill() ? mapping.map(list, entries, providers, request) : IOERR;
    if (status !== OK) {
      lists.give(list);
      setPointer(request + listAt, 0);
      return status;
    }
    mapped = mapping.mapped();
    set16(request + countAt, mapped);
    index = 0;
    readEntry();
    return status;
  };
  const next = (): boolean => {
    if (++index >= mapped) return false;
    readEntry();
    return true;
  };
  const unmap = (ended: number): boolean => {
    list = getPointer(ended + listAt);
    if (list === 0) return true;
    const count = get16(ended + countAt);
    mapping.unmap(list, count, ended);
    lists.give(list);
    setPointer(ended + listAt, 0);
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
