/**
 * What one I/O of a cell touches in the lab, after a warm-up: the path that is
 * timed, over the tracing view.
 *
 * The device's own accesses are left out: a kernel's trace has none of DMA.
 */
import type { KernelMemory } from "../../sim/memory/kernel_memory.ts";
import { findAbi } from "../../layouts/abi.ts";
import type { Layout } from "../../layouts/layout.ts";
import type { RequestTable } from "../../sim/block/request.ts";
import type { PageArray } from "../../sim/kernel/page_array.ts";
import { pathProfile } from "../../sim/kernel/profile.ts";
import { RegionIndex } from "../../sim/memory/region_index.ts";
import { Slab } from "../../sim/memory/slab.ts";
import type { RecognitionStrategy } from "../../sim/recognition/recognition.ts";
import { tracePath } from "../../sim/replay/traced_path.ts";
import { KeptTracer } from "../../sim/trace/kept_tracer.ts";
import type { AccessBatch } from "../../sim/trace/access_batch.ts";
import {
  countingPins,
  createDeviceState,
  type TouchDevice,
} from "./beside_path.ts";
import { buffersOf, pagesOfIo, WARM_UP } from "./buffers.ts";
import { LineCollector, type TouchedLines } from "./line_collector.ts";
import { type BufferPlacement, PLAIN_PLACEMENT } from "./placement.ts";
import type { RecordedCell } from "./recorded_cell.ts";

/** Recorder and memory of one cell's path after the other. */
const kept = new KeptTracer();

/** Two PRPs name so much without a list. */
const SIMPLE_BYTES = 8192;

/**
 * Traces an I/O of a cell.
 *
 * @param placement Where rings and buffers are; default: all at the start.
 * @throws {RangeError} If the path cannot be made.
 */
export function traceCell(
  cell: RecordedCell,
  layout: Layout,
  placement: BufferPlacement = PLAIN_PLACEMENT,
): TouchedLines {
  const { kernel, limits, depth, registered, sgl, kind } = cell;
  const { window, map } = buffersOf(cell, placement);
  let take: (batch: AccessBatch) => void = () => {};
  let taken = 0;
  let mapped = 0;
  let longestBytes = 0;
  let touchDevice: TouchDevice = () => {};
  const isP2p = kind === "p2p";
  const { assembly, parts, record } = tracePath(
    {
      layout,
      abi: findAbi("lp64"),
      kernel,
      recognition: "page",
      limits,
      map,
      depth,
      batch: depth,
      api: cell.api,
      submitter: registered ? "registered" : undefined,
      registered: registered
        ? { buffers: window.capacity.ios, segments: window.capacity.pieces }
        : undefined,
      controller: { sgl },
      initOnAlloc: cell.initOnAlloc,
      hooks: {
        requests: (made: RequestTable): RequestTable => ({
          ...made,
          take: () => {
            if (taken++ > 0 && placement.completion === "before-next") {
              path.reap();
            }
            return made.take();
          },
        }),
        controller: (made) => ({
          ...made,
          pieces: {
            ...made.pieces,
            map: (lo, hi, sizeBytes, attributes) => {
              touchDevice("map");
              mapped++;
              longestBytes = Math.max(longestBytes, sizeBytes);
              return made.pieces.map(lo, hi, sizeBytes, attributes);
            },
          },
        }),
        recognition: cell.p2pdma ? undefined : askNobody,
        pages: kind === "huge"
          ? (made: PageArray) => countingPins(made, () => memory)
          : undefined,
      },
    },
    (batch) => take(batch),
    kept,
  );
  const { path, memory } = assembly;
  const kiocbs = cell.api === "aio" ? kiocbSlab(memory, kernel) : undefined;
  touchDevice = createDeviceState(memory, kernel);
  path.open(window);
  const ios = window.counts[0] ?? 0;
  let next = 0;
  const group = (): void => {
    taken = 0;
    mapped = 0;
    longestBytes = 0;
    const kiocb = kiocbs?.take() ?? 0;
    for (let i = 0; i < depth; i++) {
      if (depth === 1) taken = 0;
      path.submit(window, next);
      next = (next + 1) % ios;
      touchDevice("request");
      if (isP2p) {
        touchDevice("list");
        touchDevice("provider");
      }
    }
    path.drain();
    if (
      mapped > Math.max(taken, depth) || (longestBytes > SIMPLE_BYTES && !sgl)
    ) {
      touchDevice("list");
    }
    if (kiocb !== 0) kiocbs?.give(kiocb);
  };
  for (let i = 0; i < WARM_UP + placement.completionsBefore; i++) group();
  const shown = next;
  const collector = new LineCollector(new RegionIndex(memory.regions, parts), {
    regions: memory.regions,
    ownPages: placement.countsWholeFolio || kind !== "huge"
      ? undefined
      : pagesOfIo(window, shown),
  });
  take = (batch) => collector.take(batch);
  record(true);
  group();
  record(false);
  return collector.touched();
}

/** The requests of aio, which the lab's own path does not have. */
function kiocbSlab(memory: KernelMemory, kernel: string): Slab {
  return new Slab(memory, {
    structure: "aio_kiocb",
    objectBytes: 192,
    strideBytes: 256,
    count: 32,
    freePointerOffset: 96,
    allocator: pathProfile(kernel).slabAllocator,
  });
}

/** Without CONFIG_PCI_P2PDMA nobody asks of what kind memory is. */
function askNobody(made: RecognitionStrategy): RecognitionStrategy {
  return {
    ...made,
    sameBio: () => true,
    barsMerging: () => false,
    providerOf: () => 0,
  };
}
