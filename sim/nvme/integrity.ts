/**
 * Protection information of a request: the one consumer of segments that reads
 * the data itself and so needs a CPU address (block/bio-integrity-auto.c,
 * block/t10-pi.c; 8 bytes of metadata a block, type 1).
 *
 * High memory of a 32-bit kernel is mapped page by page (kmap_local_page); P2P
 * memory, and a segment that holds a DMA address, have no CPU address here and
 * are refused.
 */
import type { RequestContext } from "../block/block_context.ts";
import { BLK_STS, REQ_OP, REQ_OP_MASK } from "../kernel/operation.ts";
import type { RequestSegments } from "../block/request_segments.ts";
import type { DataPlace, PhysicalMemory } from "../memory/physical_memory.ts";
import { SQE } from "./command.ts";
import type { DescriptorPools } from "./descriptor_pool.ts";
import type { IodFields } from "./iod.ts";
import { createMetadataBuffers } from "./metadata_buffers.ts";
import { GuardWalk, isTuple, PI_CONTROL, setTuple } from "./t10_pi.ts";

// Constants of its own: bench/HOT_PATH.md.
const OP_MASK = REQ_OP_MASK;
const READ = REQ_OP.read;
const SLBA_AT = SQE.slba;
const NOTSUPP = BLK_STS.notsupp;
const RESOURCE = BLK_STS.resource;
const OK = BLK_STS.ok;
const CONTROL_AT = SQE.control;
const CHECKS_PI = PI_CONTROL;
const REFERENCE_TAG_AT = SQE.referenceTag;
const PROTECTION = BLK_STS.protection;

/** High memory begins at 896 MiB on i386 (arch/x86/include/asm/highmem.h). */
const HIGHMEM_START = 0x3800_0000;

/** What was done for integrity. */
export interface IntegrityCounts {
  /** Guards computed. */
  guards: number;
  /** Pages of high memory mapped to be read. */
  kmaps: number;
  /** Requests refused because their memory has no CPU address. */
  refused: number;
}

export interface Integrity {
  /** Makes the metadata of a request; a status. */
  readonly prepare: (request: number) => number;
  /** Writes metadata pointer, control and reference tag into its command. */
  readonly finish: (request: number) => void;
  /** Checks what was read, and gives the metadata back; a status. */
  readonly complete: (request: number) => number;
  /** Gives the metadata back without a check. */
  readonly free: (request: number) => void;
  /** Metadata buffers in use. */
  readonly live: () => number;
}

export interface IntegrityOptions
  extends Pick<RequestContext, "memory" | "bios" | "requests" | "recognition"> {
  /** Where the fields of struct nvme_iod are. */
  readonly iod: IodFields;
  /** Where an SGL of metadata comes from. */
  readonly lists: Pick<DescriptorPools, "small">;
  /** A walk over a request's segments. */
  readonly segments: RequestSegments;
  /** The data; while it is undefined guards are 0. */
  readonly data: () => PhysicalMemory | undefined;
  readonly blockBytes: number;
  readonly maxBytes: number;
  /** Whether blocks are guarded; metadata without meaning (false) is zero. */
  readonly guards?: boolean;
  /** Where counts go; default: an object of its own. */
  readonly counts?: IntegrityCounts | undefined;
}

export function createIntegrity(options: IntegrityOptions): Integrity {
  const { memory, requests, iod, segments, recognition, blockBytes } = options;
  const { guards = true } = options;
  const { get32, setLe32, getLe32, view, abi } = memory;
  const { field, iodOffset } = requests;
  const commandAt = iodOffset + iod.command;
  const metadata = createMetadataBuffers({ ...options, zeroed: !guards });
  const counts = options.counts ?? { guards: 0, kmaps: 0, refused: 0 };
  const place: DataPlace = { words: new Uint32Array(0), index: 0 };
  let reference = 0;
  let isCheck = false;
  let wrong = false;
  const walk = new GuardWalk(blockBytes, (block, guard) => {
    const tuple = metadata.next();
    counts.guards++;
    if (isCheck) wrong ||= !isTuple(view, tuple, guard, reference + block);
    else setTuple(view, tuple, guard, reference + block);
  });

  /**
   * Walks the data, and reads it if asked to; false if there is a segment
   * without a CPU address.
   */
  const walkData = (request: number, reads: boolean): boolean => {
    const { segment } = segments;
    const data = options.data();
    walk.reset();
    metadata.start(request);
    segments.start(request);
    while (segments.next()) {
      const { physLo, physHi, lengthBytes, flag, bio } = segment;
      if (recognition.providerOf(physLo, physHi, flag, bio) !== 0) return false;
      if (!reads) continue;
      if (abi.pointerBytes === 4 && isHigh(physLo, physHi)) {
        counts.kmaps += ((physLo & 4095) + lengthBytes + 4095) >>> 12;
      }
      if (data === undefined) continue;
      data.atPhysical(physLo, physHi, lengthBytes, place);
      if (place.words.length === 0) return false;
      walk.add(place.words, place.index, lengthBytes);
    }
    return true;
  };

  const isRead = (request: number): boolean =>
    (get32(request + field.opf) & OP_MASK) === READ;
  const firstBlock = (request: number): number =>
    getLe32(request + commandAt + SLBA_AT);

  const prepare = (request: number): number => {
    if (recognition.name === "map_first") {
      counts.refused++;
      return NOTSUPP;
    }
    if (!metadata.take(request)) return RESOURCE;
    if (!guards) return OK;
    reference = firstBlock(request);
    isCheck = false;
    // A read's data is only looked at when it is there, but refused as early.
    if (walkData(request, !isRead(request))) return OK;
    counts.refused++;
    metadata.give(request);
    return NOTSUPP;
  };
  const finish = (request: number): void => {
    metadata.point(request);
    if (!guards) return;
    const command = request + commandAt;
    view.setUint16(
      command + CONTROL_AT,
      view.getUint16(command + CONTROL_AT, true) | CHECKS_PI,
      true,
    );
    setLe32(command + REFERENCE_TAG_AT, firstBlock(request));
  };
  const complete = (request: number): number => {
    if (!metadata.has(request)) return OK;
    wrong = false;
    if (guards && isRead(request) && options.data() !== undefined) {
      reference = firstBlock(request);
      isCheck = true;
      walkData(request, true);
    }
    metadata.give(request);
    return wrong ? PROTECTION : OK;
  };
  return {
    prepare,
    finish,
    complete,
    free: metadata.give,
    live: metadata.live,
  };
}

function isHigh(physLo: number, physHi: number): boolean {
  return physHi !== 0 || (physLo >>> 0) >= HIGHMEM_START;
}
