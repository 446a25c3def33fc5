/**
 * What one I/O of a cell touches in the lab, after a warm-up: the path that is
 * timed, over the tracing view.
 *
 * The device's own accesses are left out: a kernel's trace has none of DMA.
 *
 * @module
 */
import { findAbi } from "../../layouts/abi.ts";
import type { Layout } from "../../layouts/layout.ts";
import type { MemoryMap } from "../../sim/memory/memory_map.ts";
import {
  type AccessBatch,
  ALLOCATOR_FLAG,
  STAGE_MASK,
} from "../../sim/trace/access_batch.ts";
import { ALLOCATOR_STRUCTURE } from "../../sim/trace/footprint.ts";
import type { RequestTable } from "../../sim/block/request.ts";
import { RegionIndex } from "../../sim/memory/region_index.ts";
import { STAGES } from "../../sim/path/path_stages.ts";
import { tracePath } from "../../sim/replay/traced_path.ts";
import { createWindow, type IoWindow } from "../../sim/workload/window.ts";
import type { RecordedCell } from "./recorded_cell.ts";

/** What of one structure is touched. */
export interface TouchedStructure {
  /** Distinct lines of 64 bytes. */
  readonly lines: number;
  /** Distinct lines that are read. */
  readonly linesRead: number;
  /** Distinct lines that are written. */
  readonly linesWritten: number;
  /** Loads. */
  readonly reads: number;
  /** Stores. */
  readonly writes: number;
  /** Bytes of its objects that are read, by offset in an object. */
  readonly bytesRead: ReadonlySet<number>;
  /** Bytes of its objects that are written. */
  readonly bytesWritten: ReadonlySet<number>;
}

/** What one I/O, or one batch, touches. */
export interface TouchedLines {
  /** Distinct lines of all structures. */
  readonly lines: number;
  /** By the lab's name. */
  readonly structures: ReadonlyMap<string, TouchedStructure>;
}

/** I/Os, or batches, in front of the one that is looked at, as recorded. */
const WARM_UP = 96;
/** Buffers that I/Os take in turn. */
const BUFFERS = 16;
/** Buffers that I/Os of a batch take at random. */
const BATCH_BUFFERS = 64;
const PAGE_BYTES = 4096;
const HUGE_BYTES = 2 << 20;
const HUGE_ORDER = 9;
const DRAM_PHYS = 0x1_0000_0000;
const BAR_PHYS = 0x3c00_0000_0000;
const LINE_SHIFT = 6;
const DEVICE = STAGES.indexOf("device");

/** When the first request of an I/O that was split is completed. */
export type SplitCompletion = "with-last" | "before-next";

/**
 * Traces an I/O of a cell.
 *
 * @param cell The cell.
 * @param layout The layout of segments.
 * @param completion When requests of a split I/O are completed: all behind the
 *   last, or each before the next one takes its tag, as by a device that is
 *   faster than its driver; default: behind the last.
 * @returns What it touches.
 * @throws {RangeError} If the path cannot be made.
 */
export function traceCell(
  cell: RecordedCell,
  layout: Layout,
  completion: SplitCompletion = "with-last",
): TouchedLines {
  const { kernel, limits, depth, registered, sgl } = cell;
  const { window, map } = buffersOf(cell);
  let take: (batch: AccessBatch) => void = () => {};
  let taken = 0;
  const { assembly, parts, record } = tracePath({
    layout,
    abi: findAbi("lp64"),
    kernel,
    recognition: "page",
    limits,
    map,
    depth,
    batch: depth,
    api: cell.api,
    ...(registered
      ? {
        submitter: "registered" as const,
        registered: {
          buffers: window.capacity.ios,
          segments: window.capacity.pieces,
        },
      }
      : {}),
    controller: { sgl },
    initOnAlloc: cell.initOnAlloc,
    ...(completion === "with-last" ? {} : {
      hooks: {
        requests: (made: RequestTable): RequestTable => ({
          ...made,
          take: () => {
            if (taken++ > 0) path.reap();
            return made.take();
          },
        }),
      },
    }),
  }, (batch) => take(batch));
  const { path, memory } = assembly;
  path.open(window);
  const ios = window.counts[0] ?? 0;
  let next = 0;
  const group = (): void => {
    for (let i = 0; i < depth; i++) {
      taken = 0;
      path.submit(window, next);
      next = (next + 1) % ios;
    }
    path.drain();
  };
  for (let i = 0; i < WARM_UP; i++) group();
  const collector = new LineCollector(new RegionIndex(memory.regions, parts));
  take = (batch) => collector.take(batch);
  record(true);
  group();
  record(false);
  return collector.touched();
}

interface Collected {
  readonly read: Set<number>;
  readonly written: Set<number>;
  readonly bytesRead: Set<number>;
  readonly bytesWritten: Set<number>;
  reads: number;
  writes: number;
}

