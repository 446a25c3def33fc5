/**
 * The mapping stage of the NVMe driver: from a request's segments to bus
 * addresses and PRP entries (drivers/nvme/host/pci.c nvme_map_data).
 */
import type { SegmentCodec } from "../../layouts/codec.ts";
import type { BioPool } from "../block/bio.ts";
import { BLK_STS } from "../block/operation.ts";
import type { RequestTable } from "../block/request.ts";
import type { BusMapping } from "../dma/bus_mapping.ts";
import type { RequestSegments } from "../dma/request_segments.ts";
import type { KernelMemory } from "../memory/kernel_memory.ts";
import type { RecognitionStrategy } from "../pci/recognition.ts";
import { CTRL_PAGE_BYTES } from "./command.ts";
import type { PrpBuilder } from "./prp.ts";

/** What the mapping stage works with. */
export interface MapDataOptions {
  /** Kernel memory. */
  readonly memory: KernelMemory;
  /** The layout under test. */
  readonly codec: SegmentCodec;
  /** Bios. */
  readonly bios: BioPool;
  /** Requests. */
  readonly requests: RequestTable;
  /** The walk over a request's segments. */
  readonly segments: RequestSegments;
  /** How P2P memory is recognised. */
  readonly recognition: RecognitionStrategy;
  /** From physical to bus addresses. */
  readonly mapping: BusMapping;
  /** Builder of PRP entries. */
  readonly prp: PrpBuilder;
}

/** The mapping stage. */
export interface MapData {
  /** Maps a request; the PRP builder's `entries` then hold the result. */
  readonly map: (request: number) => number;
  /** DMA segments of the last mapped request. */
  readonly dmaSegments: () => number;
  /** Undoes the mapping of a request. */
  readonly unmap: (request: number) => void;
}

/**
 * Makes the mapping stage.
 *
 * @param options What it works with.
 * @returns The stage.
 */
export function createMapData(options: MapDataOptions): MapData {
  const { memory, codec, bios, requests, recognition, prp } = options;
  const { get16, get32, getPointer } = memory;
  const { start, next, segment } = options.segments;
  const { resolve, bus } = options.mapping;
  const { providerOf, asksEverySegment } = recognition;
  const { field: bioField } = bios;
  const { field, iodOffset } = requests;
  let dmaSegments = 0;

  /**
   * nvme_pci_setup_data_simple(): one host segment that two PRPs can name
   * needs neither the iterator nor a list. Answers whether it did the work.
   */
  const mapSimple = (request: number): boolean => {
    const bio = getPointer(request + field.bio);
    const array = getPointer(bio + bioField.ioVec);
    const maxVecs = get16(bio + bioField.maxVecs);
    const idx = get32(bio + bioField.idx);
    const done = get32(bio + bioField.done);
    const vecLo = codec.physLo(array, maxVecs, idx);
    const vecHi = codec.physHi(array, maxVecs, idx);
    const lo = (vecLo + done) | 0;
    const hi = (lo >>> 0) < (vecLo >>> 0) ? (vecHi + 1) | 0 : vecHi;
    const length = get32(bio + bioField.size);
    const offset = lo & (CTRL_PAGE_BYTES - 1);
    if (offset + length > 2 * CTRL_PAGE_BYTES) return false;
    const flag = codec.flag(array, maxVecs, idx);
    if (providerOf(lo, hi, flag) !== 0) return false;
    const { entries } = prp;
    entries.prp1Lo = lo;
    entries.prp1Hi = hi;
    const first = CTRL_PAGE_BYTES - offset;
    if (length > first) {
      const secondLo = (lo + first) | 0;
      entries.prp2Lo = secondLo;
      entries.prp2Hi = (secondLo >>> 0) < (lo >>> 0) ? (hi + 1) | 0 : hi;
      entries.pages = 2;
    } else {
      entries.prp2Lo = 0;
      entries.prp2Hi = 0;
      entries.pages = 1;
    }
    dmaSegments = 1;
    return true;
  };

  const map = (request: number): number => {
    const iod = request + iodOffset;
    if (get16(request + field.segments) === 1 && mapSimple(request)) {
      return BLK_STS.ok;
    }
    prp.start(iod, get32(request + field.dataLen));
    start(request);
    dmaSegments = 0;
    let provider = 0;
    while (next()) {
      // blk_rq_dma_map_iter_start() looks at the first segment alone: the
      // same-pgmap rule and REQ_NOMERGE make that sound (blockspec 3.4).
      if (asksEverySegment || dmaSegments === 0) {
        provider = providerOf(segment.physLo, segment.physHi, segment.flag);
      }
      let status = resolve(segment.physLo, segment.physHi, provider);
      if (status === BLK_STS.ok) {
        status = prp.add(bus.lo, bus.hi, segment.lengthBytes);
      }
      if (status !== BLK_STS.ok) {
        prp.free(iod);
        return status;
      }
      dmaSegments++;
    }
    return BLK_STS.ok;
  };
  const unmap = (request: number): void => prp.free(request + iodOffset);
  return { map, dmaSegments: () => dmaSegments, unmap };
}
