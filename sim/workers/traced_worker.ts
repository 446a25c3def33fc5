/**
 * A worker of a traced group: its path over its share of a window, each access
 * reported with the CPU that makes it and the memory that it is in.
 */
import { REFERENCE_KIND } from "../cache/reference.ts";
import { type AccessBatch, STAGE_MASK } from "../trace/access_batch.ts";
import { RegionIndex } from "../memory/region_index.ts";
import { STAGES } from "../path/path_stages.ts";
import type { TracedPathOptions } from "../replay/traced_path.ts";
import { recordPath } from "../replay/record_path.ts";
import type { IoWindow } from "../workload/window.ts";
import { createDeviceQueue } from "./device_queue.ts";
import { createHostQueue } from "./host_queue.ts";
import { LineSharing } from "./line_sharing.ts";
import { type AtomicCost, AtomicCosts } from "./atomic_costs.ts";
import type { KernelStructs } from "../kernel/path_structs.ts";
import type { Abi } from "../../layouts/abi.ts";
import { type TracedQueues, viewWords } from "./traced_queues.ts";
import { shareOfWindow } from "./partition.ts";
import { reserveQueueWords, resetQueueWords } from "./queue_words.ts";

/** The group that a worker is of. */
export interface TracedWorkerOptions {
  /** Submitters. */
  readonly workers: number;
  /** Devices; 0 for one inside each submitter. */
  readonly devices: number;
  /** Whether I/Os end on the next submitter. */
  readonly completesElsewhere: boolean;
  readonly window: IoWindow;
  /** I/Os of each submitter at most. */
  readonly ios: number;
  /** What each path is put together from. */
  readonly pathOptions: TracedPathOptions;
  /** Separate hardware queues. */
  readonly apart: TracedQueues | undefined;
  /** Where fields are reported by name. */
  readonly kernel: { readonly abi: Abi; readonly structs: KernelStructs };
}

/** What is found of all workers. */
export class FoundInGroup {
  /** The lines that they touch; of the names that the first worker has. */
  lines: LineSharing | undefined;
  /** Atomic operations and locks. */
  readonly costs: AtomicCost[][] = [];
  /** I/Os that were traced. */
  ios = 0;
}

/** A worker that is ready to be traced. */
export interface TracedWorker {
  readonly begin: () => void;
  /** Submits some I/Os of its share. */
  readonly submit: (from: number, to: number) => void;
  /** Ends all I/Os and records no longer. */
  readonly end: () => void;
}

/** Structures that a machine has once, whatever the number of CPUs. */
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

/** Structures that a hardware queue has once for all its submitters. */
const PER_QUEUE: ReadonlySet<string> = new Set(["request", "nvme_iod"]);

/** Name of the freelist that remote frees go to, and where it is put. */
const REMOTE_FREELIST = "slab freelist";
/** Distance of the arenas in the memory that lines are looked up in. */
const ARENA_DISTANCE = 2 ** 32;
const DEVICE_STAGE = STAGES.indexOf("device");
const COMPLETE_STAGE = STAGES.indexOf("complete");
// Constants of its own: bench/HOT_PATH.md.
const STAGES_MASK = STAGE_MASK;
const WRITE_KIND = REFERENCE_KIND.write;

export function traceWorker(
  worker: number,
  group: TracedWorkerOptions,
  found: FoundInGroup,
): TracedWorker {
  const { window, ios, workers, devices, pathOptions, apart } = group;
  let take: (batch: AccessBatch) => void = () => {};
  let isOn = false;
  let locks = 0;
  const { assembly: { path, memory }, record, flush, parts } = recordPath({
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
  const lines = found.lines ??= new LineSharing(names);
  const atomics = new AtomicCosts(names, group.kernel);
  apart?.begin({
    lines,
    names,
    memory,
    parts,
    arenaBytes: ARENA_DISTANCE,
    firstArena: 2 * workers + 1,
  });
  take = accessTaker(worker, group, { index, lines, atomics });
  const share = shareOfWindow(window, {
    worker,
    workers,
    batch: pathOptions.batch ?? 1,
  }).subarray(0, ios);
  path.open(window);
  found.ios += share.length;
  return {
    begin: () => {
      record(true);
      isOn = true;
    },
    submit: (from, to) => {
      apart?.follow(flush);
      for (const io of share.subarray(from, to)) path.submit(window, io);
      flush();
    },
    end: () => {
      apart?.follow(flush);
      path.drain();
      record(false);
      isOn = false;
      found.costs.push(atomics.costs());
      if (locks > 0) {
        const lock = { structure: "nvme_queue", field: "sq_lock" };
        found.costs.push([{ ...lock, kind: "lock", count: locks }]);
      }
    },
  };
}

/**
 * Reports each access with the CPU that makes it and the memory that it is in.
 */
function accessTaker(
  worker: number,
  { workers, devices, completesElsewhere, apart }: TracedWorkerOptions,
  to: {
    readonly index: RegionIndex;
    readonly lines: LineSharing;
    readonly atomics: AtomicCosts;
  },
): (batch: AccessBatch) => void {
  const { index, lines, atomics } = to;
  const remoteFreelist = index.structures.length;
  const device = devices === 0 ? worker : workers + worker % devices;
  const completer = completesElsewhere ? (worker + 1) % workers : worker;
  return (batch) => {
    for (let i = 0; i < batch.length; i++) {
      const flags = batch.stage[i] as number;
      const stage = flags & STAGES_MASK;
      const sizeAndKind = batch.sizeAndKind[i] as number;
      let at = (batch.addressLo[i] as number) >>> 0;
      let structure = index.find(at);
      const name = index.structures[structure] ?? "";
      const sizeBytes = sizeAndKind >> 2;
      const isWrite = (sizeAndKind & 3) === WRITE_KIND;
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
