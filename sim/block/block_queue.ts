/**
 * A queue of the block layer: from a submitted bio to a request at the driver
 * and back (block/blk-core.c, blk-mq.c, blk-flush.c, blockspec 2.6-2.8).
 */
import { createBlockEvents } from "./block_events.ts";
import type { Dispatch } from "./dispatch.ts";
import { createFlushSequence } from "./flush_sequence.ts";
import { MERGE } from "./merge.ts";
import {
  BLK_STS,
  REQ_FLAG,
  REQ_OP,
  REQ_OP_MASK,
  RQF,
} from "../kernel/operation.ts";
import type {
  BlockQueue,
  BlockQueueCounts,
  BlockQueueOptions,
} from "./queue_parts.ts";
import { createTouch } from "../kernel/touch.ts";
import { findScheduler } from "./scheduler_registry.ts";

// Constants of its own: bench/HOT_PATH.md.
const OPERATION = REQ_OP_MASK;
const OK = BLK_STS.ok;
const AGAIN = BLK_STS.again;
const RESOURCE = BLK_STS.resource;
const READ = REQ_OP.read;
const WRITE = REQ_OP.write;
const NOMERGE = REQ_FLAG.nomerge;
const NOWAIT = REQ_FLAG.nowait;
const FRONT = MERGE.front;

const RQF_FLUSH_SEQ = RQF.flushSeq;
const FLUSHES = REQ_FLAG.fua | REQ_FLAG.preflush;

/**
 * Makes a queue.
 *
 * @param options What it works with.
 */
