/**
 * From a request's physical segments to DMA ranges, one after the other
 * (block/blk-mq-dma.c blk_dma_map_iter_start and _next, blockspec 2.9): by bus
 * address, as one IOVA range, or piece by piece.
 */
import type { RequestContext } from "../block/block_context.ts";
import {
  BLK_STS,
  errnoStatus,
  REQ_OP,
  REQ_OP_MASK,
} from "../kernel/operation.ts";
import { createTouch } from "../kernel/touch.ts";
import { IOD_FLAG } from "./iod_flags.ts";
import type { IodFields } from "./iod.ts";
import { MAP_TYPE } from "../pci/map_type.ts";
import type { P2pRoutes } from "../pci/p2p_routes.ts";
import {
  DMA_ATTRIBUTE,
  DMA_DIRECTION,
  type DmaDirection,
} from "../dma/dma_attributes.ts";
import { canCoalesce } from "../dma/gap.ts";
import { IovaState } from "../dma/iommu.ts";
import type { PieceMapping } from "../dma/piece_mapping.ts";
import type { RequestSegments } from "../block/request_segments.ts";

// Constants of its own: bench/HOT_PATH.md.
const FROM_DEVICE = DMA_DIRECTION.fromDevice;
const TO_DEVICE = DMA_DIRECTION.toDevice;
const OPERATION = REQ_OP_MASK;
const OK = BLK_STS.ok;
const READ = REQ_OP.read;
const BUS_ADDR = MAP_TYPE.busAddr;
const NOT_SUPPORTED = MAP_TYPE.notSupported;
const NO_TYPE = MAP_TYPE.none;
const THROUGH_HOST_BRIDGE = MAP_TYPE.throughHostBridge;
const MMIO = DMA_ATTRIBUTE.mmio;
const DATA_P2P = IOD_FLAG.dataP2p;
const DATA_MMIO = IOD_FLAG.dataMmio;
/** No status: the request is mapped piece by piece. */
const NO_IOVA = -1;

/** The DMA range that the walk is at; overwritten by each step. */
export interface DmaRange {
  /** Bus address, low 32 bits. */
  busLo: number;
  /** Bus address, high 32 bits. */
  busHi: number;
  lengthBytes: number;
  /** Whether it was mapped by itself and has to be unmapped so. */
  isPiece: boolean;
}

/** A request's DMA ranges. */
export interface RequestDma {
  /** Maps the first range; a status. */
  readonly start: (request: number) => number;
  /** Maps the next range; false at the end and after an error. */
  readonly next: () => boolean;
  /** Status of the last step. */
  readonly status: () => number;
  /** Where the walk is. */
  readonly range: DmaRange;
  /**
   * How many ranges the average size for the choice of descriptors counts:
   * what stands for nr_phys_segments.
   */
  readonly averageCount: () => number;
  /** Most ranges that can follow; 1 if the first one is all. */
  readonly mostRanges: () => number;
  /**
   * Unmaps what was mapped as a whole (blk_rq_dma_unmap); false if the caller
   * has to unmap each piece.
   */
  readonly unmap: (request: number) => boolean;
  /** Numbers of what is still in use. */
  readonly balance: () => Readonly<Record<string, number>>;
}

export interface RequestDmaOptions extends
  Pick<
    RequestContext,
    "memory" | "structs" | "requests" | "recognition"
  > {
  /** Where the fields of struct nvme_iod are. */
  readonly iod: IodFields;
  /** The walk over physical segments. */
  readonly segments: RequestSegments;
  /** How the device reaches P2P memory. */
  readonly routes: P2pRoutes;
  /** How pieces are mapped. */
  readonly pieces: PieceMapping;
  /** Status for P2P memory that the device does not reach. */
  readonly unreachable: number;
}

/** Makes a range of nothing, to be filled in. */
export function emptyRange(): DmaRange {
  return { busLo: 0, busHi: 0, lengthBytes: 0, isPiece: false };
}

export function dataDirection(opf: number): DmaDirection {
  return (opf & OPERATION) === READ ? FROM_DEVICE : TO_DEVICE;
}

