/**
 * A queue of the block layer: from a submitted bio to a request at the driver
 * and back (block/blk-core.c, blk-mq.c, blk-flush.c, blockspec 2.6-2.8).
 */
import { createBlockEvents } from "./block_events.ts";
import { MERGE } from "./merge.ts";
import { BLK_STS, REQ_FLAG, REQ_OP, REQ_OP_MASK } from "./operation.ts";
import type {
  BlockQueue,
  BlockQueueCounts,
  BlockQueueOptions,
} from "./queue_parts.ts";
import { createSoftwareQueue } from "./software_queue.ts";

// V8 loads an imported binding anew at every use and folds a const of the
// module that uses it.
const OPERATION = REQ_OP_MASK;
const OK = BLK_STS.ok;
const AGAIN = BLK_STS.again;
const RESOURCE = BLK_STS.resource;
const READ = REQ_OP.read;
const NOMERGE = REQ_FLAG.nomerge;
const FUA = REQ_FLAG.fua;
const PREFLUSH = REQ_FLAG.preflush;
const NOWAIT = REQ_FLAG.nowait;
const SYNC = REQ_FLAG.sync;
const NONE = MERGE.none;
const FRONT = MERGE.front;

/** RQF_FLUSH_SEQ: a flush follows the request's data. */
const RQF_FLUSH_SEQ = 1 << 4;
const FLUSHES = REQ_FLAG.fua | REQ_FLAG.preflush;

/**
 * Makes a queue.
 *
 * @param options What it works with.
 * @returns The queue.
 */
