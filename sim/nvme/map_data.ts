/**
 * The mapping stage of the NVMe driver: from a request's segments to bus
 * addresses, and from those to PRPs or an SGL (drivers/nvme/host/pci.c
 * nvme_map_data, nvme_unmap_data; blockspec 4.4, 4.5).
 */
import type { RequestContext } from "../block/block_context.ts";
import { BLK_STS } from "../kernel/operation.ts";
import { gapMask } from "../dma/gap.ts";
import { createMapSimple } from "./map_simple.ts";
import { dataDirection, type RequestDma } from "./request_dma.ts";
import { createUnmapPieces, type UnmapPiecesOptions } from "./unmap_pieces.ts";
import type { TouchSiteName } from "../kernel/touched_fields.ts";
import { createTouch } from "../kernel/touch.ts";
import { CTRL_PAGE_BYTES, SQE } from "./command.ts";
import type { DataPointer } from "./data_pointer.ts";
import { IOD_FLAG } from "./iod_flags.ts";
import type { PrpBuilder } from "./prp.ts";
import type { SglBuilder } from "./sgl.ts";

// Constants of its own: bench/HOT_PATH.md.
const PRP1_AT = SQE.prp1;
const FLAGS_AT = SQE.flags;
const PRP2_AT = SQE.prp2;
const PAGE_BYTES = CTRL_PAGE_BYTES;
const OK = BLK_STS.ok;
const RESOURCE = BLK_STS.resource;
const SINGLE_SEGMENT = IOD_FLAG.singleSegment;

/** When a controller that takes SGLs gets one. */
export interface SglChoice {
  /** Least average bytes of a segment (module option); 0 for never. */
  readonly thresholdBytes: number;
  /** Whether a single segment gets one even then (7.x). */
  readonly singleAlways: boolean;
}

/** What the mapping stage works with. */
export interface MapDataOptions
  extends
    Pick<RequestContext, "codec" | "structs" | "bios">,
    UnmapPiecesOptions {
  readonly dma: RequestDma;
  /** Builder of PRP entries. */
  readonly prp: PrpBuilder;
  /** Builder of SGLs; null where the controller takes none. */
  readonly sgl: SglBuilder | null;
  readonly choice: SglChoice;
  /** Whether a request may have several pieces of metadata. */
  readonly metadataSgl: boolean;
  /** Where the builders leave their result. */
  readonly pointer: DataPointer;
  /** Gives the lists of an iod back. */
  readonly freeLists: (iod: number) => void;
}

export interface MapData {
  /** Maps a request; a status. The data pointer then holds the result. */
  readonly map: (request: number) => number;
  /** DMA ranges of the last mapped request. */
  readonly dmaSegments: () => number;
  readonly unmap: (request: number) => void;
}

