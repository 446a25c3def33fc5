/**
 * Completion on another CPU: what blk-mq does where the interrupt of a queue
 * comes to a CPU that is not the submitter's and rq_affinity is 0
 * (blk_mq_complete_request_remote() says no, and the request ends where it is).
 * The completing worker ends the bios, gives back tags, references and objects
 * in the submitter's memory, and then says how much has ended.
 */
import type { KernelMemory } from "../memory/kernel_memory.ts";
import type { EndedElsewhere } from "../path/path_counts.ts";
import { OWN_LINE_BYTES } from "./queue_words.ts";
import type { SharedWords } from "../memory/shared_words.ts";

/** Words of the account: totals that only the completing worker writes. */
const ENDED = { requests: 0, ios: 1, errors: 2 } as const;

/**
 * Reserves an account in the submitter's memory.
 *
 * @returns Index of its first word.
 */
export function reserveAccount(memory: KernelMemory): number {
  return memory.reserve("ended elsewhere", OWN_LINE_BYTES, {
    alignBytes: OWN_LINE_BYTES,
  }) >> 2;
}

/** The completing worker's side of an account. */
export interface EndTeller {
  /** A request has been completed. */
  readonly request: () => void;
  /** An I/O has ended. */
  readonly io: (isError: boolean) => void;
  /** Publishes all of it, if there is anything new. */
  readonly publish: () => void;
}

/**
 * Makes the completing worker's side.
 *
 * @param words The submitter's memory.
 * @param account Index of the account's first word.
 * @param wakeSubmitter Called after news were published.
 */
export function createEndTeller(
  words: SharedWords,
  account: number,
  wakeSubmitter: () => void,
): EndTeller {
  const { load, store } = words;
  let requests = load(account + ENDED.requests);
  let ios = load(account + ENDED.ios);
  let errors = load(account + ENDED.errors);
  let isNew = false;
  return {
    request: () => {
      requests = (requests + 1) | 0;
      isNew = true;
    },
    io: (isError) => {
      ios = (ios + 1) | 0;
      if (isError) errors = (errors + 1) | 0;
      isNew = true;
    },
    publish: () => {
      if (!isNew) return;
      isNew = false;
      store(account + ENDED.errors, errors);
      store(account + ENDED.ios, ios);
      store(account + ENDED.requests, requests);
      wakeSubmitter();
    },
  };
}

/** The submitter's side of an account. */
export interface EndListener {
  /** Whether something has ended since the last time. */
  readonly hasNews: () => boolean;
  /** Takes the news. */
  readonly take: () => void;
}

/** How the submitter's side begins. */
export interface EndListenerOptions {
  /** Called with what has ended since the last time. */
  readonly apply: (ended: EndedElsewhere) => void;
  /** What was taken already; default: nothing. */
  readonly seen?: EndedElsewhere;
}

/**
 * Makes the submitter's side.
 *
 * @param account Index of the account's first word.
 */
export function createEndListener(
  words: SharedWords,
  account: number,
  options: EndListenerOptions,
): EndListener {
  const { load } = words;
  const { apply } = options;
  const seen = { requests: 0, ios: 0, errors: 0, ...options.seen };
  const news = { requests: 0, ios: 0, errors: 0 };
  return {
    // Requests are published last: the I/Os that ended by them are there.
    hasNews: () => load(account + ENDED.requests) !== seen.requests,
    take: () => {
      const requests = load(account + ENDED.requests);
      const ios = load(account + ENDED.ios);
      const errors = load(account + ENDED.errors);
      news.requests = (requests - seen.requests) | 0;
      news.ios = (ios - seen.ios) | 0;
      news.errors = (errors - seen.errors) | 0;
      seen.requests = requests;
      seen.ios = ios;
      seen.errors = errors;
      apply(news);
    },
  };
}