/** Distinct lines of one structure; nothing in it is meant to be fast. */
class LineCollector {
  readonly #index: RegionIndex;
  readonly #all = new Set<number>();
  readonly #of = new Map<string, Collected>();

  constructor(index: RegionIndex) {
    this.#index = index;
  }

  take(batch: AccessBatch): void {
    for (let i = 0; i < batch.length; i++) {
      const stage = batch.stage[i] as number;
      if ((stage & STAGE_MASK) === DEVICE) continue;
      const at = batch.addressLo[i] as number;
      const word = batch.sizeAndKind[i] as number;
      const own = this.#index.structures[this.#index.find(at)] ?? "";
      // A recording counts by address, zeroing too. A slab's link, of kernels
      // before 7.0, is told apart.
      const isSlabs = (stage & ALLOCATOR_FLAG) !== 0;
      const structure = isSlabs ? ALLOCATOR_STRUCTURE : own;
      this.#note(structure, {
        first: at >>> LINE_SHIFT,
        last: (at + (word >>> 2) - 1) >>> LINE_SHIFT,
        isWrite: (word & 3) !== 0,
        offset: this.#index.offsetInObject,
        sizeBytes: word >>> 2,
      });
    }
  }

  #note(
    structure: string,
    access: {
      first: number;
      last: number;
      isWrite: boolean;
      offset: number;
      sizeBytes: number;
    },
  ): void {
    const { first, last, isWrite, offset, sizeBytes } = access;
    const sums: Collected = this.#of.get(structure) ?? {
      read: new Set(),
      written: new Set(),
      bytesRead: new Set(),
      bytesWritten: new Set(),
      reads: 0,
      writes: 0,
    };
    this.#of.set(structure, sums);
    if (isWrite) sums.writes++;
    else sums.reads++;
    for (let line = first; line <= last; line++) {
      this.#all.add(line);
      (isWrite ? sums.written : sums.read).add(line);
    }
    const bytes = isWrite ? sums.bytesWritten : sums.bytesRead;
    for (let at = offset; at < offset + sizeBytes; at++) bytes.add(at);
  }

  touched(): TouchedLines {
    return {
      lines: this.#all.size,
      structures: new Map(
        [...this.#of].map(([name, { read, written, ...rest }]) => [name, {
          lines: read.union(written).size,
          linesRead: read.size,
          linesWritten: written.size,
          ...rest,
        }]),
      ),
    };
  }
}

/**
 * How many buffers a batch has, some of them twice: as many as draws at random
 * find on average.
 */
function batchBuffers(depth: number): number {
  return Math.round(
    BATCH_BUFFERS * (1 - (1 - 1 / BATCH_BUFFERS) ** depth),
  );
}

/**
 * Makes the buffers of a cell, an I/O each.
 *
 * @param cell The cell.
 * @returns The I/Os, and the memory that their buffers lie in.
 */
export function buffersOf(
  cell: RecordedCell,
): { window: IoWindow; map: MemoryMap } {
  const { bytes, kind, depth, isWrite } = cell;
  const ios = Math.max(BUFFERS, depth);
  const buffers = depth === 1 ? ios : batchBuffers(depth);
  const folioBytes = kind === "huge" ? HUGE_BYTES : PAGE_BYTES;
  const folios = Math.ceil(bytes / folioBytes);
  // Every other page: neighbours in a buffer are none in memory.
  const strideBytes = kind === "scattered" ? 2 * folioBytes : folioBytes;
  const sizeBytes = buffers * folios * strideBytes;
  const isP2p = kind === "p2p";
  const start = isP2p ? BAR_PHYS : DRAM_PHYS;
  const window = createWindow({ ios, pieces: ios * folios });
  window.counts.set([ios, ios * folios]);
  for (let io = 0; io < ios; io++) {
    window.op[io] = isWrite ? 1 : 0;
    // Random offsets in the recording: neighbours in a plug do not merge.
    window.sectorLo[io] = 2 * io * Math.ceil(bytes / 4096) * 8;
    window.lengthBytes[io] = bytes;
    for (let i = 0; i < folios; i++) {
      const piece = io * folios + i;
      const phys = start + ((io % buffers) * folios + i) * strideBytes;
      window.physLo[piece] = phys | 0;
      window.physHi[piece] = Math.floor(phys / 2 ** 32);
      window.pieceBytes[piece] = Math.min(folioBytes, bytes - i * folioBytes);
      window.provider[piece] = isP2p ? 1 : 0;
    }
    window.firstPiece[io + 1] = (io + 1) * folios;
  }
  return {
    window,
    map: {
      dram: [{
        startPhys: BigInt(DRAM_PHYS),
        sizeBytes: isP2p ? HUGE_BYTES : sizeBytes,
      }],
      providers: isP2p
        ? [{
          name: "cmb",
          startPhys: BigInt(BAR_PHYS),
          sizeBytes,
          busAddress: 0x8000_0000n,
        }]
        : [],
      ...(kind === "huge" ? { folioOrder: HUGE_ORDER } : {}),
    },
  };
}