export function createMapData(options: MapDataOptions): MapData {
  const { memory, requests, structs } = options;
  const { prp, sgl, choice, records, dma, pieces, iod, freeLists } = options;
  const { get8, get16, set16, get32, getPointer, setPointer } = memory;
  const { getLe32, getLe64Lo, getLe64Hi, view, offsetMask } = memory;
  const { clearLong } = memory;
  const { asksEverySegment } = options.recognition;
  const { range } = dma;
  const { unmap: unmapPiece, needsUnmap } = pieces;
  const { field, iodOffset } = requests;
  const flagsAt = iodOffset + iod.flags;
  const totalAt = iodOffset + iod.totalBytes;
  const recordsAt = iodOffset + iod.records;
  const recordCountAt = iodOffset + iod.recordCount;
  const commandAt = iodOffset + iod.command;
  const setTotal = iod.totalIsLong ? memory.setLong : memory.set32;
  const getTotal = iod.totalIsLong ? memory.getLong : get32;
  const threshold = sgl === null ? 0 : choice.thresholdBytes;
  const touchIod = (site: TouchSiteName) =>
    createTouch(memory, structs.nvmeIod, site, iodOffset);
  const touchUseSgls = createTouch(memory, structs.request, "requestUseSgls");
  const touchIodUseSgls = touchIod("iodUseSgls");
  const touchUnmap = touchIod("iodUnmap");
  const touchUnmapIter = touchIod("iodUnmapIter");
  const unmapPieces = createUnmapPieces(options);
  // An int32 word instead of a `let`: bench/HOT_PATH.md, "Integers".
  const { getOwn, setOwn, addOwn } = memory;
  const SEGMENTS = memory.reserveOwn(1);

  const isForced = createIsForced(options);

  const mapSimple = createMapSimple(options, isForced);

  /** Writes down a piece that must be unmapped by itself; a status. */
  const record = records === null ? () => OK : (request: number): number => {
    if (!range.isPiece) return OK;
    let array = getPointer(request + recordsAt);
    const count = get16(request + recordCountAt);
    if (array === 0) {
      const taken = records.take();
      if (taken < 0) {
        unmapRange(request);
        return RESOURCE;
      }
      array = taken;
      setPointer(request + recordsAt, array);
    }
    records.write(array, count, range.busLo, range.busHi, range.lengthBytes);
    set16(request + recordCountAt, count + 1);
    return OK;
  };
  const unmapRange = (request: number): void =>
    unmapPiece(
      range.busLo,
      range.busHi,
      range.lengthBytes,
      dataDirection(get32(request + field.opf)),
    );

  const buildPrp = (request: number): number => {
    request &= offsetMask;
    prp.start(request + iodOffset, get32(request + field.dataLen));
    do {
      let status = record(request);
      if (status === OK) {
        status = prp.add(range.busLo, range.busHi, range.lengthBytes);
      }
      if (status !== OK) return status;
      addOwn(SEGMENTS, 1);
    } while (dma.next());
    return dma.status();
  };

  /**
   * Descriptors do not tell mixed memory apart, so it needs records. Other
   * memory takes a list for `most` ranges, once; 0 if there is no list any
   * more.
   */
  const recordSgl = asksEverySegment
    ? record
    : (request: number, to: SglBuilder, most: number): number => {
      if (most === 0) return OK;
      const status = to.open(request + iodOffset, most);
      if (status !== OK && range.isPiece) unmapRange(request);
      return status;
    };

  const buildSgl = (request: number, to: SglBuilder): number => {
    const most = dma.mostRanges();
    if (most === 1) {
      setOwn(SEGMENTS, 1);
      to.inline(range.busLo, range.busHi, range.lengthBytes);
      return asksEverySegment ? record(request) : OK;
    }
    let status = recordSgl(request, to, most);
    if (asksEverySegment && status === OK) {
      status = to.open(request + iodOffset, most);
    }
    while (status === OK) {
      status = to.add(range.busLo, range.busHi, range.lengthBytes);
      if (status !== OK) {
        if (range.isPiece && !asksEverySegment) unmapRange(request);
        return status;
      }
      addOwn(SEGMENTS, 1);
      if (!dma.next()) {
        to.close();
        return dma.status();
      }
      status = recordSgl(request, to, 0);
    }
    return status;
  };

  const map = (request: number): number => {
    setOwn(SEGMENTS, 0);
    if (sgl !== null) {
      touchUseSgls(request);
      touchIodUseSgls(request);
    }
    if (get16(request + field.segments) === 1) {
      const status = mapSimple(request);
      if (status === OK) setOwn(SEGMENTS, 1);
      if (status >= 0) return status;
    }
    if (needsUnmap) {
      clearLong(request + recordsAt);
      set16(request + recordCountAt, 0);
    }
    let status = dma.start(request);
    if (status !== OK) return status;
    const bytes = get32(request + field.dataLen);
    setTotal(request + totalAt, bytes);
    const isSgl = sgl !== null && (isForced(request) ||
      (threshold !== 0 &&
        Math.ceil(bytes / dma.averageCount()) >= threshold));
    if (isSgl && sgl !== null) {
      status = buildSgl(request, sgl);
      if (status !== OK) undo(request, getOwn(SEGMENTS));
    } else {
      status = buildPrp(request);
      if (status !== OK) undo(request, 0);
    }
    return status;
  };

  /** Gives back mappings and lists of a request that failed. */
  const undo = (request: number, descriptors: number): void => {
    if (!dma.unmap(request)) unmapPieces(request, descriptors);
    freeLists(request + iodOffset);
  };

  const unmap = (request: number): void => {
    touchUnmap(request);
    if ((get8(request + flagsAt) & SINGLE_SEGMENT) !== 0) {
      if (!needsUnmap) return;
      const command = request + commandAt;
      unmapPiece(
        getLe64Lo(command + PRP1_AT),
        getLe64Hi(command + PRP1_AT),
        getTotal(request + totalAt),
        dataDirection(get32(request + field.opf)),
      );
      return;
    }
    touchUnmapIter(request);
    if (!dma.unmap(request)) {
      const command = request + commandAt;
      const isSgl = view.getUint8(command + FLAGS_AT) !== 0;
      unmapPieces(request, isSgl ? getLe32(command + PRP2_AT) >>> 4 : 0);
    }
    freeLists(request + iodOffset);
  };
  return { map, dmaSegments: () => getOwn(SEGMENTS), unmap };
}

/**
 * nvme_pci_use_sgls(): gaps within a page, and metadata in several pieces,
 * leave no other way.
 */
function createIsForced(
  { memory, requests, sgl, metadataSgl }: MapDataOptions,
): (request: number) => boolean {
  const { get8, get16 } = memory;
  const { gapBit, integritySegments } = requests.field;
  const hasPieces = metadataSgl;
  return sgl === null
    ? () => false
    : (request) =>
      (gapMask(get8(request + gapBit)) & (PAGE_BYTES - 1)) !== 0 ||
      (hasPieces && get16(request + integritySegments) > 1);
}
