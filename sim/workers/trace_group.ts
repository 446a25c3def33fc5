/**
 * The cache lines that the workers of a group share, exactly and the same on
 * every machine: the path of each worker is traced over its share of a window,
 * one after the other, and the traces are laid over each other.
 *
 * Each CPU has its own slabs, tags, queue pair and requests; what the machine
 * has once (struct page, limits, pgmaps ...) is one memory to all of them. What
 * is done in the device's stage is the device's doing, and what is done on
 * completion that of the worker on which I/Os end.
 */
import type { MemoryView } from "../../layouts/word.ts";
import { REFERENCE_KIND } from "../cache/reference.ts";
import { type AccessBatch, STAGE_MASK } from "../trace/access_batch.ts";
import { RegionIndex } from "../memory/region_index.ts";
import { STAGES } from "../path/path_stages.ts";
import { type TracedPathOptions, tracePath } from "../replay/traced_path.ts";
import type { IoWindow } from "../workload/window.ts";
import { createDeviceQueue } from "./device_queue.ts";
import { createHostQueue } from "./host_queue.ts";
import { LineSharing, type SharedStructure } from "./line_sharing.ts";
import { shareOfWindow } from "./partition.ts";
import { reserveQueueWords, resetQueueWords } from "./queue_words.ts";
import type { SharedWords } from "../memory/shared_words.ts";

/** What is traced. */
export interface TraceGroupOptions extends TracedPathOptions {
  /** Submitters. */
  readonly workers: number;
  /** Devices; 0 for one inside each submitter. */
  readonly devices: number;
  /** Whether I/Os end on the next submitter. */
  readonly completesElsewhere?: boolean;
  /** I/Os of each submitter; default: 256. */
  readonly ios?: number;
}

/** Structures of which a machine has one, whatever the number of CPUs. */
const MACHINE_WIDE: ReadonlySet<string> = new Set([
  "page",
  "mem_section",
  "dev_pagemap",
  "p2pdma_provider",
  "p2pdma xarray",
  "provider ranges",
  "provider table",
  "kmem_cache",
  "dma_pool 256",
  "dma_pool page",
  "queue_limits",
  "request_queue",
  "block_device",
  "bio_set",
]);

/** Structures that each CPU has of its own, and uses of no other. */
const PER_CPU: ReadonlySet<string> = new Set([
  "slub_percpu_sheaves",
  "slab_sheaf",
  "bio_alloc_cache",
]);

/** Name of the freelist that remote frees go to, and where it is put. */
const REMOTE_FREELIST = "slab freelist";
/** Distance of the arenas in the memory that lines are looked up in. */
const ARENA_DISTANCE = 2 ** 32;
const DEVICE_STAGE = STAGES.indexOf("device");
const COMPLETE_STAGE = STAGES.indexOf("complete");

/**
 * Traces a group.
 *
 * @param window The window.
 * @param options The path and the group.
 * @returns The structures of which lines are shared, most written first.
 */
export function traceGroup(
  window: IoWindow,
  options: TraceGroupOptions,
): SharedStructure[] {
  const { workers, devices, completesElsewhere, ios = 256, ...pathOptions } =
    options;
  let sharing: LineSharing | undefined;
  for (let worker = 0; worker < workers; worker++) {
    let take: (batch: AccessBatch) => void = () => {};
    const traced = tracePath({
      ...pathOptions,
      ...(devices === 0 ? {} : tracedQueue(worker)),
    }, (batch) => take(batch));
    const { assembly: { path, memory }, record } = traced;
    const index = new RegionIndex(memory.regions, traced.parts);
    const remoteFreelist = index.structures.length;
    sharing ??= new LineSharing([...index.structures, REMOTE_FREELIST]);
    const lines = sharing;
    const device = devices === 0 ? worker : workers + worker % devices;
    const completer = completesElsewhere ? (worker + 1) % workers : worker;
    take = (batch) => {
      for (let i = 0; i < batch.length; i++) {
        const flags = batch.stage[i] as number;
        const stage = flags & STAGE_MASK;
        const sizeAndKind = batch.sizeAndKind[i] as number;
        let at = (batch.addressLo[i] as number) >>> 0;
        let structure = index.find(at);
        const name = index.structures[structure] ?? "";
        let arena = MACHINE_WIDE.has(name) ? 0 : worker + 1;
        const who = stage === DEVICE_STAGE
          ? device
          : stage === COMPLETE_STAGE
          ? completer
          : worker;
        // Each CPU has a hint of its own (sbitmap_queue.alloc_hint).
        if (name === "sbitmap hint") arena = who + 1;
        // Another CPU frees into its own sheaf or cache (free_to_pcs()).
        if (PER_CPU.has(name)) arena = who + 1;
        if (who !== worker && name === "kmem_cache_cpu") {
          // Another CPU frees to the slab's own list (__slab_free()).
          structure = remoteFreelist;
          at *= 2; // lists that share a line here have one each there
          arena += workers;
        }
        lines.take(who, {
          at: arena * ARENA_DISTANCE + at,
          sizeBytes: sizeAndKind >> 2,
          isWrite: (sizeAndKind & 3) === REFERENCE_KIND.write,
          structure,
        });
      }
    };
    const share = shareOfWindow(window, {
      worker,
      workers,
      batch: options.batch ?? 1,
    });
    path.open(window);
    record(true);
    for (const io of share.subarray(0, ios)) path.submit(window, io);
    path.drain();
    record(false);
  }
  return sharing?.structures() ?? [];
}

/** The queue pair of a remote device, with the device in the same thread. */
function tracedQueue(
  worker: number,
): Pick<TracedPathOptions, "queue" | "device"> {
  let process = (): unknown => undefined;
  return {
    queue: (memory, entries) => {
      const words = reserveQueueWords(memory, entries);
      const shared = viewWords(memory.view);
      resetQueueWords(shared, words);
      const host = createHostQueue(shared, words, () => {});
      process = createDeviceQueue(shared, words, {
        queueId: worker + 1,
        carryOut: () => 0,
        wakeHost: () => {},
      }).process;
      return {
        depth: entries,
        submission: words.submission << 2,
        completion: words.completion << 2,
        doorbell: words.tailDoorbell << 2,
        push: (command) => host.push(command >> 2),
        ring: host.ring,
        reap: host.reap,
        status: host.status,
      };
    },
    device: () => ({
      process: () => {
        process();
      },
    }),
  };
}

/** Words of a view that one thread uses alone. */
function viewWords(view: MemoryView): SharedWords {
  const get = (word: number) => view.getInt32(word << 2, true);
  const set = (word: number, value: number) =>
    view.setInt32(word << 2, value, true);
  return {
    read: get,
    write: set,
    load: get,
    store: set,
    exchange: (word, value) => {
      const before = get(word);
      set(word, value);
      return before;
    },
    compareExchange: (word, expected, value) => {
      const before = get(word);
      if (before === expected) set(word, value);
      return before;
    },
    wait: () => {},
    notify: () => {},
  };
}
