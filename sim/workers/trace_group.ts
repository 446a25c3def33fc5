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
import { REFERENCE_KIND } from "../cache/reference.ts";
import { type AccessBatch, STAGE_MASK } from "../trace/access_batch.ts";
import { RegionIndex } from "../memory/region_index.ts";
import { STAGES } from "../path/path_stages.ts";
import { type TracedPathOptions, tracePath } from "../replay/traced_path.ts";
import type { IoWindow } from "../workload/window.ts";
import { createDeviceQueue } from "./device_queue.ts";
import { createHostQueue } from "./host_queue.ts";
import {
  LineSharing,
  type SharedLineTotals,
  type SharedStructure,
} from "./line_sharing.ts";
import {
  addAtomicCosts,
  type AtomicCost,
  AtomicCosts,
} from "./atomic_costs.ts";
import { kernelStructs } from "../kernel/path_structs.ts";
import {
  type TracedQueueMap,
  TracedQueues,
  viewWords,
} from "./traced_queues.ts";
import { shareOfWindow } from "./partition.ts";
import { reserveQueueWords, resetQueueWords } from "./queue_words.ts";

/** What is traced. */
export interface TraceGroupOptions extends TracedPathOptions {
  /** Submitters. */
  readonly workers: number;
  /** Devices; 0 for one inside each submitter. */
  readonly devices: number;
  /** Whether I/Os end on the next submitter. */
  readonly completesElsewhere?: boolean;
  /** Hardware queues that lie apart; absent where each submitter has its own. */
  readonly queues?: TracedQueueMap | undefined;
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

/** Structures of which a hardware queue has one set for all its submitters. */
const PER_QUEUE: ReadonlySet<string> = new Set(["request", "nvme_iod"]);

/** Name of the freelist that remote frees go to, and where it is put. */
const REMOTE_FREELIST = "slab freelist";
/** Distance of the arenas in the memory that lines are looked up in. */
const ARENA_DISTANCE = 2 ** 32;
const DEVICE_STAGE = STAGES.indexOf("device");
const COMPLETE_STAGE = STAGES.indexOf("complete");

/** What was found of a group. */
export interface TracedGroup {
  /** The structures of which lines are shared, most written first. */
  readonly structures: SharedStructure[];
  /** Shared lines of all of them, and which hold a bio_vec. */
  readonly totals: SharedLineTotals;
  /** Atomic operations and locks of all workers. */
  readonly atomics: AtomicCost[];
  /** I/Os that were traced, of all workers. */
  readonly ios: number;
}

/**
 * Traces a group.
 *
 * @param window The window.
 * @param options The path and the group.
 * @returns What was found.
 */
export function traceGroup(
  window: IoWindow,
  options: TraceGroupOptions,
): TracedGroup {
  const { workers, devices, completesElsewhere, ios = 256, ...others } =
    options;
  const { queues, ...pathOptions } = others;
  const apart = queues === undefined
    ? undefined
    : new TracedQueues(queues, { ...pathOptions, devices, workers });
  const kernel = {
    abi: options.abi,
    structs: kernelStructs(options.kernel, options.abi, options.ownKernel),
  };
  let sharing: LineSharing | undefined;
  const costs: AtomicCost[][] = [];
  let traced = 0;
  const makeWorker = (worker: number) => {
    let take: (batch: AccessBatch) => void = () => {};
    let isOn = false;
    let locks = 0;
    const { assembly: { path, memory }, record, flush, parts } = tracePath({
      ...pathOptions,
      ...(apart !== undefined
        ? apart.ports(worker)
        : devices === 0
        ? {}
        : tracedQueue(worker, () => isOn && locks++)),
    }, (batch) => take(batch));
    const index = new RegionIndex(memory.regions, parts);
    const names = [
      ...index.structures,
      REMOTE_FREELIST,
      ...(apart?.structures ?? []).filter((name) =>
        !index.structures.includes(name)
      ),
    ];
    const remoteFreelist = index.structures.length;
    sharing ??= new LineSharing(names);
    const lines = sharing;
    const atomics = new AtomicCosts(names, kernel);
    apart?.begin({
      lines,
      names,
      memory,
      parts,
      arenaBytes: ARENA_DISTANCE,
      firstArena: 2 * workers + 1,
    });
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
        const sizeBytes = sizeAndKind >> 2;
        const isWrite = (sizeAndKind & 3) === REFERENCE_KIND.write;
        const { offsetInObject: offsetBytes } = index;
        atomics.take({ at, sizeBytes, isWrite, structure, offsetBytes });
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
        // Requests are those of a hardware queue, whoever has a tag.
        if (apart !== undefined && PER_QUEUE.has(name)) {
          arena = apart.arenaOfRequests(worker);
        }
        if (who !== worker && name === "kmem_cache_cpu") {
          // Another CPU frees to the slab's own list (__slab_free()).
          structure = remoteFreelist;
          at *= 2; // lists that share a line here have one each there
          arena += workers;
        }
        lines.take(who, {
          at: arena * ARENA_DISTANCE + at,
          sizeBytes,
          isWrite,
          structure,
        });
      }
    };
    const share = shareOfWindow(window, {
      worker,
      workers,
      batch: options.batch ?? 1,
    }).subarray(0, ios);
    path.open(window);
    traced += share.length;
    return {
      begin: () => {
        record(true);
        isOn = true;
      },
      submit: (from: number, to: number) => {
        apart?.follow(flush);
        for (const io of share.subarray(from, to)) path.submit(window, io);
        flush();
      },
      end: () => {
        apart?.follow(flush);
        path.drain();
        record(false);
        isOn = false;
        costs.push(atomics.costs());
        if (locks > 0) {
          const lock = { structure: "nvme_queue", field: "sq_lock" };
          costs.push([{ ...lock, kind: "lock", count: locks }]);
        }
      },
    };
  };
  if (apart === undefined) {
    for (let worker = 0; worker < workers; worker++) {
      const one = makeWorker(worker);
      one.begin();
      one.submit(0, ios);
      one.end();
    }
  } else {
    // They see each other's tags: all of them are there, and take turns.
    const all = Array.from({ length: workers }, (_, i) => makeWorker(i));
    const { batch = 1 } = options;
    for (const one of all) one.begin();
    apart.record(true);
    for (let from = 0; from < ios; from += batch) {
      for (const one of all) one.submit(from, from + batch);
    }
    for (const one of all) one.end();
    apart.record(false);
    costs.push(apart.costs());
  }
  return {
    structures: sharing?.structures() ?? [],
    totals: sharing?.totals() ??
      {
        writtenByMany: 0,
        handedOver: 0,
        writtenByManyHolding: 0,
        handedOverHolding: 0,
      },
    atomics: addAtomicCosts(costs),
    ios: traced,
  };
}

/**
 * The queue pair of a remote device; its lock, which nobody else takes, is in no
 * memory, but is taken for each doorbell (nvme_queue_rq, nvme_submit_cmds). The
 * device is in the same thread.
 */
function tracedQueue(
  worker: number,
  onLock: () => void,
): Pick<TracedPathOptions, "queue" | "device"> {
  let process = (): unknown => undefined;
  let pushed = 0;
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
        push: (command) => {
          pushed++;
          host.push(command >> 2);
        },
        ring: () => {
          if (pushed > 0) onLock();
          pushed = 0;
          host.ring();
        },
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
