/**
 * The path's block layer set up as one recorded device, above a driver that
 * notes what it is given.
 *
 * @module
 */
import { findAbi } from "../../layouts/abi.ts";
import { findLayout } from "../../layouts/registry.ts";
import {
  type BlockLayer,
  createBlockLayer,
  type DriverParts,
} from "../../sim/block/block_layer.ts";
import type { BlockDriver } from "../../sim/block/queue_parts.ts";
import type { BlockEventData } from "../../sim/block/observe.ts";
import {
  REQ_FLAG,
  REQ_OP,
  REQ_OP_MASK,
  statusErrno,
} from "../../sim/kernel/operation.ts";
import { createKernelContext } from "../../sim/kernel/context.ts";
import type { PathProfile } from "../../sim/kernel/profile.ts";
import { KernelMemory } from "../../sim/memory/kernel_memory.ts";
import { type P2pRoutes, switchRoutes } from "../../sim/pci/p2p_routes.ts";
import { recognisePage } from "../../sim/recognition/recognise_page.ts";
import type { Completions } from "./completions.ts";
import type { OracleBio, OracleRequest } from "./oracle_row.ts";
import type { RecordedMemory } from "./recorded_memory.ts";
import { METADATA_BYTES, recordedNvme } from "./recorded_nvme.ts";
import type { ReplayCommand } from "./replay.ts";
import type { RecordedQueue } from "./run_limits.ts";

/** I/Os and bios of a row at once, at most. */
const MOST_IOS = 1024;
const MOST_BIOS = 4096;
/** Segments of a bio that a row shows. */
const SHOWN_SEGMENTS = 6;

/** What a device saw of one row. */
export interface SeenRow {
  /** Bios, in the order submitted. */
  readonly bios: OracleBio[];
  /** Requests, in the order issued. */
  readonly requests: OracleRequest[];
  /** NVMe commands, in the order issued. */
  readonly commands: ReplayCommand[];
  /** How many times a submitter found no tag. */
  tagWaits: number;
  /** Errno of the I/Os that failed, by their number in the row. */
  readonly errors: Map<number, number>;
}

/** A recorded device, ready for rows. */
export interface RecordedDevice {
  /** The block layer. */
  readonly layer: BlockLayer;
  /** The kernel's rules. */
  readonly profile: PathProfile;
  /** What the current row has shown. */
  readonly seen: SeenRow;
  /** Begins a row. */
  readonly reset: () => void;
  /** Completes what is in flight, where the device does so early. */
  readonly completeEarly: () => void;
}

/** What a device is made from. */
export interface RecordedDeviceOptions {
  /** The kernel. */
  readonly kernel: string;
  /** Queue and driver. */
  readonly queue: RecordedQueue;
  /** The buffers' memory. */
  readonly recorded: RecordedMemory;
  /** What an NVMe device needs beside; other devices have no commands. */
  readonly nvme?: RecordedController | undefined;
  /** When it completes requests. */
  readonly completions: Completions;
}

/** An NVMe controller as it was recorded. */
export interface RecordedController {
  /** Whether an IOMMU is in front of it. */
  readonly iommu: boolean;
  /** sgl_threshold. */
  readonly sglThresholdBytes: number;
  /** What 8 bytes of metadata a block are; default: none. */
  readonly metadata?: "t10" | "plain" | undefined;
  /** Its routes to providers; bus addresses where it has none. */
  readonly routes?: ((memory: KernelMemory) => P2pRoutes) | undefined;
}

/**
 * Sets a device up.
 *
 * @param options What it is made from.
 * @returns The device.
 */
