/**
 * Objects that another CPU has freed: a list that anybody pushes on and that
 * its owner takes whole. It is SLUB's second freelist (mm/slub.c: __slab_free()
 * pushes by cmpxchg, get_freelist() takes all of it when the CPU's own list has
 * run out). Because nobody ever takes a single object, a head that comes back
 * (ABA) does no harm.
 */
import type { SharedWords } from "./shared_words.ts";

/** Words of a list: the first object, and how many were ever pushed. */
export const REMOTE_LIST = { head: 0, pushed: 1 } as const;

export interface RemoteList {
  readonly push: (object: number) => void;
  /** Takes all objects; the first, linked to the others, or 0. */
  readonly takeAll: () => number;
  /** How many objects were ever pushed. */
  readonly pushed: () => number;
}

/**
 * Makes one side of a list; each worker that uses it makes its own.
 *
 * @param at Index of its first word; all words 0 for an empty list.
 * @param setNext Links an object to the one after it; 0 for none.
 */
export function createRemoteList(
  words: SharedWords,
  at: number,
  setNext: (object: number, next: number) => void,
): RemoteList {
  const { load, compareExchange, exchange } = words;
  const head = at + REMOTE_LIST.head;
  const pushedAt = at + REMOTE_LIST.pushed;
  return {
    push: (object) => {
      for (;;) {
        const count = load(pushedAt);
        if (compareExchange(pushedAt, count, count + 1) === count) break;
      }
      for (;;) {
        const first = load(head);
        setNext(object, first);
        if (compareExchange(head, first, object) === first) return;
      }
    },
    takeAll: () => load(head) === 0 ? 0 : exchange(head, 0),
    pushed: () => load(pushedAt),
  };
}
