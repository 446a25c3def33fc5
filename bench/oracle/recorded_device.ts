/**
 * The path's block layer set up as one recorded device, above a driver that
 * notes what it is given.
 */
import { findAbi } from "../../layouts/abi.ts";
import { findLayout } from "../../layouts/registry.ts";
import {
  type BlockLayer,
  createBlockLayer,
  type DriverParts,
} from "../../sim/block/block_layer.ts";
import type { BlockDriver } from "../../sim/block/queue_parts.ts";
import { statusErrno } from "../../sim/kernel/operation.ts";
import { createKernelContext } from "../../sim/kernel/context.ts";
import type { PathProfile } from "../../sim/kernel/profile.ts";
import type { KeptArena } from "../../sim/memory/kept_arena.ts";
import { KernelMemory } from "../../sim/memory/kernel_memory.ts";
import { type P2pRoutes, switchRoutes } from "../../sim/pci/p2p_routes.ts";
import { recognisePage } from "../../sim/recognition/recognise_page.ts";
import type { Completions } from "./completions.ts";
import type { RecordedMemory } from "./recorded_memory.ts";
import { METADATA_BYTES, recordedNvme } from "./recorded_nvme.ts";
import type { RecordedQueue } from "./run_limits.ts";
import {
  forget,
  nothingSeen,
  seenBio,
  seenRequest,
  type SeenRow,
} from "./seen_row.ts";

/** I/Os and bios of a row at once, at most. */
const MOST_IOS = 1024;
const MOST_BIOS = 4096;
/** A recorded device, ready for rows. */
export interface RecordedDevice {
  readonly layer: BlockLayer;
  /** The kernel's rules. */
  readonly profile: PathProfile;
  /** What the current row has shown. */
  readonly seen: SeenRow;
  readonly reset: () => void;
  /** Completes what is in flight, where the device does so early. */
  readonly completeEarly: () => void;
}

export interface RecordedDeviceOptions {
  readonly kernel: string;
  readonly queue: RecordedQueue;
  readonly recorded: RecordedMemory;
  /** What an NVMe device needs beside; other devices have no commands. */
  readonly nvme?: RecordedController | undefined;
  /** When it completes requests. */
  readonly completions: Completions;
  /** Memory of the device before it; default: its own. */
  readonly kept?: KeptArena | undefined;
}

export interface RecordedController {
  /** Whether an IOMMU is in front of it. */
  readonly iommu: boolean;
  readonly sglThresholdBytes: number;
  /** What 8 bytes of metadata a block are; default: none. */
  readonly metadata?: "t10" | "plain" | undefined;
  /** Its routes to providers; bus addresses where it has none. */
  readonly routes?: ((memory: KernelMemory) => P2pRoutes) | undefined;
}

/** Sets a device up. */
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
    kept: options.kept,
  });
  const context = createKernelContext(memory, {
    layout: findLayout("page_offset"),
    abi,
    kernel,
    map,
  });
  const { profile } = context;
  const seen = nothingSeen();
  const noteRequest = (request: number): void => {
    seen.requests.push(seenRequest(request, { layer, context }));
  };
  const noteFlush = () => void seen.requests.push(["FF", 0, 0, 0]);
  const recognition = recognisePage(context.pages);

  let completeEarly = (): void => {};

  const plainDriver = (parts: DriverParts): BlockDriver => {
    const made = notingDriver(parts, {
      completions: options.completions,
      completesAtOnce,
      noteRequest,
      noteFlush,
    });
    if (options.completions === "early") completeEarly = made.completeAll;
    return made.driver;
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
      if (event !== "submit" || data.sizeBytes === 0) return;
      seen.bios.push(seenBio(data, { layer, context }));
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
  if (memory.isKept) {
    // Nothing is there, so nothing has to be zeroed for the next device.
    const room = memory.sizeBytes - memory.usedBytes;
    memory.reserve("room of larger devices", room, {
      alignBytes: 1,
      reachedBytes: () => 0,
    });
  }
  return {
    layer,
    profile,
    seen,
    reset: () => forget(seen),
    completeEarly: () => completeEarly(),
  };
}

/** A driver that only takes notes. */
function notingDriver(
  { requests, complete }: DriverParts,
  options: {
    readonly completions: Completions;
    readonly completesAtOnce: boolean;
    readonly noteRequest: (request: number) => void;
    readonly noteFlush: () => void;
  },
): { driver: BlockDriver; completeAll: () => void } {
  const inFlight: number[] = [];
  const completeSome = (count: number) => {
    for (const request of inFlight.splice(0, count)) complete(request, 0);
  };
  return {
    driver: {
      queue: (request) => {
        options.noteRequest(request);
        requests.start(request);
        if (options.completesAtOnce) complete(request, 0);
        else inFlight.push(request);
        return 0;
      },
      commit: () => {},
      wait: () =>
        completeSome(options.completions === "first" ? 1 : inFlight.length),
      flush: options.noteFlush,
    },
    completeAll: () => completeSome(inFlight.length),
  };
}
