/**
 * A queue of the block layer: its plug, its requests at the driver, and what
 * waits for them (block/blk-mq.c, blk-flush.c, blockspec 2.6-2.8). The way from
 * a bio to a request is in submit_bio.ts and mq_submit.ts.
 */
import { createBlockEvents } from "./block_events.ts";
import type { Dispatch } from "./dispatch.ts";
import { createFlushSequence } from "./flush_sequence.ts";
import { MERGE } from "./merge.ts";
import { BLK_STS, RQF } from "../kernel/operation.ts";
import { createMqSubmit } from "./mq_submit.ts";
import type { BlockQueue, BlockQueueOptions } from "./queue_parts.ts";
import { createQueueCounts } from "./queue_counts.ts";
import { createSubmitBio } from "./submit_bio.ts";
import { calledApart } from "../kernel/called_apart.ts";
import { createTouch } from "../kernel/touch.ts";
import { findScheduler } from "./scheduler_registry.ts";

// Constants of its own: bench/HOT_PATH.md.
const OK = BLK_STS.ok;
const FRONT = MERGE.front;

const RQF_FLUSH_SEQ = RQF.flushSeq;

export function createBlockQueue(options: BlockQueueOptions): BlockQueue {
  const { memory, bios, requests, endBio, structs } = options;
  const { driver, settings, profile, plug } = options;
  const queueRequest = calledApart(driver.queue, memory);
  const { get16, get32, getPointer, offsetMask } = memory;
  const { field: bioField } = bios;
  const { field } = requests;
  const policy = findScheduler(settings.scheduler);
  const plugsEachBio = policy.hasOwnTags && profile.plugsEachBio;
  const touchEnd = createTouch(memory, structs.bio, "bioEnd");
  const tell = createBlockEvents({ memory, bios, requests }, options.observer);
  // V8 folds a boolean into the code, but looks at what is `undefined`.
  const tells = tell !== undefined;
  const counted = createQueueCounts(memory);
  const { counts, words } = counted;
  const { requests: REQUESTS, physicalSegments: SEGMENTS } = words;
  let plugged = false;
  /** Whether another task than the one with the plug submits. */
  let isElsewhere = false;
  // An int32 word instead of a `let`: bench/HOT_PATH.md, "Integers".
  const { getOwn, addOwn } = memory;
  const IN_FLIGHT = memory.reserveOwn(1);

  const endRequest = (request: number, status: number): void => {
    request &= offsetMask;
    let bio = getPointer(request + field.bio);
    if (tells) tell.request("C", request, status);
    requests.end(request);
    free(request);
    while (bio !== 0) {
      const next = getPointer(bio + bioField.next);
      touchEnd(bio);
      endBio(bio, status);
      bio = next;
    }
  };

  const complete = (request: number, status: number): void => {
    addOwn(IN_FLIGHT, -1);
    if (
      status === OK &&
      (get32(request + field.flags) & RQF_FLUSH_SEQ) !== 0
    ) {
      flushes.hold(request);
      return;
    }
    endRequest(request, status);
  };

  const start = (request: number): void => {
    request &= offsetMask;
    addOwn(REQUESTS, 1);
    addOwn(SEGMENTS, get16(request + field.segments));
    addOwn(IN_FLIGHT, 1);
    if (tells) tell.request("D", request, 0);
    const status = queueRequest(request);
    if (status !== OK) complete(request, status);
  };

  /** blk_mq_flush_plug_list() */
  const flushPlug = (fromSchedule: boolean): void => {
    if (plug.count() === 0) return;
    if (tells) tell.plug("U", plug.count());
    issuePlugged(fromSchedule);
  };

  const drain = (): void => {
    for (;;) {
      work();
      if (getOwn(IN_FLIGHT) > 0) {
        driver.wait();
        continue;
      }
      if (dispatch.runIdle()) continue;
      if (!flushes.isPending()) return;
      flushes.run();
    }
  };

  const dropCached = (): void => {
    for (;;) {
      const request = plug.takeCached();
      if (request === 0) return;
      free(request);
    }
  };

  /** io_schedule(): the plug is flushed on the way out. */
  const beforeSleep = (): void => {
    if (!plugged) return;
    flushPlug(true);
    dropCached();
  };

  const sleep = (): void => {
    beforeSleep();
    drain();
  };

  const onMerged = (bio: number, how: number): void => {
    counts.merges++;
    if (tells) tell.bio(how === FRONT ? "F" : "M", bio, 0);
  };

  const dispatch: Dispatch = policy.create({
    ...options,
    counts,
    tell,
    jiffies: options.jiffies ?? (() => 0),
    onMerged,
    start,
    isBusy: () => getOwn(IN_FLIGHT) > 0,
    beforeSleep,
    drain,
  });
  const { free, issuePlugged, work } = dispatch;
  const flushes = createFlushSequence(options, {
    end: endRequest,
    issueFirst: dispatch.issueFirst,
  });

  const startPlug = (ios: number): boolean => {
    if (plugged) return false;
    plugged = true;
    plug.start(ios);
    return true;
  };
  const finishPlug = (): void => {
    if (!plugged) return;
    flushPlug(false);
    dropCached();
    plugged = false;
  };

  const submitOne = createMqSubmit(options, {
    ...{ tell, dispatch, flushes, flushPlug, onMerged },
    isPlugged: () => plugged,
  });

  /** __submit_bio() where it plugs. */
  const submitInPlug = (bio: number): void => {
    // There is one plug here, and another task's I/O comes past it.
    const mine = !isElsewhere && startPlug(1);
    submitOne(bio);
    if (mine) finishPlug();
  };
  const submitBio = createSubmitBio(options, {
    ...{ counted, tell, sleep },
    submitPart: plugsEachBio ? submitInPlug : submitOne,
  });

  const submitElsewhere = (bio: number): void => {
    const mine = plugged;
    plugged = false;
    isElsewhere = true;
    submitBio(bio);
    isElsewhere = false;
    plugged = mine;
  };

  const wait = (): void => {
    const waits = getOwn(IN_FLIGHT) > 0 || dispatch.hasPending() ||
      flushes.isPending() || (plugged && plug.count() > 0);
    if (waits) sleep();
  };
  const reapScheduled = (): void => {
    work();
    driver.wait();
    work();
  };
  const completedElsewhere = (count: number): void => {
    addOwn(IN_FLIGHT, 0 - count);
  };
  const freeTags = (): number => settings.tags - requests.tags.live();
  return {
    submitBio: calledApart(submitBio, memory),
    ...{ submitElsewhere, startPlug, finishPlug, wait, sleep, drain },
    complete: calledApart(complete, memory),
    reap: calledApart(
      policy.hasOwnTags ? reapScheduled : driver.wait,
      memory,
    ),
    yieldCpu: policy.hasOwnTags ? work : () => {},
    completedElsewhere,
    freeTags,
    get counts() {
      counted.add();
      return counts;
    },
  };
}
