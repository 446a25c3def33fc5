/**
 * Flushes before and after a request's data (block/blk-flush.c,
 * blk_insert_flush): requests wait, and one flush serves all of them.
 */
import { BLK_STS, REQ_FLAG, RQF } from "../kernel/operation.ts";
import type { BlockQueueOptions } from "./queue_parts.ts";

/** Requests on their way through flushes. */
export interface FlushSequence {
  /**
   * blk_insert_flush(): says whether the request has gone its own way, past
   * the plug.
   */
  readonly insert: (request: number) => boolean;
  /** Takes a request whose data is done until the flush after it is. */
  readonly hold: (request: number) => void;
  /** Whether any request waits for a flush. */
  readonly isPending: () => boolean;
  /** Flushes once, ends what waited for that and issues what may go now. */
  readonly run: () => void;
}

/** Where requests go that need not wait any more. */
export interface FlushedRequests {
  readonly end: (request: number, status: number) => void;
  /** Issues a list of requests before others. */
  readonly issueFirst: (first: number) => void;
}

export function createFlushSequence(
  options: Pick<
    BlockQueueOptions,
    "memory" | "requests" | "driver" | "settings" | "profile"
  >,
  to: FlushedRequests,
): FlushSequence {
  const { memory, requests, driver, settings, profile } = options;
  const { get32, set32, getPointer, setPointer } = memory;
  const { field } = requests;
  const { fua } = settings;
  const issuesFlushed = profile.flushedData === "issue";
  /** Requests whose data is done and whose flush is not. */
  let flushing = 0;
  /** Requests that wait for a flush before their data. */
  let preflushing = 0;
  let lastPreflushing = 0;

  const insert = (request: number): boolean => {
    const opf = get32(request + field.opf);
    const hasData = get32(request + field.dataLen) !== 0;
    const needsPost = (opf & REQ_FLAG.fua) !== 0 && !fua;
    const needsPre = (opf & REQ_FLAG.preflush) !== 0;
    const gone = REQ_FLAG.preflush | (fua ? 0 : REQ_FLAG.fua);
    const added = REQ_FLAG.sync | REQ_FLAG.nomerge;
    set32(request + field.opf, opf & ~gone | added);
    if (!hasData) {
      driver.flush();
      to.end(request, BLK_STS.ok);
      return true;
    }
    if (needsPost) {
      const flags = get32(request + field.flags);
      set32(request + field.flags, flags | RQF.flushSeq);
    }
    if (needsPre) {
      // The flush goes out from a work queue, the data after it.
      setPointer(request + field.next, 0);
      if (preflushing === 0) preflushing = request;
      else setPointer(lastPreflushing + field.next, request);
      lastPreflushing = request;
      return true;
    }
    if (!issuesFlushed) return false;
    setPointer(request + field.next, 0);
    to.issueFirst(request);
    return true;
  };

  const hold = (request: number): void => {
    setPointer(request + field.next, flushing);
    flushing = request;
  };

  const run = (): void => {
    driver.flush();
    let request = flushing;
    flushing = 0;
    while (request !== 0) {
      const next = getPointer(request + field.next);
      to.end(request, BLK_STS.ok);
      request = next;
    }
    // blk_mq_requeue_work(): their data, in the order of submission.
    request = preflushing;
    preflushing = 0;
    to.issueFirst(request);
  };
  const isPending = (): boolean => flushing !== 0 || preflushing !== 0;
  return { insert, hold, isPending, run };
}
