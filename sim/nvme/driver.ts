/**
 * The NVMe driver's part of the path, put together: mapping, descriptors and
 * commands of one controller, by what it can do and how it reaches memory.
 */
import type { RequestContext } from "../block/block_context.ts";
import { kmallocBytes } from "../block/kmalloc.ts";
import { BLK_STS } from "../kernel/operation.ts";
import type { QueueLimits } from "../block/queue_limits.ts";
import {
  failingPieces,
  failingPools,
  type FaultPlan,
} from "./mapping_faults.ts";
import type { PieceMapping } from "../dma/piece_mapping.ts";
import { createRequestDma, type RequestDma } from "./request_dma.ts";
import {
  createRequestSegments,
  type RequestSegments,
} from "../block/request_segments.ts";
import { createScatterlistDma } from "./scatterlist_dma.ts";
import { UnmapRecordPool } from "./unmap_record.ts";
import { createTouch } from "../kernel/touch.ts";
import type { PathProfile } from "../kernel/profile.ts";
import type { P2pRoutes } from "../pci/p2p_routes.ts";
import { createCommandBuilder } from "./command_builder.ts";
import type { ControllerOptions } from "./controller.ts";
import { type DataPointer, emptyDataPointer } from "./data_pointer.ts";
import {
  createDescriptorFree,
  createDescriptorPools,
  type DescriptorPools,
} from "./descriptor_pool.ts";
import type { IodFields } from "./iod.ts";
import {
  createIntegrity,
  type Integrity,
  type IntegrityOptions,
} from "./integrity.ts";
import { createMapData, type MapData } from "./map_data.ts";
import { METADATA_BUFFERS } from "./metadata_buffers.ts";
import { createPrpBuilder } from "./prp.ts";
import { createSglBuilder } from "./sgl.ts";

// Constants of its own: bench/HOT_PATH.md.
const OK = BLK_STS.ok;
const INVAL = BLK_STS.inval;

/** sgl_threshold's default (drivers/nvme/host/pci.c). */
export const SGL_THRESHOLD_BYTES = 32768;

/** What a controller can do, and how it reaches memory. */
export interface NvmeController {
  /** Whether it takes SGLs; its queue then needs no virt boundary (7.x). */
  readonly sgl: boolean;
  /** sgl_threshold; 0 for none; default: 32768. */
  readonly sglThresholdBytes?: number | undefined;
  /** How its pieces are mapped. */
  readonly pieces: PieceMapping;
  /** How it reaches P2P memory. */
  readonly routes: P2pRoutes;
  /** Whether it takes SGLs for metadata, too; default: false. */
  readonly metadataSgl?: boolean | undefined;
  /** The data, if blocks carry metadata; default: protection information. */
  readonly integrity?:
    | Pick<IntegrityOptions, "data" | "counts" | "guards">
    | undefined;
  /** What is to fail; for tests. */
  readonly faults?: FaultPlan | undefined;
}

/** Rules of the kernel that matter to the driver. */
export type DriverRules = Pick<
  PathProfile,
  "sglAverage" | "mapJoins" | "unreachableP2p"
>;

export interface NvmeDriverOptions extends RequestContext {
  /** Where the fields of struct nvme_iod are. */
  readonly iod: IodFields;
  /** Requests at once. */
  readonly entries: number;
  readonly controller: NvmeController;
  /** Where its struct nvme_queue is; default: nowhere in kernel memory. */
  readonly queueAt?: number | undefined;
}

export interface NvmeDriver {
  /** Resets the iod and writes all of the command but its data pointer. */
  readonly prepare: (request: number) => void;
  /** Maps the data of a request; a status. */
  readonly map: (request: number) => number;
  /** Writes the data pointer; returns where the whole command is. */
  readonly finish: (request: number) => number;
  /** Undoes the mapping of a request; a status, if its data is not right. */
  readonly unmap: (request: number) => number;
  /** DMA ranges of the last mapped request. */
  readonly dmaSegments: () => number;
  /** Names and numbers of resources still in use. */
  readonly balance: () => Readonly<Record<string, number>>;
}

/** Requests that have scatterlists or unmap records at once. */
const LISTS = 256;

/** Returns the memory that a driver needs beside descriptor lists. */
export function driverBytes(
  controller: ControllerOptions,
  rules: DriverRules,
  limits: QueueLimits,
): number {
  const hasLists = rules.sglAverage !== "iterator" ||
    controller.iommu === true || (controller.bouncePoolBytes ?? 0) > 0;
  // 32 bytes a scatterlist entry, 16 a record; a scatterlist is a power of two.
  const entries = Math.max(limits.maxSegments, 128);
  const lists = hasLists ? LISTS * kmallocBytes(entries * 32) + 16_384 : 0;
  const blocks = limits.maxSectors * 512 / limits.logicalBlockBytes;
  return lists +
    (controller.integrity === true
      ? METADATA_BUFFERS * (blocks * 8 + 64) + 8192
      : 0);
}