export function createBlockQueue(options: BlockQueueOptions): BlockQueue {
  const { memory, bios, requests, splitFront, endBio, onStage } = options;
  const { driver, settings, profile, plug, stages } = options;
  const { split, counted } = options.split;
  const { attempt } = options.merge;
  const { get16, get32, set32, getPointer, offsetMask } = memory;
  const { field: bioField } = bios;
  const { field } = requests;
  const { writeCache } = settings;
  const merges = settings.nomerges < 2;
  const plugsAll = profile.plugsZonedWrites || !settings.zoned;
  const policy = findScheduler(settings.scheduler);
  const plugsEachBio = policy.hasOwnTags && profile.plugsEachBio;
  const { structs, limitsAt, isDirect = true } = options;
  const { unseen } = memory;
  const { littleEndian } = memory.abi;
  const { contextAt } = requests;
  const touchLimits = createTouch(memory, structs.queueLimits, "limitsSubmit");
  const touchWrite = createTouch(memory, structs.queueLimits, "limitsWrite");
  const touchSubmit = createTouch(memory, structs.bio, "bioSubmit");
  const touchEnd = createTouch(memory, structs.bio, "bioEnd");
  const older = profile.touchesAs === "6.12.117"
    ? {
      limits: createTouch(memory, structs.queueLimits, "limitsSubmit6x"),
      bio: createTouch(memory, structs.bio, "bioSubmit6x"),
    }
    : undefined;
  const touchMap = {
    read: createTouch(memory, structs.blkMqCtx, "contextMapRead"),
    write: createTouch(memory, structs.blkMqCtx, "contextMapWrite"),
  };
  const tell = createBlockEvents({ memory, bios, requests }, options.observer);
  const counts: BlockQueueCounts = {
    bios: 0,
    segments: 0,
    requests: 0,
    physicalSegments: 0,
    merges: 0,
    requestMerges: 0,
    splits: 0,
  };
  let plugged = false;
  /** Whether another task than the one with the plug submits. */
  let isElsewhere = false;
  let inFlight = 0;

  const endRequest = (request: number, status: number): void => {
    request &= offsetMask;
    let bio = getPointer(request + field.bio);
    if (tell !== undefined) tell.request("C", request, status);
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
    inFlight--;
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
    counts.requests++;
    counts.physicalSegments += get16(request + field.segments);
    inFlight++;
    if (tell !== undefined) tell.request("D", request, 0);
    const status = driver.queue(request);
    if (status !== OK) complete(request, status);
  };

  /** blk_mq_flush_plug_list() */
  const flushPlug = (fromSchedule: boolean): void => {
    if (plug.count() === 0) return;
    if (tell !== undefined) tell.plug("U", plug.count());
    issuePlugged(fromSchedule);
  };

  const drain = (): void => {
    for (;;) {
      work();
      if (inFlight > 0) {
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
    if (tell !== undefined) tell.bio(how === FRONT ? "F" : "M", bio, 0);
  };

  const dispatch: Dispatch = policy.create({
    ...options,
    counts,
    tell,
    jiffies: options.jiffies ?? (() => 0),
    onMerged,
    start,
    isBusy: () => inFlight > 0,
    beforeSleep,
    drain,
  });
  const { free, issue, issuePlugged, work, take, waitAndTake } = dispatch;
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

  /** Merges a bio into a request that waits; says whether it did. */
  const tryMerge = (bio: number, usesPlug: boolean): boolean => {
    const { segments } = counted;
    if (usesPlug) {
      const newest = plug.newest();
      if (newest !== 0) {
        const how = attempt(newest, bio, segments);
        if (how > 0) {
          onMerged(bio, how);
          return true;
        }
      }
    }
    return dispatch.tryMerge(bio, segments);
  };

  /** blk_mq_get_new_requests(); 0 if there is no tag and no waiting. */
  const getRequest = (bio: number, opf: number, usesPlug: boolean): number => {
    if (usesPlug) {
      const cached = plug.takeCached();
      if (cached !== 0) return cached;
      const ios = plug.takeIos();
      if (ios > 1 && dispatch.takesBatches(opf)) {
        const first = requests.takeBatch(ios);
        if (first !== 0) {
          plug.cache(getPointer(first + field.next));
          return first;
        }
      }
    }
    const request = take(opf);
    if (request !== 0) return request;
    if ((get32(bio + bioField.opf) & NOWAIT) !== 0) return 0;
    return waitAndTake(opf);
  };

  /** blk_mq_submit_bio() behind the split. */
  const submitOne = (bio: number): void => {
    const opf = get32(bio + bioField.opf);
    const isRead = (opf & OPERATION) === READ;
    if (isRead) touchMap.read(contextAt);
    else touchMap.write(contextAt);
    const usesPlug = plugged &&
      (plugsAll || isRead);
    if (merges && (opf & (FLUSHES | NOMERGE)) === 0) {
      onStage(stages.merge);
      if (tryMerge(bio, usesPlug)) return;
    }
    onStage(stages.request);
    const request = getRequest(bio, opf, usesPlug);
    if (request === 0) {
      endBio(bio, AGAIN);
      return;
    }
    requests.prepare(request, bio, counted);
    if (tell !== undefined) tell.bio("G", bio, 0);
    if ((opf & FLUSHES) !== 0 && flushes.insert(request)) return;
    if (!usesPlug) {
      issue(request);
      return;
    }
    onStage(stages.merge);
    if (plug.isFull(merges)) flushPlug(false);
    if (tell !== undefined && plug.count() === 0) tell.plug("P", 0);
    plug.add(request);
  };

  /** __submit_bio() where it plugs. */
  const submitInPlug = (bio: number): void => {
    // There is one plug here, and another task's I/O comes past it.
    const mine = !isElsewhere && startPlug(1);
    submitOne(bio);
    if (mine) finishPlug();
  };
  const submitPart = plugsEachBio ? submitInPlug : submitOne;

  const submitBio = (bio: number): void => {
    const opf = get32(bio + bioField.opf);
    touchSubmit(bio);
    touchLimits(limitsAt);
    if (older !== undefined) {
      older.bio(bio);
      older.limits(limitsAt);
    }
    if (isDirect && (opf & OPERATION) === WRITE) touchWrite(limitsAt);
    if (tell !== undefined) tell.bio("submit", bio, 0);
    // submit_bio_noacct(): without a volatile cache nothing is to be flushed.
    if ((opf & FLUSHES) !== 0 && !writeCache) {
      set32(bio + bioField.opf, opf & ~FLUSHES);
      if (get32(bio + bioField.size) === 0) {
        endBio(bio, OK);
        return;
      }
    }
    counts.bios++;
    // Counted by the lab, not by a kernel.
    counts.segments += unseen.getUint16(bio + bioField.vcnt, littleEndian);
    if (tell !== undefined) tell.bio("Q", bio, 0);
    for (;;) {
      onStage(stages.split);
      const sectors = split(bio);
      if (sectors < 0) {
        endBio(bio, -sectors);
        return;
      }
      if (sectors === 0) {
        submitPart(bio);
        return;
      }
      let front = splitFront(bio, sectors);
      if (front === 0) {
        // bio_split() waits for a clone of the bio set's mempool.
        sleep();
        front = splitFront(bio, sectors);
      }
      if (front === 0) {
        endBio(bio, RESOURCE);
        return;
      }
      counts.splits++;
      if (tell !== undefined) tell.bio("X", front, bio);
      // The front first; the remainder then takes the whole way again.
      submitPart(front);
    }
  };

  const submitElsewhere = (bio: number): void => {
    const mine = plugged;
    plugged = false;
    isElsewhere = true;
    submitBio(bio);
    isElsewhere = false;
    plugged = mine;
  };

  const wait = (): void => {
    const waits = inFlight > 0 || dispatch.hasPending() ||
      flushes.isPending() || (plugged && plug.count() > 0);
    if (waits) sleep();
  };
  const reapScheduled = (): void => {
    work();
    driver.wait();
    work();
  };
  const completedElsewhere = (count: number): void => {
    inFlight -= count;
  };
  const freeTags = (): number => settings.tags - requests.tags.live();
  return {
    submitBio,
    submitElsewhere,
    startPlug,
    finishPlug,
    complete,
    wait,
    sleep,
    drain,
    reap: policy.hasOwnTags ? reapScheduled : driver.wait,
    yieldCpu: policy.hasOwnTags ? work : () => {},
    completedElsewhere,
    freeTags,
    counts,
  };
}
