/**
 * The hardware queue below a scheduler: when it runs, it issues what the
 * scheduler picks for as long as the driver has tags (struct blk_mq_hw_ctx,
 * block/blk-mq-sched.c, blk_mq_dispatch_rq_list() of block/blk-mq.c).
 */
import type { RequestContext } from "./block_context.ts";
import { createLinkedLists } from "./linked_list.ts";
import type { Scheduler } from "./scheduler.ts";

/** BLK_MQ_S_SCHED_RESTART in hctx->state. */
const RESTART = 1 << 2;
/** BLK_MQ_DISPATCH_BUSY_EWMA_WEIGHT and _FACTOR. */
const BUSY_WEIGHT = 8;
const BUSY_FACTOR = 4;

export interface HardwareQueueOptions
  extends Pick<RequestContext, "memory" | "requests"> {
  readonly scheduler: Scheduler;
  /** nr_requests: picked at once, at most. */
  readonly mostAtOnce: number;
  /** Gives a request to the driver. */
  readonly start: (request: number) => void;
  /** All of a batch has been given. */
  readonly commit: () => void;
}

export interface HardwareQueue {
  /** blk_mq_run_hw_queue(), there and then. */
  readonly run: () => void;
  /** The same, left to a worker (kblockd). */
  readonly runLater: () => void;
  /** The worker has the CPU: does what was left to it. */
  readonly work: () => void;
  /**
   * blk_mq_request_bypass_insert(): a list of requests goes first, past the
   * scheduler. A requeue list turns its order over, and so does their
   * insertion at the head.
   */
  readonly bypass: (first: number) => void;
  /** A request was freed: what waits for a tag may go on. */
  readonly restart: () => void;
  /** Whether any request waits. */
  readonly hasPending: () => boolean;
}

export function createHardwareQueue(
  options: HardwareQueueOptions,
): HardwareQueue {
  const { memory, requests, scheduler, mostAtOnce } = options;
  const { driverTags } = requests;
  if (driverTags === undefined) {
    throw new RangeError(
      "Cannot make a hardware queue: requests have no tags of the driver, " +
        "expected a request table with both",
    );
  }
  const { start, commit } = options;
  const { get32, set32, getPointer } = memory;
  const { takeNext, hasWork } = scheduler;
  const lists = createLinkedLists(memory);
  const entry = requests.field.next;
  const listBytes = 2 * memory.abi.pointerBytes;
  const hctx = memory.reserve("blk_mq_hw_ctx", 2 * listBytes + 8, {
    name: "blk_mq_hw_ctx of dispatch",
  });
  // Picked, but without a tag of the driver: merges no more.
  const dispatch = hctx;
  const stateAt = hctx + listBytes;
  const busyAt = stateAt + 4;
  // rq_list, on the stack of whoever runs the queue.
  const picked = hctx + listBytes + 8;
  lists.clear(dispatch);
  lists.clear(picked);
  let isLeft = false;

  const hasPending = (): boolean => !lists.isEmpty(dispatch) || hasWork();
  const markRestart = (): void => {
    const state = get32(stateAt);
    if ((state & RESTART) === 0) set32(stateAt, state | RESTART);
  };
  /** blk_mq_update_dispatch_busy() */
  const noteBusy = (isBusy: boolean): void => {
    const busy = get32(busyAt);
    if (busy === 0 && !isBusy) return;
    const sum = busy * (BUSY_WEIGHT - 1) + (isBusy ? 1 << BUSY_FACTOR : 0);
    set32(busyAt, Math.trunc(sum / BUSY_WEIGHT));
  };
  const moveAll = (from: number, to: number): void => {
    while (!lists.isEmpty(from)) {
      const first = lists.first(from);
      lists.remove(first);
      lists.addTail(first, to);
    }
  };

  /** blk_mq_dispatch_rq_list(): whether all of them were issued. */
  const issuePicked = (): boolean => {
    let issued = false;
    while (!lists.isEmpty(picked)) {
      const first = lists.first(picked);
      if (!driverTags.take(first - entry)) {
        // blk_mq_mark_tag_wait()
        markRestart();
        if (!driverTags.take(first - entry)) break;
      }
      lists.remove(first);
      issued = true;
      start(first - entry);
    }
    if (issued) commit();
    const isAll = lists.isEmpty(picked);
    if (!isAll) moveAll(picked, dispatch);
    noteBusy(!isAll);
    return isAll;
  };

  /** __blk_mq_do_dispatch_sched(): whether there may be more to issue. */
  const pickAndIssue = (): boolean => {
    const most = get32(busyAt) !== 0 ? 1 : mostAtOnce;
    let count = 0;
    while (count < most && hasWork()) {
      const request = takeNext();
      if (request === 0) {
        // Run again after a while: BLK_MQ_BUDGET_DELAY.
        if (count === 0) isLeft = true;
        break;
      }
      lists.addTail(request + entry, picked);
      count++;
      if (!driverTags.take(request)) break;
    }
    return count > 0 && issuePicked();
  };

  /** __blk_mq_sched_dispatch_requests() */
  const run = (): void => {
    if (!hasPending()) return;
    if (!lists.isEmpty(dispatch)) {
      moveAll(dispatch, picked);
      markRestart();
      if (!issuePicked()) return;
    }
    while (pickAndIssue());
  };
  const work = (): void => {
    if (!isLeft) return;
    isLeft = false;
    run();
  };
  const runLater = (): void => {
    if (hasPending()) isLeft = true;
  };
  /** blk_mq_sched_restart() */
  const restart = (): void => {
    const state = get32(stateAt);
    if ((state & RESTART) === 0) return;
    set32(stateAt, state & ~RESTART);
    runLater();
  };
  const bypass = (first: number): void => {
    let behind = dispatch;
    let request = first;
    while (request !== 0) {
      const next = getPointer(request + entry);
      lists.addBehind(request + entry, behind);
      behind = request + entry;
      request = next;
    }
  };
  return { run, runLater, work, bypass, restart, hasPending };
}
