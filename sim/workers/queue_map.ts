/**
 * Which hardware queue a submitter uses, and where that queue's interrupt comes
 * to: blk_mq_map_queues() (block/blk-mq-cpumap.c) and the interrupt vectors of
 * a PCI device (kernel/irq/affinity.c), both of which spread CPUs by
 * group_cpus_evenly() (lib/group_cpus.c). Fewer queues than CPUs are shared by
 * neighbours; the first groups have one CPU more if the division leaves a
 * remainder.
 */
import { checkKeys } from "../../layouts/known_keys.ts";
import { checkWhole } from "../../layouts/value_text.ts";

/** Submitters and hardware queues. */
export interface QueueMap {
  /** Submitters, one for each CPU. */
  readonly submitters: number;
  /** Hardware queues, no more than those. */
  readonly queues: number;
}

/**
 * Lists the submitters of each hardware queue.
 *
 * @returns The submitters by queue, ascending.
 * @throws {RangeError} If there are more queues than submitters, or none.
 *
 * @example Eight CPUs on three queues
 * ```ts
 * import { submittersByQueue } from "./queue_map.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(submittersByQueue({ submitters: 8, queues: 3 }), [
 *   [0, 1, 2],
 *   [3, 4, 5],
 *   [6, 7],
 * ]);
 * ```
 */
export function submittersByQueue(map: QueueMap): number[][] {
  requireMap("map hardware queues", map);
  const { submitters, queues } = map;
  if (queues > submitters) {
    throw new RangeError(
      `Cannot map hardware queues: found ${queues} for ${submitters} ` +
        "submitters, expected at most one each",
    );
  }
  const least = Math.floor(submitters / queues);
  const larger = submitters % queues;
  let next = 0;
  return Array.from({ length: queues }, (_, queue) => {
    const size = least + (queue < larger ? 1 : 0);
    const group = Array.from({ length: size }, (_, i) => next + i);
    next += size;
    return group;
  });
}

/**
 * Returns the submitter that the interrupt of a queue comes to: the first of
 * those that use it, or the one after them.
 *
 * @param queue The queue, from 0.
 * @param isElsewhere Whether it comes to another CPU than theirs; where one
 *   queue serves all, there is no other.
 */
export function interruptOf(
  map: QueueMap,
  queue: number,
  isElsewhere: boolean,
): number {
  const group = submittersByQueue(map)[queue] ?? [];
  const first = group[0] ?? 0;
  return isElsewhere ? (first + group.length) % map.submitters : first;
}

function requireMap(what: string, map: QueueMap): void {
  checkKeys(what, "map", map, ["submitters", "queues"]);
  for (const key of ["submitters", "queues"] as const) {
    checkWhole(what, key, map[key], {
      least: 1,
      most: 65536,
      expected: "a whole number from 1 to 65536",
    });
  }
}
