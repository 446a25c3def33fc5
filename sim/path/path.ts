/**
 * The path of an I/O, stage by stage: submit, split, request, map, command,
 * device, complete. Written once, against a codec and a recognition strategy;
 * an isolate makes one path and so V8 sees one of each (design.md, rule 1).
 */
import { createBlockLayer, type DriverParts } from "../block/block_layer.ts";
import { DEFAULT_API, type DirectIo } from "../block/direct_io.ts";
import { BLK_STS, statusErrno } from "../kernel/operation.ts";
import type { BlockDriver } from "../block/queue_parts.ts";
import { nvmeQueueSettings } from "../block/queue_settings.ts";
import { JIFFY_NS } from "../block/scheduler.ts";
import { createRegisteredBuffers, tableOffset } from "../block/registered.ts";
import {
  ALLOCATOR_STRUCTURE,
  type RegionPart,
} from "../memory/region_index.ts";
import type { NvmeDriver } from "../nvme/driver.ts";
import { iodFields } from "../nvme/iod.ts";
import { createNvmeQueue } from "../nvme/queue.ts";
import { createOpenCounts, type OpenCounts } from "./open_counts.ts";
import { PI_TUPLE_BYTES } from "../nvme/t10_pi.ts";
import {
  createPathCounts,
  type EndedElsewhere,
  type PathCounts,
} from "./path_counts.ts";
import { createPathDriver } from "./path_driver.ts";
import type { PathOptions } from "./path_options.ts";
import { EMPTY_PROBE, watched } from "./probe.ts";
import { createWindow, type IoWindow } from "../workload/window.ts";

// Constants of its own: bench/HOT_PATH.md.
const OK = BLK_STS.ok;

/** One path. */
export interface Path {
  /**
   * Submits an I/O of a window; completions are reaped as the depth requires. A
   * window whose buffers are registered, known to the page cache or mapped
   * ahead must be open: submitting does none of that itself, so a clock around
   * it never measures it.
   */
  readonly submit: (window: IoWindow, io: number) => void;
  /** Waits for everything in flight. */
  readonly drain: () => void;
  /** Reaps the completions that are there, as waiting for one does. */
  readonly reap: () => void;
  /** Another worker has completed requests, which ended some I/Os. */
  readonly endedElsewhere: (ended: EndedElsewhere) => void;
  /**
   * Opens a window in place of the previous one: does everything that happens
   * once, before its I/Os, such as registering its buffers. A window that was
   * refilled must be opened again.
   */
  readonly open: (window: IoWindow) => void;
  /** Whether I/Os of a window may be submitted: it is open, or need not be. */
  readonly isOpen: (window: IoWindow) => boolean;
  /** What opening windows has done so far. */
  readonly opened: OpenCounts;
  /** Address of the table of an I/O's registered buffer; 0 without one. */
  readonly tableOf: (io: number) => number;
  /** Counts up to the last `drain`. */
  readonly counts: PathCounts;
  /** DMA segments so far, those since the last `drain` among them. */
  readonly dmaSegments: () => number;
  /** Parts of slab objects that count as another structure. */
  readonly regionParts: readonly RegionPart[];
  /**
   * Names and numbers of resources still in use; all 0 after `drain`.
   * References on pages are not among them: an audit and a soak count those of
   * their windows (`sim/replay/held_pages.ts`).
   */
  readonly balance: () => Readonly<Record<string, number>>;
}

/** Entries of each ring. */
export const RING_ENTRIES = 1024;
/** Bios of one I/O and their clones: 8 MiB in 4 KiB vectors, split by 64. */
const BIOS_PER_IO = 40;
const NO_WINDOW: IoWindow = createWindow({ ios: 0, pieces: 0 });

