/**
 * The block layer of one queue, put together: everything between user memory
 * and a driver. The path puts it above the NVMe driver, the replay of recorded
 * rows above one that only takes notes.
 */
import type { KernelContext } from "../kernel/context.ts";
import type { RecognitionStrategy } from "../recognition/recognition.ts";
import { BioPool } from "./bio.ts";
import type { BlockContext, RequestContext } from "./block_context.ts";
import { createBlockQueue } from "./block_queue.ts";
import type { BlockDriver, BlockQueue, QueueStages } from "./queue_parts.ts";
import { type Complete, createComplete } from "./complete.ts";
import { createDirectIo, type DirectIoStage } from "./direct_io.ts";
import { createExtract } from "./extract.ts";
import { createFolioEnds, type FolioEnds } from "./folio_ends.ts";
import { createKernelIo, type KernelIoStage } from "./kernel_io.ts";
import { createPageCacheIo, type PageCacheStage } from "./page_cache_io.ts";
import { createMerge } from "./merge.ts";
import type { BlockObserver } from "./observe.ts";
import { createPlug } from "./plug.ts";
import { storeQueueLimits } from "./limits_struct.ts";
import { checkLimitRules } from "./limit_rules.ts";
import type { QueueLimits } from "./queue_limits.ts";
import type { QueueSettings } from "./queue_settings.ts";
import { createRangeIo, type RangeIoStage } from "./range_io.ts";
import { createRequestTable, type RequestTable } from "./request.ts";
import type { Tags } from "./tags.ts";
import type { KernelMemory } from "../memory/kernel_memory.ts";
import { findScheduler } from "./scheduler_registry.ts";
import { createSplit } from "./split.ts";
import type { ImportBuffer } from "./registered.ts";
import { createStackBio } from "./stack_bio.ts";
import { createSubmit, type Submit } from "./submit.ts";

export interface DriverParts extends RequestContext {
  readonly complete: (request: number, status: number) => void;
  /** The cookie of the I/O that a bio belongs to. */
  readonly cookieOf: (bio: number) => number;
  /** An interrupt is done: workers of the queue get the CPU. */
  readonly yieldCpu: () => void;
}

export interface BlockLayerOptions extends KernelContext {
  readonly limits: QueueLimits;
  readonly settings: QueueSettings;
  readonly recognition: RecognitionStrategy;
  /** I/Os at once. */
  readonly ios: number;
  /** Bios at once, clones included. */
  readonly bioCount: number;
  /** Bytes of the driver's part of a request. */
  readonly driverBytes: number;
  readonly driver: (parts: DriverParts) => BlockDriver;
  /** Whether direct I/O that a bio ends early continues with the next one. */
  readonly continuesShort: boolean;
  /** Whether reads and writes are those of the page cache. */
  readonly pageCache?: boolean | undefined;
  /** Whether they are on pages of a user inside the kernel. */
  readonly kernelUser?: boolean | undefined;
  /** Bytes of metadata that each block carries; default: 0, none. */
  readonly metadataBytes?: number | undefined;
  /** Called when an I/O has ended, by its cookie. */
  readonly onEnd: (cookie: number, status: number) => void;
  /** Called when a later bio of an I/O could not be filled, with the errno. */
  readonly onUnfilled?: ((cookie: number, errno: number) => void) | undefined;
  /** Whether bios of synchronous I/O are on the stack; default: no. */
  readonly stackBio?: boolean | undefined;
  /** Looks at the table of an I/O on a registered buffer; default: nobody. */
  readonly importBuffer?: ImportBuffer | undefined;
  /** Called with events. */
  readonly observer?: BlockObserver | undefined;
  readonly onStage?: ((stage: number) => void) | undefined;
  readonly stages: QueueStages;
  /** Jiffies of simulated time, where there is some. */
  readonly jiffies?: (() => number) | undefined;
  /** Makes tags that others have, too; default: they are its own. */
  readonly tags?:
    | ((memory: KernelMemory, depth: number) => Tags | undefined)
    | undefined;
  /** Stands in front of the request table; for faults. */
  readonly requests?: ((made: RequestTable) => RequestTable) | undefined;
}

export interface BlockLayer {
  readonly bios: BioPool;
  readonly requests: RequestTable;
  /** Adds memory to bios. */
  readonly addTo: Submit;
  readonly queue: BlockQueue;
  /** Reads and writes. */
  readonly directIo: DirectIoStage;
  /** Discards and writes of zeroes. */
  readonly rangeIo: RangeIoStage;
  /** Readahead and writeback, where I/O is that of the page cache. */
  readonly pageCache?: PageCacheStage | undefined;
  /** I/O of a user inside the kernel, where I/O is that. */
  readonly kernelIo?: KernelIoStage | undefined;
}