export function createBlockQueue(options: BlockQueueOptions): BlockQueue {
  const { memory, bios, requests, splitFront, endBio, onStage } = options;
  const { driver, settings, profile, plug, stages } = options;
  const { split, counted } = options.split;
  const { attempt } = options.merge;
  const { get16, get32, set32, getPointer, setPointer } = memory;
  const { field: bioField } = bios;
  const { field } = requests;
  const { writeCache, fua } = settings;
  const merges = settings.nomerges < 2;
  const plugsAll = profile.plugsZonedWrites || !settings.zoned;
  const issuesFlushed = profile.flushedData === "issue";
  const isLifo = profile.plugOrder === "lifo";
  const software = createSoftwareQueue(memory, {
    requests,
    attempt,
  });
  const tell = createBlockEvents({ memory, bios, requests }, options.observer);
  const counts: BlockQueueCounts = {
    bios: 0,
    segments: 0,
    requests: 0,
    physicalSegments: 0,
    merges: 0,
    splits: 0,
  };
  let plugged = false;
  let inFlight = 0;
  /** Requests whose data is done and whose flush is not. */
  let flushing = 0;
  /** Requests that wait for a flush before their data. */
  let preflushing = 0;

  const endRequest = (request: number, status: number): void => {
    let bio = getPointer(request + field.bio);
    if (tell !== undefined) tell.request("C", request, status);
    requests.free(request);
    while (bio !== 0) {
      const next = getPointer(bio + bioField.next);
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
      setPointer(request + field.next, flushing);
      flushing = request;
      return;
    }
    endRequest(request, status);
  };

  const start = (request: number): void => {
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
    let request = plug.takeList();
    if (fromSchedule) {
      // In the order of submission, whatever the list's own order is.
      if (isLifo) request = software.reverse(request);
      while (request !== 0) {
        const next = getPointer(request + field.next);
        if (tell !== undefined) tell.request("I", request, 0);
        software.append(request);
        request = next;
      }
      return;
    }
    while (request !== 0) {
      const next = getPointer(request + field.next);
      start(request);
      request = next;
    }
    driver.commit();
  };

  const runSoftware = (): void => {
    if (software.tail() === 0) return;
    for (;;) {
      const request = software.takeFirst();
      if (request === 0) break;
      start(request);
    }
    driver.commit();
  };

  const drain = (): void => {
    for (;;) {
      runSoftware();
      if (inFlight > 0) {
        driver.wait();
        continue;
      }
      if (flushing === 0 && preflushing === 0) return;
      // One flush serves all requests that wait for one (blk-flush.c).
      driver.flush();
      let request = flushing;
      flushing = 0;
      while (request !== 0) {
        const next = getPointer(request + field.next);
        endRequest(request, OK);
        request = next;
      }
      request = software.reverse(preflushing);
      preflushing = 0;
      while (request !== 0) {
        const next = getPointer(request + field.next);
        start(request);
        request = next;
      }
      driver.commit();
    }
  };

  const dropCached = (): void => {
    for (;;) {
      const request = plug.takeCached();
      if (request === 0) return;
      requests.free(request);
    }
  };

  /** io_schedule(): the plug is flushed on the way out, all else completes. */
  const sleep = (): void => {
    if (plugged) {
      flushPlug(true);
      dropCached();
    }
    drain();
  };

  const startPlug = (ios: number): boolean => {
    if (plugged) return false;
    plugged = true;
    plug.start(ios);
    return true;
  };
  const finishPlug = (): void => {
    flushPlug(false);
    dropCached();
    plugged = false;
  };

  /** Merges a bio into a request that waits; says whether it did. */
  const tryMerge = (bio: number, usesPlug: boolean): boolean => {
    const { segments } = counted;
    let how: number = NONE;
    if (usesPlug) {
      const newest = plug.newest();
      if (newest !== 0) how = attempt(newest, bio, segments);
    }
    if (how <= 0) how = software.tryMerge(bio, segments);
    if (how <= 0) return false;
    counts.merges++;
    if (tell !== undefined) tell.bio(how === FRONT ? "F" : "M", bio, 0);
    return true;
  };

  /** blk_mq_get_new_requests(); 0 if there is no tag and no waiting. */
  const getRequest = (bio: number, usesPlug: boolean): number => {
    if (usesPlug) {
      const cached = plug.takeCached();
      if (cached !== 0) return cached;
      const ios = plug.takeIos();
      if (ios > 1) {
        const first = requests.takeBatch(ios);
        if (first !== 0) {
          plug.cache(getPointer(first + field.next));
          return first;
        }
      }
    }
    let request = requests.take();
    while (request === 0) {
      if ((get32(bio + bioField.opf) & NOWAIT) !== 0) return 0;
      sleep();
      request = requests.take();
    }
    return request;
  };

  /**
   * blk_insert_flush(): says whether the request has gone its own way, past
   * the plug.
   */
  const insertFlush = (request: number): boolean => {
    const opf = get32(request + field.opf);
    const hasData = get32(request + field.dataLen) !== 0;
    const needsPost = (opf & FUA) !== 0 && !fua;
    const needsPre = (opf & PREFLUSH) !== 0;
    const kept = fua ? opf & ~PREFLUSH : opf & ~FLUSHES;
    set32(request + field.opf, kept | SYNC | NOMERGE);
    if (!hasData) {
      driver.flush();
      endRequest(request, OK);
      return true;
    }
    if (needsPost) {
      set32(
        request + field.flags,
        get32(request + field.flags) | RQF_FLUSH_SEQ,
      );
    }
    if (needsPre) {
      // The flush goes out from a work queue, the data behind it.
      setPointer(request + field.next, preflushing);
      preflushing = request;
      return true;
    }
    if (!issuesFlushed) return false;
    start(request);
    driver.commit();
    return true;
  };

  /** blk_mq_submit_bio() behind the split. */
  const submitOne = (bio: number): void => {
    const opf = get32(bio + bioField.opf);
    const usesPlug = plugged &&
      (plugsAll || (opf & OPERATION) === READ);
    if (merges && (opf & (FLUSHES | NOMERGE)) === 0) {
      onStage(stages.merge);
      if (tryMerge(bio, usesPlug)) return;
    }
    onStage(stages.request);
    const request = getRequest(bio, usesPlug);
    if (request === 0) {
      endBio(bio, AGAIN);
      return;
    }
    requests.prepare(request, bio, counted);
    if (tell !== undefined) tell.bio("G", bio, 0);
    if ((opf & FLUSHES) !== 0 && insertFlush(request)) return;
    if (!usesPlug) {
      start(request);
      driver.commit();
      return;
    }
    onStage(stages.merge);
    if (plug.isFull(merges)) flushPlug(false);
    if (tell !== undefined && plug.count() === 0) tell.plug("P", 0);
    plug.add(request);
  };

  const submitBio = (bio: number): void => {
    const opf = get32(bio + bioField.opf);
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
    counts.segments += get16(bio + bioField.vcnt);
    if (tell !== undefined) tell.bio("Q", bio, 0);
    for (;;) {
      onStage(stages.split);
      const sectors = split(bio);
      if (sectors < 0) {
        endBio(bio, -sectors);
        return;
      }
      if (sectors === 0) {
        submitOne(bio);
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
      submitOne(front);
    }
  };

  const submitElsewhere = (bio: number): void => {
    const mine = plugged;
    plugged = false;
    submitBio(bio);
    plugged = mine;
  };

  const wait = (): void => {
    const waits = inFlight > 0 || software.tail() !== 0 || flushing !== 0 ||
      preflushing !== 0 || (plugged && plug.count() > 0);
    if (waits) sleep();
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
    drain,
    completedElsewhere,
    freeTags,
    counts,
  };
}
