/**
 * A whole block layer above a driver that takes notes, for tests of merging,
 * plugging, tags and events.
 */
import { findAbi } from "../../../layouts/abi.ts";
import type { Layout } from "../../../layouts/layout.ts";
import { findLayout } from "../../../layouts/registry.ts";
import {
  type BlockLayer,
  type BlockLayerOptions,
  createBlockLayer,
} from "../../../sim/block/block_layer.ts";
import type { SubmitApi } from "../../../sim/block/direct_io.ts";
import type { BlockEvent } from "../../../sim/block/observe.ts";
import { REQ_OP } from "../../../sim/kernel/operation.ts";
import type { QueueLimits } from "../../../sim/block/queue_limits.ts";
import {
  NVME_QUEUE_SETTINGS,
  type QueueSettings,
} from "../../../sim/block/queue_settings.ts";
import { createKernelContext } from "../../../sim/kernel/context.ts";
import type { KeptArena } from "../../../sim/memory/kept_arena.ts";
import { KernelMemory } from "../../../sim/memory/kernel_memory.ts";
import { recognisePage } from "../../../sim/recognition/recognise_page.ts";
import { BAR, BAR_BYTES, hi, lo, type Stretch, WIDE } from "./block_rig.ts";

/** A request as the driver got it. */
export interface SeenRequest {
  readonly sector: number;
  readonly sectors: number;
  readonly segments: number;
  readonly gapBit: number;
  readonly bios: number;
}

/** What the layer is made for. */
export interface QueueRigOptions {
  readonly layout?: Layout;
  readonly kernel?: string;
  readonly limits?: Partial<QueueLimits>;
  readonly settings?: Partial<QueueSettings>;
  /** Bytes of metadata of a block; none unless told. */
  readonly metadataBytes?: number;
  /** Where its memory is to lie; an arena of its own unless told. */
  readonly kept?: KeptArena | undefined;
  /** Told of each flush that is sent. */
  readonly onFlush?: () => void;
  /** Jiffies of simulated time. */
  readonly jiffies?: () => number;
  /** Called for each request; a status fails it. */
  readonly refuse?: (request: number) => number;
}

/** One I/O of a test. */
export interface RigIo {
  readonly sector: number;
  readonly stretches: readonly Stretch[];
  readonly write?: boolean;
  readonly flags?: number;
  readonly priority?: number;
  /** Provider index + 1, of all stretches or of each. */
  readonly provider?: number | readonly number[];
  /** `aio` unless told. */
  readonly api?: SubmitApi;
}

/** The layer and what came out of it. */
export interface QueueRig {
  readonly memory: KernelMemory;
  readonly layer: BlockLayer;
  /** Submits an I/O; its bytes or -errno. */
  readonly submit: (io: RigIo) => number;
  /** Requests of each commit, in issue order. */
  readonly batches: SeenRequest[][];
  /** Letters and details of the events. */
  readonly events: {
    event: BlockEvent;
    sector: number;
    sectors: number;
    extra: number;
  }[];
  /** Status of each ended I/O, by its number. */
  readonly ended: Map<number, number>;
  /** All requests. */
  readonly requests: () => SeenRequest[];
  /** Objects and tags in use. */
  readonly live: () => number;
}