/**
 * Puts a block layer together.
 *
 * @throws {RangeError} If the limits contradict each other.
 */
export function createBlockLayer(options: BlockLayerOptions): BlockLayer {
  const { profile, settings, onEnd, metadataBytes = 0 } = options;
  const onStage = options.onStage ?? (() => {});
  const context = createContext(options);
  const addTo = createSubmit(context);
  const split = createSplit(context);
  const requests = createRequests(options, context);
  const withRequests: RequestContext = { ...context, requests };
  const merge = createMerge({ ...withRequests, metadataBytes });
  const folioEnds = options.pageCache === true
    ? createFolioEnds({ ...context, ios: options.ios, onEnd })
    : undefined;
  const complete = createComplete({
    ...context,
    depth: options.ios,
    pinsPages: profile.joinsAcrossFolios,
    tracksGaps: profile.tracksGaps,
    waits: options.stackBio === true,
    folioEnds,
  });
  const endBio = (bio: number, status: number): void => {
    const ended = complete.endBio(bio, status);
    if (ended >= 0) onEnd(complete.endedCookie(), ended);
  };
  let completeRequest: (request: number, status: number) => void = () => {};
  let yieldCpu: () => void = () => {};
  const driver = options.driver({
    ...withRequests,
    complete: (request, status) => completeRequest(request, status),
    cookieOf: complete.cookieOf,
    yieldCpu: () => yieldCpu(),
  });
  const queue = createBlockQueue({
    ...withRequests,
    split,
    merge,
    settings,
    driver,
    endBio,
    onStage,
    splitFront: complete.splitFront,
    plug: createPlug(withRequests),
    stages: options.stages,
    isDirect: options.pageCache !== true && options.kernelUser !== true,
    observer: options.observer,
    jiffies: options.jiffies,
  });
  completeRequest = queue.complete;
  yieldCpu = queue.yieldCpu;
  return {
    ...{ bios: context.bios, requests, addTo, queue },
    ...createIoStages(options, context, { complete, queue, addTo, folioEnds }),
  };
}

/** What every stage is made from: limits in memory, bios. */
function createContext(options: BlockLayerOptions): BlockContext {
  const { memory, codec, structs, pages, profile } = options;
  const { recognition, limits } = options;
  checkLimitRules(limits);
  const limitsAt = storeQueueLimits(memory, structs.queueLimits, limits);
  const bios = new BioPool(memory, codec, structs, {
    count: options.bioCount,
    keepsProvider: recognition.keepsProvider ?? false,
    allocation: profile,
  });
  const kernel = { memory, codec, structs, pages, profile };
  return { ...kernel, recognition, bios, limits, limitsAt };
}

function createRequests(
  options: BlockLayerOptions,
  context: BlockContext,
): RequestTable {
  const { settings, metadataBytes = 0 } = options;
  const table = createRequestTable({
    ...context,
    driverBytes: options.driverBytes,
    depth: settings.tags,
    hasMetadata: metadataBytes > 0,
    tags: options.tags?.(context.memory, settings.tags),
    driverTags: findScheduler(settings.scheduler).hasOwnTags
      ? settings.driverTags
      : undefined,
  });
  return options.requests?.(table) ?? table;
}

/** What an I/O begins with, by what kind of I/O it is. */
function createIoStages(
  options: BlockLayerOptions,
  context: BlockContext,
  parts: Pick<BlockLayer, "queue" | "addTo"> & {
    readonly complete: Complete;
    readonly folioEnds: FolioEnds | undefined;
  },
): Pick<BlockLayer, "directIo" | "rangeIo" | "pageCache" | "kernelIo"> {
  const { profile, settings, onEnd, onStage = () => {} } = options;
  const { complete, queue, addTo, folioEnds } = parts;
  const extract = createExtract({
    ...context,
    complete,
    submit: addTo,
    p2p: settings.p2p && profile.userP2p,
  });
  const stackBio = options.stackBio === true
    ? createStackBio(context.memory, context)
    : undefined;
  const io = { ...context, complete, queue, onEnd };
  return {
    directIo: createDirectIo({
      ...io,
      extract,
      onStage,
      continuesShort: options.continuesShort,
      onUnfilled: options.onUnfilled,
      stackBio,
      importBuffer: options.importBuffer,
    }),
    rangeIo: createRangeIo(io),
    pageCache: folioEnds && createPageCacheIo({
      ...io,
      addFolio: addTo.addPage,
      ends: folioEnds,
      onStage,
    }),
    kernelIo: options.kernelUser === true
      ? createKernelIo({ ...io, addPage: addTo.addPage, onStage })
      : undefined,
  };
}
