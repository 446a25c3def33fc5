/**
 * mq-deadline: requests wait sorted by sector and by arrival, for each
 * priority class and direction, and go out in batches of one direction
 * (block/mq-deadline.c).
 */
import { createDeadlineChoice } from "./deadline_choice.ts";
import { createDeadlineMerge } from "./deadline_merge.ts";
import { createDeadlineQueues } from "./deadline_queues.ts";
import type {
  Scheduler,
  SchedulerParts,
  SchedulerPolicy,
} from "./scheduler.ts";
import { createScheduledDispatch } from "./scheduled_dispatch.ts";

// READ and WRITE: the lowest bit of an operation.
const READ = 0;
const WRITE = 1;

export const mqDeadline: SchedulerPolicy = Object.freeze<SchedulerPolicy>({
  name: "mq-deadline",
  summary: "by sector in batches, reads first, nothing waits forever",
  hasOwnTags: true,
  create: (parts) => createScheduledDispatch(parts, create),
});

function create(parts: SchedulerParts): Scheduler {
  const { memory, requests, profile, onInserted, jiffies } = parts;
  const { getPointer, setPointer } = memory;
  const { asyncDepth } = parts.settings;
  const { field, priority } = requests;
  const queues = createDeadlineQueues({ memory, requests, profile });
  const { lists, directionOf, addSorted, addLast, count, hasWork } = queues;
  const { ofPriority } = queues.data;
  const merging = createDeadlineMerge(parts, queues);
  const { elevator, remove, freeAbsorbed, tryMerge } = merging;
  const entry = field.next;

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