/** Makes a path. */
export function createPath(options: PathOptions): Path {
  const { memory, codec, structs, depth, recognition, profile } = options;
  const { batch = 1, registered, hooks = {}, api = DEFAULT_API } = options;
  const { nowNs } = hooks;
  const { set32, set8 } = memory;
  const { probe = {} } = options;
  const { stage: onStage } = { ...EMPTY_PROBE, ...probe };
  const settings = nvmeQueueSettings(options.settings ?? {}, profile);
  const iod = iodFields(structs.nvmeIod, memory.abi.pointerBytes);
  const queue = options.queue?.(memory, RING_ENTRIES) ??
    createNvmeQueue(memory, RING_ENTRIES, structs.nvmeQueue);
  const onIoEnd = watched(probe, "ioEnd");
  // V8 folds a boolean into the code, but looks at what is `undefined`.
  const tellsEnd = onIoEnd !== undefined;
  const observer = watched(probe, "event");
  const device = options.device(queue);
  const buffers = registered === undefined
    ? undefined
    : createRegisteredBuffers(memory, {
      codec,
      kernel: profile.kernel,
      capacity: registered,
    });
  const counts = createPathCounts();
  // Int32 words instead of `let`s: bench/HOT_PATH.md, "Integers".
  const { getOwn, setOwn, addOwn } = memory;
  const IN_FLIGHT = memory.reserveOwn(3);
  const IOS = IN_FLIGHT + 4;
  const DMA_SEGMENTS = IN_FLIGHT + 8;
  let nvme: NvmeDriver | undefined;
  let reap: () => void = () => {};

  const makeDriver = (parts: DriverParts): BlockDriver => {
    const made = createPathDriver(parts, {
      path: options,
      queue,
      entries: RING_ENTRIES,
      device,
      iod,
      onStage,
      dmaSegmentsAt: DMA_SEGMENTS,
    });
    nvme = made.nvme;
    return made.driver;
  };
  const layer = createBlockLayer({
    memory,
    codec,
    structs,
    pages: options.pages,
    profile,
    limits: options.limits,
    settings,
    recognition,
    ios: depth + 1,
    bioCount: depth * BIOS_PER_IO + 64,
    driverBytes: iod.sizeBytes,
    driver: makeDriver,
    continuesShort: true,
    onEnd: (cookie, status) => {
      addOwn(IN_FLIGHT, -1);
      if (tellsEnd) onIoEnd(cookie, status);
      if (status !== OK) {
        counts.errors++;
        counts.lastErrno = statusErrno(status);
      }
    },
    onStage,
    stages: { split: 1, request: 2, merge: 7 },
    pageCache: options.pageCache,
    kernelUser: options.kernelUser,
    stackBio: api === "pread",
    importBuffer: buffers?.importBuffer,
    metadataBytes: options.controller.integrity && PI_TUPLE_BYTES,
    observer,
    requests: hooks.requests,
    tags: hooks.tags,
    onUnfilled: hooks.onUnfilled,
    jiffies: nowNs && (() => Math.floor(nowNs() / JIFFY_NS)),
  });
  const { bios, requests, directIo, pageCache, kernelIo } = layer;
  const { queue: block } = layer;
  const { yieldCpu } = block;
  reap = block.reap;
  const submitIo = (pageCache ?? kernelIo ?? directIo).submit;
  const isRegistered = buffers !== undefined;
  const hasBuffers = buffers !== undefined || pageCache !== undefined;
  const { startPlug, finishPlug } = block;
  const io: DirectIo = {
    operation: 0,
    sectorLo: 0,
    sectorHi: 0,
    lengthBytes: 0,
    pieces: NO_WINDOW,
    firstPiece: 0,
    endPiece: 0,
    // io_uring first tries with REQ_NOWAIT, and again from a worker where that
    // is refused (a split, no tag). Here is the try that may wait, only.
    flags: 0,
    priority: 0,
    api,
    cookie: 0,
  };
  const isScheduled = settings.scheduler !== "none";
  let submitted = 0;
  let openWindow: IoWindow = NO_WINDOW;
  const opened = createOpenCounts();

  /** io_submit_state_start(): a plug for each batch of more than two. */
  const beginBatch = (): void => {
    finishPlug();
    yieldCpu();
    submitted = 0;
    while (getOwn(IN_FLIGHT) + batch > depth) reap();
    startPlug(batch);
  };

  /** Nobody reports the end of a refused I/O. */
  const refuse = (index: number, errno: number): void => {
    addOwn(IN_FLIGHT, -1);
    counts.errors++;
    counts.lastErrno = errno;
    hooks.onRefused?.(index, errno);
  };

  const submit = (window: IoWindow, index: number): void => {
    if (hasBuffers && openWindow !== window) throw notOpen(index);
    if (batch > 2) {
      if (submitted === 0 || submitted === batch) beginBatch();
      submitted++;
    } else {
      while (getOwn(IN_FLIGHT) >= depth) reap();
    }
    io.operation = window.op[index] as number;
    io.sectorLo = window.sectorLo[index] as number;
    io.sectorHi = window.sectorHi[index] as number;
    io.lengthBytes = window.lengthBytes[index] as number;
    if (io.pieces !== window) io.pieces = window;
    io.firstPiece = window.firstPiece[index] as number;
    io.endPiece = window.firstPiece[index + 1] as number;
    io.cookie = index;
    addOwn(IN_FLIGHT, 1);
    addOwn(IOS, 1);
    let result: number;
    if (isRegistered) {
      result = directIo.submitBorrowed(io, buffers.tableOf(index));
    } else result = submitIo(io);
    // Each batch is a system call: its end is a return to user space.
    if (isScheduled && batch <= 2 && ++submitted >= batch) {
      submitted = 0;
      yieldCpu();
    }
    if (result < 0) refuse(index, -result);
  };

  const open = (window: IoWindow): void => {
    drain();
    // What cannot be registered leaves no window open.
    openWindow = NO_WINDOW;
    opened.windows++;
    opened.registered += (buffers?.register(window) ?? 0) +
      (pageCache?.register(window) ?? 0);
    openWindow = window;
  };

  const drain = (): void => {
    finishPlug();
    submitted = 0;
    block.drain();
    while (getOwn(IN_FLIGHT) > 0) reap();
    counts.ios += getOwn(IOS);
    counts.dmaSegments += getOwn(DMA_SEGMENTS);
    setOwn(IOS, 0);
    setOwn(DMA_SEGMENTS, 0);
    const found = block.counts;
    counts.bios = found.bios;
    counts.segments = found.segments;
    counts.requests = found.requests;
    counts.physicalSegments = found.physicalSegments;
    counts.merges = found.merges;
    counts.requestMerges = found.requestMerges;
    counts.splits = found.splits;
  };

  const endedElsewhere = (by: EndedElsewhere): void => {
    addOwn(IN_FLIGHT, 0 - by.ios);
    counts.errors += by.errors;
    block.completedElsewhere(by.requests);
  };

  const balance = () => ({
    ...Object.fromEntries(
      bios.slabs.map((slab) => [`slab of ${slab.strideBytes}`, slab.live]),
    ),
    tags: requests.tags.live(),
    ...(requests.driverTags
      ? { "driver tags": requests.driverTags.live() }
      : {}),
    ...(pageCache ? { "page cache I/Os": pageCache.live() } : {}),
    ...nvme?.balance(),
  });
  // The queue's first completion is read before anything was written there.
  set8(queue.completion, 0);
  set32(queue.doorbell, 0);
  if (queue.state !== undefined) set32(queue.doorbell + 4, 0);
  const regionParts: RegionPart[] = [
    { of: "bio", offset: bios.inlineOffset, structure: "bio_vec" },
    // For what is not part of a bio or its vectors, allocators have the link.
    ...(profile.slabAllocator === "cpu_slab"
      ? [{
        of: "bio",
        offset: bios.linkOffset,
        structure: ALLOCATOR_STRUCTURE,
      }]
      : []),
    { of: "request", offset: requests.iodOffset, structure: "nvme_iod" },
    {
      of: "io_mapped_ubuf",
      offset: tableOffset({ codec, kernel: profile.kernel }),
      structure: "bio_vec",
    },
    {
      of: "dev_pagemap",
      offset: structs.devPagemap.sizeBytes,
      structure: "pci_p2pdma_pagemap",
    },
  ];
  const tableOf = buffers === undefined ? () => 0 : buffers.tableOf;
  return {
    submit,
    drain,
    reap: () => reap(),
    endedElsewhere,
    open,
    isOpen: (window) => !hasBuffers || openWindow === window,
    opened,
    tableOf,
    counts,
    dmaSegments: () => counts.dmaSegments + getOwn(DMA_SEGMENTS),
    regionParts,
    balance,
  };
}

/**
 * Says that an I/O of a window came that is not open.
 *
 * @param io Index of the I/O.
 */
export function notOpen(io: number): TypeError {
  return new TypeError(
    `Cannot submit I/O ${io}: its window is not open on this path, expected ` +
      `open() of it first`,
  );
}
