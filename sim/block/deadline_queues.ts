/**
 * Requests that wait in mq-deadline: by sector and by arrival, for each
 * priority class and direction (block/mq-deadline.c).
 */
import type { RequestContext } from "./block_context.ts";
import {
  createDeadlineData,
  type DeadlineCount,
  type DeadlineData,
} from "./deadline_data.ts";
import { createLinkedLists, type LinkedLists } from "./linked_list.ts";
import { HZ } from "./scheduler.ts";
import { createSectorTrees, type SectorTrees } from "./sector_tree.ts";

// READ and WRITE: the lowest bit of an operation.
const READ = 0;
const WRITE = 1;
/** read_expire and write_expire, in jiffies. */
const READ_EXPIRE = HZ / 2;
const WRITE_EXPIRE = 5 * HZ;

/** DD_PRIO_MAX + 1: RT, BE, IDLE. */
export const DEADLINE_CLASSES = 3;

// Constants of its own: bench/HOT_PATH.md.
const CLASSES = DEADLINE_CLASSES;

/** The waiting requests; `own` is where the parts of a class begin. */
export interface DeadlineQueues {
  readonly lists: LinkedLists;
  readonly trees: SectorTrees;
  readonly data: DeadlineData;
  /** The direction of a request: 0 for reads, 1 for writes. */
  readonly directionOf: (request: number) => number;
  /** Jiffies that a request of a direction may wait. */
  readonly expireOf: (direction: number) => number;
  /** deadline_fifo_request(): 0 if there is none. */
  readonly oldest: (own: number, direction: number) => number;
  /** deadline_next_request(): 0 if there is none. */
  readonly nextOf: (own: number, direction: number) => number;
  /** Takes a request in by sector. */
  readonly addSorted: (own: number, direction: number, request: number) => void;
  /** Takes it in by arrival, which is now. */
  readonly addLast: (
    own: number,
    direction: number,
    request: number,
    now: number,
  ) => void;
  /** deadline_remove_request(), except for what the elevator knows. */
  readonly remove: (own: number, request: number) => void;
  /** Notes a request as issued last, before it is taken out. */
  readonly setLatest: (own: number, direction: number, request: number) => void;
  /** Counts one more. */
  readonly count: (own: number, name: DeadlineCount) => void;
  /** dd_has_work() */
  readonly hasWork: () => boolean;
}

export function createDeadlineQueues(
  options: Pick<RequestContext, "memory" | "requests" | "profile">,
): DeadlineQueues {
  const { memory, requests, profile } = options;
  const { get32, set32, get64Lo, get64Hi, set64 } = memory;
  const { getPointer, setPointer } = memory;
  const { field } = requests;
  const goesByPosition = profile.deadlineNext === "position";
  const lists = createLinkedLists(memory);
  const trees = createSectorTrees(memory, requests);
  const data = createDeadlineData(memory, { lists, classes: DEADLINE_CLASSES });
  const { sortAt, fifoAt, nextAt, latestAt, countAt } = data;
  const entry = field.next;

  const directionOf = (request: number): number =>
    get32(request + field.opf) & 1;
  const expireOf = (direction: number): number =>
    direction === READ ? READ_EXPIRE : WRITE_EXPIRE;
  const oldest = (own: number, direction: number): number => {
    const list = fifoAt(own, direction);
    const first = lists.first(list);
    return first === list ? 0 : first - entry;
  };
  const nextOf = (own: number, direction: number): number => {
    if (!goesByPosition) return getPointer(nextAt(own, direction));
    const latest = latestAt(own, direction);
    const root = sortAt(own, direction);
    return trees.findFrom(root, get64Lo(latest), get64Hi(latest));
  };

  const remove = (own: number, request: number): void => {
    lists.remove(request + entry);
    if (trees.isClear(request)) return;
    const direction = directionOf(request);
    const next = nextAt(own, direction);
    if (!goesByPosition && getPointer(next) === request) {
      setPointer(next, trees.next(request));
    }
    trees.remove(sortAt(own, direction), request);
  };
  const setLatest = (
    own: number,
    direction: number,
    request: number,
  ): void => {
    if (goesByPosition) {
      const lo = get64Lo(request + field.sector);
      set64(latestAt(own, direction), lo, get64Hi(request + field.sector));
    } else setPointer(nextAt(own, direction), trees.next(request));
  };
  const addLast: DeadlineQueues["addLast"] = (own, direction, request, now) => {
    set64(request + field.fifoTime, now + expireOf(direction), 0);
    lists.addTail(request + entry, fifoAt(own, direction));
  };
  const count = (own: number, name: DeadlineCount): void => {
    const at = countAt(own, name);
    set32(at, get32(at) + 1);
  };

  const hasWork = (): boolean => {
    for (let of = 0; of < CLASSES; of++) {
      const own = data.classAt(of);
      if (!lists.isEmpty(fifoAt(own, READ))) return true;
      if (!lists.isEmpty(fifoAt(own, WRITE))) return true;
    }
    return false;
  };
  return {
    lists,
    trees,
    data,
    directionOf,
    expireOf,
    oldest,
    nextOf,
    addSorted: (own, direction, request) =>
      trees.add(sortAt(own, direction), request),
    addLast,
    remove,
    setLatest,
    count,
    hasWork,
  };
}