export function recordedDevice(options: RecordedDeviceOptions): RecordedDevice {
  const { kernel, recorded } = options;
  const { limits, settings, completesAtOnce } = options.queue;
  const { map } = recorded;
  const abi = findAbi("lp64");
  const pages = [...map.dram, ...map.providers].reduce(
    (sum, range) => sum + range.sizeBytes / 4096,
    0,
  );
  const memory = new KernelMemory({
    abi,
    sizeBytes: (56 << 20) + pages * abi.pageStructBytes,
  });
  const context = createKernelContext(memory, {
    layout: findLayout("page_offset"),
    abi,
    kernel,
    map,
  });
  const { codec, profile } = context;
  const seen: SeenRow = {
    bios: [],
    requests: [],
    commands: [],
    tagWaits: 0,
    errors: new Map(),
  };
  const { get16, get32, get64Lo, get64Hi, getPointer } = memory;

  const noteRequest = (request: number): void => {
    const { field } = layer.requests;
    const sector = (get64Hi(request + field.sector) >>> 0) * 2 ** 32 +
      (get64Lo(request + field.sector) >>> 0);
    seen.requests.push([
      letters(get32(request + field.opf), profile),
      sector,
      (get32(request + field.dataLen) >>> 0) / 512,
      get16(request + field.segments),
    ]);
  };
  const noteFlush = () => void seen.requests.push(["FF", 0, 0, 0]);
  const recognition = recognisePage(context.pages);

  let completeEarly = (): void => {};

  /** A driver that only takes notes. */
  const plainDriver = ({ requests, complete }: DriverParts): BlockDriver => {
    const inFlight: number[] = [];
    if (options.completions === "early") {
      completeEarly = () => {
        for (const request of inFlight.splice(0)) complete(request, 0);
      };
    }
    return {
      queue: (request) => {
        noteRequest(request);
        requests.start(request);
        if (completesAtOnce) complete(request, 0);
        else inFlight.push(request);
        return 0;
      },
      commit: () => {},
      wait: () => {
        const count = options.completions === "first" ? 1 : inFlight.length;
        for (const request of inFlight.splice(0, count)) complete(request, 0);
      },
      flush: noteFlush,
    };
  };
  const made = options.nvme === undefined
    ? { driverBytes: 0, driver: plainDriver }
    : recordedNvme({
      memory,
      structs: context.structs,
      limits,
      routes: options.nvme.routes?.(memory) ?? switchRoutes(map),
      iommu: options.nvme.iommu,
      sglThresholdBytes: options.nvme.sglThresholdBytes,
      metadata: options.nvme.metadata,
      onRequest: noteRequest,
      // The row names what the device got.
      onRefused: () => void seen.requests.pop(),
      onCommand: (command) => void seen.commands.push(command),
      onFlush: noteFlush,
    });

  const noteBio = (data: BlockEventData): void => {
    if (data.sizeBytes === 0) return;
    const { field } = layer.bios;
    const array = getPointer(data.at + field.ioVec);
    const maxVecs = get16(data.at + field.maxVecs);
    const first = Array.from(
      { length: Math.min(data.segments, SHOWN_SEGMENTS) },
      (_, index) => {
        const lo = codec.physLo(array, maxVecs, index);
        const hi = codec.physHi(array, maxVecs, index);
        const page = (hi >>> 0) * 2 ** 32 + ((lo & ~4095) >>> 0);
        // The zero page: nobody's buffer lies at 0.
        return [
          page === 0 ? -1 : page,
          lo & 4095,
          codec.length(array, maxVecs, index),
        ] as const;
      },
    );
    seen.bios.push({
      sector: (data.sectorHi >>> 0) * 2 ** 32 + (data.sectorLo >>> 0),
      sizeBytes: data.sizeBytes,
      segments: data.segments,
      flags: data.opf,
      first,
    });
  };

  const layer: BlockLayer = createBlockLayer({
    ...context,
    limits,
    settings,
    recognition,
    ios: MOST_IOS,
    bioCount: MOST_BIOS,
    driverBytes: made.driverBytes,
    driver: made.driver,
    metadataBytes: options.nvme?.metadata && METADATA_BYTES,
    continuesShort: false,
    onEnd: (io, status) => {
      if (status !== 0 && !seen.errors.has(io)) {
        seen.errors.set(io, statusErrno(status));
      }
    },
    observer: (event, data) => {
      if (event === "submit") noteBio(data);
    },
    stages: { split: 0, merge: 0, request: 0 },
    requests: (table) => ({
      ...table,
      take: () => {
        const request = table.take();
        if (request === 0) seen.tagWaits++;
        return request;
      },
    }),
  });
  const reset = (): void => {
    seen.bios.length = 0;
    seen.requests.length = 0;
    seen.commands.length = 0;
    seen.tagWaits = 0;
    seen.errors.clear();
  };
  return {
    layer,
    profile,
    seen,
    reset,
    completeEarly: () => completeEarly(),
  };
}

/** blk_fill_rwbs(): the letters of a request. */
function letters(opf: number, profile: PathProfile): string {
  const operation = opf & REQ_OP_MASK;
  const name = operation === REQ_OP.read
    ? "R"
    : operation === REQ_OP.discard
    ? "D"
    : operation === REQ_OP.writeZeroes
    ? profile.writeZeroesLetters
    : "W";
  return ((opf & REQ_FLAG.preflush) !== 0 ? "F" : "") + name +
    ((opf & REQ_FLAG.fua) !== 0 ? "F" : "") +
    ((opf & REQ_FLAG.sync) !== 0 ? "S" : "");
}