export function createNvmeDriver(options: NvmeDriverOptions): NvmeDriver {
  const { memory, controller, profile, limits } = options;
  const { faults } = controller;
  const made = createDescriptorPools(memory, options.entries, {
    struct: options.structs.nvmeQueue,
    queueAt: options.queueAt,
  });
  const pools = faults === undefined ? made : failingPools(made, faults);
  const pointer = emptyDataPointer();
  const { data, dma, records } = createMapping(options, pools, pointer);
  const command = createCommandBuilder({
    ...options,
    pointer,
    blockBytes: limits.logicalBlockBytes,
  });
  const integrity = controller.integrity === undefined
    ? undefined
    : createIntegrity({
      ...options,
      lists: pools,
      segments: createSegments(options),
      ...controller.integrity,
      blockBytes: limits.logicalBlockBytes,
      maxBytes: limits.maxSectors * 512,
    });
  const older = profile.touchesAs === "6.12.117"
    ? olderTouches(options)
    : undefined;
  const touchEnd = endTouches(options);
  const unmapData = (request: number): void => {
    touchEnd(request);
    older?.unmap(request);
    data.unmap(request);
  };
  const prepare = older === undefined ? command.prepare : (request: number) => {
    older.prepare(request);
    command.prepare(request);
  };
  const finish = older === undefined ? command.finish : (request: number) => {
    older.finish(request);
    return command.finish(request);
  };
  const guarded = integrity === undefined
    ? {
      finish,
      map: data.map,
      unmap: (request: number): number => {
        unmapData(request);
        return OK;
      },
    }
    : guard({
      integrity,
      data: { ...data, unmap: unmapData },
      finish,
    });
  return {
    prepare,
    ...guarded,
    dmaSegments: data.dmaSegments,
    balance: () => ({
      "small lists": pools.small.live,
      "list pages": pools.large.live,
      ...(integrity === undefined
        ? {}
        : { "integrity buffers": integrity.live() }),
      ...(records === null ? {} : { "unmap records": records.live }),
      ...dma.balance(),
    }),
  };
}

/** Mapping, and what it takes DMA ranges and records from. */
function createMapping(
  options: NvmeDriverOptions,
  pools: DescriptorPools,
  pointer: DataPointer,
): { data: MapData; dma: RequestDma; records: UnmapRecordPool | null } {
  const { memory, iod, controller, profile } = options;
  const { maxSegments } = options.limits;
  const { faults } = controller;
  const pieces = faults === undefined
    ? controller.pieces
    : failingPieces(controller.pieces, faults);
  const walk = {
    ...options,
    segments: createSegments(options),
    routes: controller.routes,
    pieces,
    unreachable: profile.unreachableP2p === "target" ? BLK_STS.target : INVAL,
  };
  const average = profile.sglAverage;
  const dma = average === "iterator"
    ? createRequestDma(walk)
    : createScatterlistDma({ ...walk, maxSegments, lists: LISTS, average });
  const records = average === "iterator" && pieces.needsUnmap
    ? new UnmapRecordPool(
      memory.view,
      memory.reserve("nvme_dma_vec", LISTS * maxSegments * 16, {
        strideBytes: 16,
      }),
      { arrays: LISTS, records: maxSegments },
    )
    : null;
  const lists = { pools, pointer };
  const data = createMapData({
    ...options,
    dma,
    pieces,
    prp: createPrpBuilder(memory, iod, lists),
    sgl: controller.sgl ? createSglBuilder(memory, iod, lists) : null,
    choice: {
      thresholdBytes: controller.sglThresholdBytes ?? SGL_THRESHOLD_BYTES,
      singleAlways: average === "iterator",
    },
    metadataSgl: controller.metadataSgl === true,
    records,
    pointer,
    freeLists: createDescriptorFree(memory, iod, pools),
  });
  return { data, dma, records };
}

function createSegments(options: NvmeDriverOptions): RequestSegments {
  const { recognition, profile } = options;
  return createRequestSegments({
    ...options,
    flagsMatter: recognition.flagsMatter ?? false,
    joinsInside: profile.mapJoins === "everywhere",
    mayJoin: recognition.mayJoin,
  });
}

/** What is touched of a request that its device has completed. */
function endTouches(
  { memory, structs, requests }: Pick<
    NvmeDriverOptions,
    "memory" | "structs" | "requests"
  >,
) {
  const touchIod = createTouch(
    memory,
    structs.nvmeIod,
    "iodComplete",
    requests.iodOffset,
  );
  const touchRequest = createTouch(memory, structs.request, "requestComplete");
  const touchContext = createTouch(memory, structs.blkMqCtx, "contextComplete");
  const { contextAt } = requests;
  return (request: number): void => {
    touchIod(request);
    touchRequest(request);
    touchContext(contextAt);
  };
}

/** What the iod of 6.x has beside what that of 7.x has. */
function olderTouches(
  { memory, structs, requests }: Pick<
    NvmeDriverOptions,
    "memory" | "structs" | "requests"
  >,
) {
  const touch = (site: "iodPrepare6x" | "iodFinish6x" | "iodUnmap6x") =>
    createTouch(memory, structs.nvmeIod, site, requests.iodOffset);
  return {
    prepare: touch("iodPrepare6x"),
    finish: touch("iodFinish6x"),
    unmap: touch("iodUnmap6x"),
  };
}

/** Puts the integrity stage round mapping. */
function guard(
  parts: {
    integrity: Integrity;
    data: MapData;
    finish: (request: number) => number;
  },
): Pick<NvmeDriver, "finish" | "map" | "unmap"> {
  const { integrity, data, finish } = parts;
  return {
    map: (request) => {
      const status = integrity.prepare(request);
      if (status !== OK) return status;
      const mapped = data.map(request);
      if (mapped !== OK) integrity.free(request);
      return mapped;
    },
    finish: (request) => {
      const command = finish(request);
      integrity.finish(request);
      return command;
    },
    unmap: (request) => {
      data.unmap(request);
      return integrity.complete(request);
    },
  };
}