/** Makes the walk of 7.x. */
export function createRequestDma(options: RequestDmaOptions): RequestDma {
  const { memory, requests, iod, recognition, routes, pieces } = options;
  const { get8, set8, get16, get32, get64Lo, get64Hi, set64 } = memory;
  const { getLong, setLong, clearLong } = memory;
  const { start: startSegments, next: nextSegment, segment } = options.segments;
  const { providerOf, asksEverySegment } = recognition;
  const { mapType, offsetLo, offsetHi } = routes;
  const { map: mapPiece, bus, needsUnmap, domain } = pieces;
  const { field, iodOffset } = requests;
  const flagsAt = iodOffset + iod.flags;
  const addressAt = iodOffset + iod.iovaAddress;
  const bytesAt = iodOffset + iod.iovaBytes;
  const state = new IovaState();
  const range = emptyRange();
  // Int32 words instead of `let`s: bench/HOT_PATH.md, "Integers".
  const { getOwn, setOwn } = memory;
  const REQUEST = memory.reserveOwn(5);
  const STATUS = REQUEST + 4;
  /** 1 if all segments have become one range. */
  const COALESCED = REQUEST + 8;
  /** Provider and map type of the segment before. */
  const PROVIDER = REQUEST + 12;
  const TYPE = REQUEST + 16;
  setOwn(TYPE, NO_TYPE);

  /** pci_p2pdma_state(): the type changes only with the provider. */
  const lookUp = (): void => {
    const found = providerOf(
      segment.physLo,
      segment.physHi,
      segment.flag,
      segment.bio,
    );
    if (found === getOwn(PROVIDER)) return;
    setOwn(PROVIDER, found);
    setOwn(TYPE, found === 0 ? NO_TYPE : mapType(found));
  };

  const mapSegment = (): number => {
    const type = getOwn(TYPE);
    if (type === BUS_ADDR) {
      const provider = getOwn(PROVIDER);
      const lo = (segment.physLo + (offsetLo[provider] as number)) | 0;
      const carry = (lo >>> 0) < (segment.physLo >>> 0) ? 1 : 0;
      range.busLo = lo;
      range.busHi = (segment.physHi + (offsetHi[provider] as number) + carry) |
        0;
      range.lengthBytes = segment.lengthBytes;
      range.isPiece = false;
      return OK;
    }
    if (type === NOT_SUPPORTED) return options.unreachable;
    const mapped = mapPiece(
      segment.physLo,
      segment.physHi,
      segment.lengthBytes,
      type === NO_TYPE ? 0 : MMIO,
    );
    if (mapped !== OK) return mapped;
    range.busLo = bus.lo;
    range.busHi = bus.hi;
    range.lengthBytes = segment.lengthBytes;
    range.isPiece = needsUnmap;
    return OK;
  };

  /**
   * blk_rq_dma_map_iova(): all segments one after another, one sync; a status,
   * or NO_IOVA if memory of another kind comes along or no IOVA is free. But
   * for OK nothing is mapped then.
   */
  const mapIova = (): number => {
    if (domain === null) return NO_IOVA;
    const request = getOwn(REQUEST);
    const total = get32(request + field.dataLen);
    if (!domain.allocate(state, segment.physLo, total)) return NO_IOVA;
    let linked = 0;
    do {
      if (asksEverySegment && linked > 0) {
        lookUp();
        const type = getOwn(TYPE);
        if (type === BUS_ADDR || type === NOT_SUPPORTED) break;
      }
      const { physLo, physHi, lengthBytes } = segment;
      const error = domain.link(state, physLo, physHi, linked, lengthBytes);
      if (error !== 0) {
        domain.destroy(state, linked);
        return errnoStatus(error);
      }
      linked += lengthBytes;
    } while (nextSegment());
    if (linked !== total) {
      domain.destroy(state, linked);
      startSegments(request);
      nextSegment();
      lookUp();
      return NO_IOVA;
    }
    domain.sync();
    set64(request + addressAt, state.addressLo, state.addressHi);
    setLong(request + bytesAt, total);
    range.busLo = state.addressLo;
    range.busHi = state.addressHi;
    range.lengthBytes = total;
    range.isPiece = false;
    setOwn(COALESCED, 1);
    return OK;
  };

  const gapBitOf = field.gapBit >= 0
    ? (of: number) => get8(of + field.gapBit)
    : () => 0;

  // dma_iova_try_alloc() finds no IOMMU.
  const { structs } = options;
  const touchRequest = createTouch(memory, structs.request, "requestMapIter");
  const touchIod = createTouch(
    memory,
    structs.nvmeIod,
    "iodMapIter",
    requests.iodOffset,
  );
  const begin = (request: number): number => {
    setOwn(REQUEST, request);
    setOwn(COALESCED, 0);
    setOwn(PROVIDER, 0);
    setOwn(TYPE, NO_TYPE);
    startSegments(request);
    nextSegment();
    lookUp();
    const type = getOwn(TYPE);
    if (domain === null) {
      if (type !== BUS_ADDR && type !== NOT_SUPPORTED) {
        touchRequest(request);
        touchIod(request);
      }
    } else {
      clearLong(request + bytesAt);
      if (
        type !== BUS_ADDR && type !== NOT_SUPPORTED &&
        canCoalesce(gapBitOf(request), domain.mergeBoundaryMask)
      ) {
        const status = mapIova();
        if (status !== NO_IOVA) return status;
      }
    }
    const status = mapSegment();
    if (status !== OK) return status;
    if (getOwn(TYPE) === BUS_ADDR && !asksEverySegment) {
      set8(request + flagsAt, get8(request + flagsAt) | DATA_P2P);
    } else if (getOwn(TYPE) === THROUGH_HOST_BRIDGE) {
      set8(request + flagsAt, get8(request + flagsAt) | DATA_MMIO);
    }
    return status;
  };
  const start = (request: number): number => {
    const status = begin(request);
    setOwn(STATUS, status);
    return status;
  };

  const next = (): boolean => {
    if (getOwn(COALESCED) !== 0 || !nextSegment()) return false;
    // blk_rq_dma_map_iter_start() looks at the first segment alone: the
    // same-pgmap rule and REQ_NOMERGE make that sound (blockspec 3.4).
    if (asksEverySegment) lookUp();
    const status = mapSegment();
    setOwn(STATUS, status);
    return status === OK;
  };

  const unmap = (of: number): boolean => {
    if (!needsUnmap || (get8(of + flagsAt) & DATA_P2P) !== 0) {
      return true;
    }
    if (domain === null) return false;
    const total = getLong(of + bytesAt);
    if (total === 0) return false;
    const lo = get64Lo(of + addressAt);
    const hi = get64Hi(of + addressAt);
    state.addressLo = lo;
    state.addressHi = hi;
    state.sizeBytes = total;
    state.page = (hi >>> 0) * 0x10_0000 + (lo >>> 12);
    state.pages = (total + (lo & 4095) + 4095) >>> 12;
    domain.destroy(state, total);
    clearLong(of + bytesAt);
    return true;
  };
  const count = (): number =>
    getOwn(COALESCED) !== 0 ? 1 : get16(getOwn(REQUEST) + field.segments);
  return {
    start,
    next,
    status: () => getOwn(STATUS),
    range,
    averageCount: count,
    mostRanges: count,
    unmap,
    balance: pieces.balance,
  };
}
