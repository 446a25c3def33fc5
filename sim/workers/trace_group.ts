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
import type { TracedPathOptions } from "../replay/traced_path.ts";
import type { IoWindow } from "../workload/window.ts";
import type { SharedLineTotals, SharedStructure } from "./line_sharing.ts";
import { addAtomicCosts, type AtomicCost } from "./atomic_costs.ts";
import { kernelStructs } from "../kernel/path_structs.ts";
import { type TracedQueueMap, TracedQueues } from "./traced_queues.ts";
import {
  FoundInGroup,
  type TracedWorkerOptions,
  traceWorker,
} from "./traced_worker.ts";

export interface TraceGroupOptions extends TracedPathOptions {
  /** Submitters. */
  readonly workers: number;
  /** Devices; 0 for one inside each submitter. */
  readonly devices: number;
  /** Whether I/Os end on the next submitter. */
  readonly completesElsewhere?: boolean;
  /**
   * Separate hardware queues; absent where each submitter has its own.
   */
  readonly queues?: TracedQueueMap | undefined;
  /** I/Os of each submitter; default: 256. */
  readonly ios?: number;
}

/** What was found of a group. */
export interface TracedGroup {
  /** The structures whose lines are shared, most written first. */
  readonly structures: SharedStructure[];
  /** Shared lines of all of them, and which hold a bio_vec. */
  readonly totals: SharedLineTotals;
  /** Atomic operations and locks of all workers. */
  readonly atomics: AtomicCost[];
  /** I/Os that were traced, of all workers. */
  readonly ios: number;
}

export function traceGroup(
  window: IoWindow,
  options: TraceGroupOptions,
): TracedGroup {
  const { workers, devices, completesElsewhere = false, ...others } = options;
  const { ios = 256, queues, ...pathOptions } = others;
  const apart = queues === undefined
    ? undefined
    : new TracedQueues(queues, { ...pathOptions, devices, workers });
  const group: TracedWorkerOptions = {
    workers,
    devices,
    completesElsewhere,
    window,
    ios,
    pathOptions,
    apart,
    kernel: {
      abi: options.abi,
      structs: kernelStructs(options.kernel, options.abi, options.ownKernel),
    },
  };
  const found = new FoundInGroup();
  const numbers = Array.from({ length: workers }, (_, worker) => worker);
  if (apart === undefined) {
    for (const worker of numbers) {
      const one = traceWorker(worker, group, found);
      one.begin();
      one.submit(0, ios);
      one.end();
    }
  } else {
    // They see each other's tags: all of them are there, and take turns.
    const all = numbers.map((worker) => traceWorker(worker, group, found));
    const { batch = 1 } = options;
    for (const one of all) one.begin();
    apart.record(true);
    for (let from = 0; from < ios; from += batch) {
      for (const one of all) one.submit(from, from + batch);
    }
    for (const one of all) one.end();
    apart.record(false);
    found.costs.push(apart.costs());
  }
  return {
    structures: found.lines?.structures() ?? [],
    totals: found.lines?.totals() ??
      {
        writtenByMany: 0,
        handedOver: 0,
        writtenByManyHolding: 0,
        handedOverHolding: 0,
      },
    atomics: addAtomicCosts(found.costs),
    ios: found.ios,
  };
}
