/**
 * What mq-deadline merges: bios into waiting requests, at the front or the
 * back, and requests with their neighbours (block/mq-deadline.c,
 * dd_bio_merge()).
 */
import type { DeadlineQueues } from "./deadline_queues.ts";
import { createElevator, type Elevator } from "./elevator.ts";
import type { SchedulerParts } from "./scheduler.ts";

/** The merging of waiting requests. */
interface DeadlineMerge {
  readonly elevator: Elevator;
  /** Takes a request out of its queue and of what is merged with. */
  readonly remove: (own: number, request: number) => void;
  /** Frees the requests whose bios others have taken. */
  readonly freeAbsorbed: () => void;
  /** Merges a bio, if it can. */
  readonly tryMerge: (bio: number, segments: number) => boolean;
}

export function createDeadlineMerge(
  parts: SchedulerParts,
  queues: DeadlineQueues,
): DeadlineMerge {
  const { memory, bios, requests, merge, settings } = parts;
  const { onAbsorbed, onMerged, free } = parts;
  const { get16, get32, get64Lo, get64Hi, set64 } = memory;
  const { getPointer, setPointer } = memory;
  const { nomerges, frontMerges } = settings;
  const { field, priority } = requests;
  const { field: bioField } = bios;
  const { lists, trees, directionOf, count } = queues;
  const { ofPriority, sortAt } = queues.data;
  const entry = field.next;
  /** Requests whose bios others have taken, linked, to be freed. */
  let absorbed = 0;

  /** deadline_remove_request() */
  const remove = (own: number, request: number): void => {
    queues.remove(own, request);
    elevator.forget(request);
  };

  /** dd_request_merge(): a request that begins where a bio ends. */
  const findFront = (bio: number): number => {
    if (frontMerges === 0) return 0;
    const lo = get64Lo(bio + bioField.sector);
    const end = (lo + (get32(bio + bioField.size) >>> 9)) | 0;
    const carry = (end >>> 0) < (lo >>> 0) ? 1 : 0;
    const own = ofPriority(get16(bio + bioField.ioprio));
    const root = sortAt(own, get32(bio + bioField.opf) & 1);
    return trees.find(root, end, (get64Hi(bio + bioField.sector) + carry) | 0);
  };
  /** dd_request_merged() */
  const frontMerged = (request: number): void => {
    const own = ofPriority(priority(request));
    const root = sortAt(own, directionOf(request));
    trees.remove(root, request);
    trees.add(root, request);
  };
  /** dd_merged_requests() */
  const requestsMerged = (request: number, gone: number): void => {
    // They merge only if they are of one priority.
    const own = ofPriority(priority(request));
    count(own, "merged");
    const kept = request + entry;
    const lost = gone + entry;
    if (!lists.isEmpty(kept) && !lists.isEmpty(lost)) {
      const time = get32(gone + field.fifoTime);
      if (time < get32(request + field.fifoTime)) {
        lists.remove(kept);
        lists.addBehind(kept, lost);
        set64(request + field.fifoTime, time, 0);
      }
    }
    remove(own, gone);
    onAbsorbed(gone);
    setPointer(gone + entry, absorbed);
    absorbed = gone;
  };
  const elevator = createElevator({
    memory,
    bios,
    requests,
    merge,
    nomerges,
    onMerged,
    ops: {
      findFront,
      latter: trees.next,
      former: trees.previous,
      frontMerged,
      requestsMerged,
    },
  });

  const freeAbsorbed = (): void => {
    while (absorbed !== 0) {
      const gone = absorbed;
      absorbed = getPointer(gone + entry);
      free(gone);
    }
  };
  /** dd_bio_merge() */
  const tryMerge = (bio: number, segments: number): boolean => {
    const merged = elevator.tryMerge(bio, segments);
    freeAbsorbed();
    return merged;
  };

  return { elevator, remove, freeAbsorbed, tryMerge };
}