/** Makes the layer. */
export function queueRig(options: QueueRigOptions = {}): QueueRig {
  const abi = findAbi("lp64");
  const kernel = options.kernel ?? "7.2";
  const memory = new KernelMemory({
    abi,
    sizeBytes: 12 << 20,
    kept: options.kept,
  });
  const context = createKernelContext(memory, {
    layout: options.layout ?? findLayout("page_offset"),
    abi,
    kernel,
    map: {
      dram: [{ startPhys: 0n, sizeBytes: 16 << 20 }],
      providers: [{
        name: "bar",
        startPhys: BigInt(BAR),
        sizeBytes: BAR_BYTES,
        busAddress: 0x8000_0000n,
      }],
    },
  });
  const batches: SeenRequest[][] = [];
  const events: QueueRig["events"] = [];
  const ended = new Map<number, number>();
  const layer: BlockLayer = createBlockLayer({
    ...context,
    limits: { ...WIDE, ...options.limits },
    settings: { ...NVME_QUEUE_SETTINGS, ...options.settings },
    recognition: recognisePage(context.pages),
    ios: 300,
    bioCount: 600,
    driverBytes: 0,
    ...(options.metadataBytes === undefined
      ? {}
      : { metadataBytes: options.metadataBytes }),
    continuesShort: true,
    driver: (parts) => notingDriver(memory, parts, options, batches),
    onEnd: (io, status) => {
      if (ended.has(io)) throw new TypeError(`I/O ${io} has ended twice`);
      ended.set(io, status);
    },
    observer: (event, data) =>
      events.push({
        event,
        sector: data.sectorLo,
        sectors: data.sizeBytes / 512,
        extra: data.extra,
      }),
    stages: { split: 0, merge: 0, request: 0 },
    ...(options.jiffies ? { jiffies: options.jiffies } : {}),
  });
  let cookie = 0;
  return {
    memory,
    layer,
    submit: (io) => layer.directIo.submit(directIo(io, cookie++)),
    batches,
    events,
    ended,
    requests: () => batches.flat(),
    live: () =>
      layer.bios.slabs.reduce((sum, slab) => sum + slab.live, 0) +
      layer.requests.tags.live() + (layer.requests.driverTags?.live() ?? 0),
  };
}

/** A driver that notes each request, and completes those of a commit at once. */
function notingDriver(
  memory: KernelMemory,
  { requests, bios, complete }: Parameters<BlockLayerOptions["driver"]>[0],
  options: QueueRigOptions,
  batches: SeenRequest[][],
): ReturnType<BlockLayerOptions["driver"]> {
  const { get16, get32, get64Lo, get8, getPointer } = memory;
  const { field } = requests;
  let batch: SeenRequest[] = [];
  let inFlight: number[] = [];
  return {
    queue: (request) => {
      const status = options.refuse?.(request) ?? 0;
      if (status !== 0) return status;
      let count = 0;
      for (
        let bio = getPointer(request + field.bio);
        bio !== 0;
        bio = getPointer(bio + bios.field.next)
      ) count++;
      batch.push({
        sector: get64Lo(request + field.sector),
        sectors: get32(request + field.dataLen) / 512,
        segments: get16(request + field.segments),
        gapBit: get8(request + field.gapBit),
        bios: count,
      });
      inFlight.push(request);
      return 0;
    },
    commit: () => {
      if (batch.length > 0) batches.push(batch);
      batch = [];
    },
    wait: () => {
      const done = inFlight;
      inFlight = [];
      for (const request of done) complete(request, 0);
    },
    flush: () => options.onFlush?.(),
  };
}

/** An I/O of a test as the layer takes it. */
function directIo(
  io: RigIo,
  cookie: number,
): Parameters<BlockLayer["directIo"]["submit"]>[0] {
  const { stretches, provider = 0 } = io;
  return {
    operation: io.write ? REQ_OP.write : REQ_OP.read,
    sectorLo: io.sector,
    sectorHi: 0,
    lengthBytes: stretches.reduce((sum, [, bytes]) => sum + bytes, 0),
    pieces: {
      physLo: Int32Array.from(stretches, ([phys]) => lo(phys)),
      physHi: Int32Array.from(stretches, ([phys]) => hi(phys)),
      pieceBytes: Int32Array.from(stretches, ([, bytes]) => bytes),
      provider: Uint8Array.from(
        stretches,
        (_, i) => typeof provider === "number" ? provider : provider[i] ?? 0,
      ),
    },
    firstPiece: 0,
    endPiece: stretches.length,
    flags: io.flags ?? 0,
    priority: io.priority ?? 0,
    api: io.api ?? "aio",
    cookie,
  };
}

/** A page of host memory that touches no other of these. */
export function page(index: number): Stretch {
  return [(2 * (index % 1000) + 1) * 4096, 4096];
}
