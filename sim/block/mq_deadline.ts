/**
 * mq-deadline: requests wait sorted by sector and by arrival, for each
 * priority class and direction, and go out in batches of one direction
 * (block/mq-deadline.c).
 */
import { createDeadlineData } from "./deadline_data.ts";
import { createElevator } from "./elevator.ts";
import { createLinkedLists } from "./linked_list.ts";
import {
  HZ,
  type Scheduler,
  type SchedulerParts,
  type SchedulerPolicy,
} from "./scheduler.ts";
import { createScheduledDispatch } from "./scheduled_dispatch.ts";
import { createSectorTrees } from "./sector_tree.ts";

// READ and WRITE: the lowest bit of an operation.
const READ = 0;
const WRITE = 1;
/** read_expire, write_expire and prio_aging_expire, in jiffies. */
const READ_EXPIRE = HZ / 2;
const WRITE_EXPIRE = 5 * HZ;
const AGING_EXPIRE = 10 * HZ;
/** DD_BE_PRIO and how many classes there are: RT, BE, IDLE. */
const BE = 1;
const CLASSES = 3;

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
  const { get16, get32, set32, get64Lo, get64Hi, set64 } = memory;
  const { getPointer, setPointer } = memory;
  const { nomerges, frontMerges, fifoBatch, writesStarved } = settings;
  const { asyncDepth } = settings;
  const { field, priority } = requests;
  const { field: bioField } = bios;
  const goesByPosition = profile.deadlineNext === "position";
  const lists = createLinkedLists(memory);
  const trees = createSectorTrees(memory, requests);
  const data = createDeadlineData(memory, { lists, classes: CLASSES });
  const { ofPriority, sortAt, fifoAt, nextAt, latestAt, countAt } = data;
  const { lastDirectionAt, batchingAt, starvedAt } = data;
  const entry = field.next;
  /** Requests whose bios others have taken, linked, to be freed. */
  let absorbed = 0;

  const directionOf = (request: number): number =>
    get32(request + field.opf) & 1;
  const add = (at: number): void => set32(at, get32(at) + 1);
  const expireOf = (direction: number): number =>
    direction === READ ? READ_EXPIRE : WRITE_EXPIRE;
  /** deadline_fifo_request() */
  const oldest = (own: number, direction: number): number => {
    const list = fifoAt(own, direction);
    const first = lists.first(list);
    return first === list ? 0 : first - entry;
  };

  /** deadline_remove_request() */
  const remove = (own: number, request: number): void => {
    lists.remove(request + entry);
    if (!trees.isClear(request)) {
      const direction = directionOf(request);
      const next = nextAt(own, direction);
      if (!goesByPosition && getPointer(next) === request) {
        setPointer(next, trees.next(request));
      }
      trees.remove(sortAt(own, direction), request);
    }
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
    add(countAt(own, "merged"));
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
      add(countAt(own, "inserted"));
    }
    setPointer(request + field.schedulerData, own);
    if (elevator.insertMerge(request)) return;
    onInserted(request);
    const direction = directionOf(request);
    trees.add(sortAt(own, direction), request);
    elevator.remember(request);
    set64(request + field.fifoTime, jiffies() + expireOf(direction), 0);
    lists.addTail(request + entry, fifoAt(own, direction));
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

  /** deadline_next_request() */
  const nextOf = (own: number, direction: number): number => {
    if (!goesByPosition) return getPointer(nextAt(own, direction));
    const latest = latestAt(own, direction);
    const root = sortAt(own, direction);
    return trees.findFrom(root, get64Lo(latest), get64Hi(latest));
  };
  /** dd_start_request(), and the pointer that earlier kernels keep. */
  const start = (own: number, request: number): number => {
    const direction = directionOf(request);
    add(batchingAt);
    if (goesByPosition) {
      const lo = get64Lo(request + field.sector);
      set64(latestAt(own, direction), lo, get64Hi(request + field.sector));
    } else setPointer(nextAt(own, direction), trees.next(request));
    remove(own, request);
    add(countAt(own, "dispatched"));
    return request;
  };
  /** Whether a request came in later than that. */
  const startedAfter = (request: number, latestStart: number): boolean =>
    get32(request + field.fifoTime) - expireOf(directionOf(request)) >
      latestStart;

  /** Reads, unless writes have waited long enough; -1 where there is none. */
  const chooseDirection = (own: number): number => {
    const write = oldest(own, WRITE);
    if (oldest(own, READ) !== 0) {
      if (write === 0) return READ;
      const starved = get32(starvedAt);
      set32(starvedAt, starved + 1);
      if (starved < writesStarved) return READ;
    } else if (write === 0) return -1;
    set32(starvedAt, 0);
    return WRITE;
  };

  /** __dd_dispatch_request(): nothing that came in after `latestStart`. */
  const takeOf = (own: number, latestStart: number): number => {
    let request = nextOf(own, get32(lastDirectionAt));
    if (request === 0 || get32(batchingAt) >= fifoBatch) {
      const direction = chooseDirection(own);
      if (direction < 0) return 0;
      const first = oldest(own, direction);
      const next = nextOf(own, direction);
      const isExpired = jiffies() >= get32(first + field.fifoTime);
      request = isExpired || next === 0 ? first : next;
      set32(lastDirectionAt, direction);
      set32(batchingAt, 0);
    }
    return startedAfter(request, latestStart) ? 0 : start(own, request);
  };
  /** dd_queued(): requests of a class that are not complete. */
  const queued = (own: number): number =>
    get32(countAt(own, "inserted")) - get32(countAt(own, "completed"));
  /** dd_dispatch_prio_aged_requests() */
  const takeAged = (now: number): number => {
    let waiting = 0;
    for (let of = 0; of < CLASSES; of++) {
      if (queued(data.classAt(of)) !== 0) waiting++;
    }
    if (waiting < 2) return 0;
    for (let of = BE; of < CLASSES; of++) {
      const request = takeOf(data.classAt(of), now - AGING_EXPIRE);
      if (request !== 0) return request;
    }
    return 0;
  };
  /** dd_dispatch_request() */
  const takeNext = (): number => {
    const now = jiffies();
    const aged = takeAged(now);
    if (aged !== 0) return aged;
    for (let of = 0; of < CLASSES; of++) {
      const own = data.classAt(of);
      const request = takeOf(own, now);
      // A lower class waits until all of a higher one is complete.
      if (request !== 0 || queued(own) !== 0) return request;
    }
    return 0;
  };

  const hasWork = (): boolean => {
    for (let of = 0; of < CLASSES; of++) {
      const own = data.classAt(of);
      if (!lists.isEmpty(fifoAt(own, READ))) return true;
      if (!lists.isEmpty(fifoAt(own, WRITE))) return true;
    }
    return false;
  };
  /** dd_finish_request() */
  const finish = (request: number): void => {
    const own = getPointer(request + field.schedulerData);
    if (own !== 0) add(countAt(own, "completed"));
  };
  // dd_limit_depth(): what is not a synchronous read leaves tags to those.
  const limitDepth = (opf: number): number =>
    (opf & WRITE) === READ ? 0 : asyncDepth;
  return { tryMerge, insert, takeNext, limitDepth, hasWork, finish };
}
