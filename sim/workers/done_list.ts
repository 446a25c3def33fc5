/**
 * Requests that one CPU found done and another one completes: blk_cpu_done of
 * block/blk-mq.c, a list of the CPU that completes, which the CPU of the
 * interrupt adds to (blk_mq_complete_send_ipi(), llist_add()) and which is
 * taken as a whole (blk_complete_reqs(), llist_del_all()).
 *
 * One word is the head, one of each request the next of it; both name a request
 * by its tag and 1, so that 0 is the end. Whoever adds to an empty list sends
 * the interrupt; if the list was not empty, one is under way.
 */
import type { SharedWords } from "../memory/shared_words.ts";
import {
  type HardwareQueueWords,
  REQUEST_STATE,
} from "./hardware_queue_words.ts";

const { next: NEXT, status: STATUS } = REQUEST_STATE;

/** The side of the CPU that finds requests done. */
export interface DoneAdder {
  /**
   * Adds a request; returns whether the list was empty, so that the other side
   * has to be interrupted.
   */
  readonly add: (tag: number, status: number) => boolean;
}

/** The side of the CPU that completes them. */
export interface DoneTaker {
  readonly hasAny: () => boolean;
  /** Takes the one that was added first; -1 for none. */
  readonly take: () => number;
  /** Status of the one that was taken last. */
  readonly status: () => number;
}

type Place = Pick<HardwareQueueWords, "requests" | "requestWords">;

/**
 * Makes the side that adds.
 *
 * @param head Word of the list's head.
 */
export function createDoneAdder(
  words: SharedWords,
  head: number,
  { requests, requestWords }: Place,
): DoneAdder {
  const { load, write, compareExchange } = words;
  return {
    add: (tag, status) => {
      const request = requests + tag * requestWords;
      write(request + STATUS, status);
      for (;;) {
        const first = load(head);
        write(request + NEXT, first);
        if (compareExchange(head, first, tag + 1) === first) return first === 0;
      }
    },
  };
}

/**
 * Makes the side that takes.
 *
 * @param head Word of the list's head.
 */
export function createDoneTaker(
  words: SharedWords,
  head: number,
  { requests, requestWords }: Place,
): DoneTaker {
  const { load, read, write, exchange } = words;
  /** What was taken off the list and not yet given out, the oldest first. */
  let node = 0;
  let lastStatus = 0;
  const nextAt = (of: number) => requests + (of - 1) * requestWords + NEXT;
  /** llist_reverse_order() */
  const reverse = (last: number): number => {
    let from = last;
    let to = 0;
    while (from !== 0) {
      const next = read(nextAt(from));
      write(nextAt(from), to);
      to = from;
      from = next;
    }
    return to;
  };
  return {
    hasAny: () => node !== 0 || load(head) !== 0,
    take: () => {
      if (node === 0) {
        if (load(head) === 0) return -1;
        node = reverse(exchange(head, 0));
      }
      const tag = node - 1;
      // Read before the request is given back: its tag may be another's then.
      node = read(nextAt(node));
      lastStatus = read(requests + tag * requestWords + STATUS);
      return tag;
    },
    status: () => lastStatus,
  };
}
