/**
 * Doubly linked circular lists in kernel memory (struct list_head,
 * include/linux/list.h). An entry is where the list_head of an object is.
 */
import type { KernelMemory } from "../memory/kernel_memory.ts";

export interface LinkedLists {
  /** INIT_LIST_HEAD(): makes an empty list, or an entry of none. */
  readonly clear: (head: number) => void;
  /** Whether a list is empty, or an entry in none. */
  readonly isEmpty: (head: number) => boolean;
  /** The first entry; the head itself where there is none. */
  readonly first: (head: number) => number;
  /** list_add(): puts an entry right after another one, or the head. */
  readonly addBehind: (entry: number, at: number) => void;
  /** list_add_tail() */
  readonly addTail: (entry: number, head: number) => void;
  /** list_del_init() */
  readonly remove: (entry: number) => void;
}

export function createLinkedLists(memory: KernelMemory): LinkedLists {
  const { getPointer, setPointer } = memory;
  const previous = memory.abi.pointerBytes;
  const clear = (head: number): void => {
    setPointer(head, head);
    setPointer(head + previous, head);
  };
  const insert = (entry: number, before: number, after: number): void => {
    setPointer(after + previous, entry);
    setPointer(entry, after);
    setPointer(entry + previous, before);
    setPointer(before, entry);
  };
  return {
    clear,
    isEmpty: (head) => getPointer(head) === head,
    first: getPointer,
    addBehind: (entry, at) => insert(entry, at, getPointer(at)),
    addTail: (entry, head) => insert(entry, getPointer(head + previous), head),
    remove: (entry) => {
      const before = getPointer(entry + previous);
      const after = getPointer(entry);
      setPointer(after + previous, before);
      setPointer(before, after);
      clear(entry);
    },
  };
}
