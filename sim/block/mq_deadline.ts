/**
 * mq-deadline: requests wait sorted by sector and by arrival, for each
 * priority class and direction, and go out in batches of one direction
 * (block/mq-deadline.c).
 */
import { createDeadlineChoice } from "./deadline_choice.ts";
import { createDeadlineQueues } from "./deadline_queues.ts";
import { createElevator } from "./elevator.ts";
import type {
  Scheduler,
  SchedulerParts,
  SchedulerPolicy,
} from "./scheduler.ts";
import { createScheduledDispatch } from "./scheduled_dispatch.ts";

// READ and WRITE: the lowest bit of an operation.
const READ = 0;
const WRITE = 1;

/** mq-deadline. */
export const mqDeadline: SchedulerPolicy = Object.freeze<SchedulerPolicy>({
  name: "mq-deadline",
  summary: "by sector in batches, reads first, nothing waits forever",
  hasOwnTags: true,
  create: (parts) => createScheduledDispatch(parts, create),
});

function create(parts: SchedulerParts): Scheduler {
  const { memory, bios, requests, merge, profile, settings } = parts;
  const { onInserted, onAbsorbed, onMerged, free, jiffies } = parts;
  const { get16, get32, get64Lo, get64Hi, set64 } = memory;
  const { getPointer, setPointer } = memory;
  const { nomerges, frontMerges, asyncDepth } = settings;
  const { field, priority } = requests;
  const { field: bioField } = bios;
  const queues = createDeadlineQueues({ memory, requests, profile });
  const { lists, trees, data, directionOf, addSorted, addLast } = queues;
  const { count, hasWork } = queues;
  const { ofPriority, sortAt } = data;
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

  /** dd_insert_request() */
  const insertOne = (request: number): void => {
    const own = ofPriority(priority(request));
    if (getPointer(request + field.schedulerData) === 0) {
      count(own, "inserted");
    }
    setPointer(request + field.schedulerData, own);
    if (elevator.insertMerge(request)) return;
    onInserted(request);
    const direction = directionOf(request);
    addSorted(own, direction, request);
    elevator.remember(request);
    addLast(own, direction, request, jiffies());
  };
  const insert = (first: number): void => {
    let request = first;
    while (request !== 0) {
      const following = getPointer(request + entry);
      lists.clear(request + entry);
      insertOne(request);
      request = following;
    }
    freeAbsorbed();
  };

  const takeNext = createDeadlineChoice(parts, queues, remove);
  /** dd_finish_request() */
  const finish = (request: number): void => {
    const own = getPointer(request + field.schedulerData);
    if (own !== 0) count(own, "completed");
  };
  // dd_limit_depth(): what is not a synchronous read leaves tags to those.
  const limitDepth = (opf: number): number =>
    (opf & WRITE) === READ ? 0 : asyncDepth;
  return { tryMerge, insert, takeNext, limitDepth, hasWork, finish };
}
