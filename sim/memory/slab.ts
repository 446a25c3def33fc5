/**
 * A slab cache with LIFO reuse: the object freed last is given out first, so
 * it is still warm, which is why kernel structures rarely miss the cache.
 *
 * As in SLUB (mm/slub.c), a free object holds the pointer to the next free one
 * in its own memory, at the middle of the object, so allocating and freeing
 * touch a line of it.
 */
import {
  createRemoteList,
  REMOTE_LIST,
  type RemoteList,
} from "./remote_list.ts";
import type { RandomStream } from "../random/random_stream.ts";
import type { KernelMemory } from "./kernel_memory.ts";

/** How a slab cache is laid out. */
export interface SlabOptions {
  /** Name of the structure for footprints. */
  readonly structure: string;
  /** What its region is found by; default: the structure's name. */
  readonly name?: string;
  /** Bytes that an object needs. */
  readonly objectBytes: number;
  /** Distance of the objects in bytes, at least `objectBytes`. */
  readonly strideBytes: number;
  /** How many objects there are. */
  readonly count: number;
  /** Offset in a free object of the pointer to the next free one. */
  readonly freePointerOffset: number;
}

/**
 * Names the region of a slab's freelist head.
 *
 * @param name Name of the slab's own region.
 * @returns The name.
 */
export function slabHeadName(name: string): string {
  return `freelist of ${name}`;
}

/** A cache of equal objects. */
export class Slab {
  /** Distance of the objects in bytes. */
  readonly strideBytes: number;
  /** Takes an object: its offset, or 0 where none is left. */
  readonly take: () => number;
  /** Gives an object back. */
  readonly give: (object: number) => void;
  readonly #live: () => number;
  readonly #remote: RemoteList | undefined;

  constructor(memory: KernelMemory, options: SlabOptions) {
    const { strideBytes, count, freePointerOffset, structure } = options;
    const { name = structure } = options;
    this.strideBytes = strideBytes;
    const { getPointer, setPointer } = memory;
    // The per-CPU freelist head (struct kmem_cache_cpu).
    const head = memory.reserve("kmem_cache_cpu", memory.abi.pointerBytes, {
      name: slabHeadName(name),
    });
    const first = memory.reserve(structure, strideBytes * count, {
      name,
      strideBytes,
      alignBytes: 4096,
      freePointerOffset,
    });
    setPointer(head, 0);
    const order = Array.from({ length: count }, (_, i) => count - 1 - i);
    for (const i of shuffled(order, memory.scatter)) {
      const object = first + i * strideBytes;
      setPointer(object + freePointerOffset, getPointer(head));
      setPointer(head, object);
    }
    const remote = remoteOf(
      memory,
      `remote freelist of ${name}`,
      (object, next) => setPointer(object + freePointerOffset, next),
    );
    this.#remote = remote;
    // Not a private field: its access is more bytecode than all the rest here.
    let live = 0;
    this.#live = () => live;
    const take = () => {
      let object = getPointer(head);
      if (object === 0 && remote !== undefined) object = remote.takeAll();
      if (object !== 0) {
        setPointer(head, getPointer(object + freePointerOffset));
        live++;
      }
      return object;
    };
    const giveBack = (object: number) => {
      setPointer(object + freePointerOffset, getPointer(head));
      setPointer(head, object);
      live--;
    };
    const give = remote === undefined || memory.sharing === "submits"
      ? giveBack
      : (object: number) => {
        remote.push(object);
        memory.remoteFrees++;
      };
    const { onFreelist } = memory;
    if (onFreelist === undefined) {
      this.take = take;
      this.give = give;
    } else {
      // The link in a free object is the allocator's, not the structure's.
      this.take = () => {
        onFreelist(true);
        const object = take();
        onFreelist(false, object === 0 ? undefined : options);
        return object;
      };
      this.give = (object) => {
        onFreelist(true);
        give(object);
        onFreelist(false);
      };
    }
  }

  /** Objects that are taken now. */
  get live(): number {
    return this.#live() - (this.#remote?.pushed() ?? 0);
  }
}

/**
 * Puts objects in random order, as those of a kernel that has run for a while
 * (or was built with CONFIG_SLAB_FREELIST_RANDOM) come.
 */
function shuffled(order: number[], random?: RandomStream): number[] {
  if (random === undefined) return order;
  for (let i = order.length - 1; i > 0; i--) {
    const other = random.below(i + 1);
    [order[i], order[other]] = [order[other] as number, order[i] as number];
  }
  return order;
}

/** The list of objects that the other worker frees, where there is one. */
function remoteOf(
  memory: KernelMemory,
  name: string,
  setNext: (object: number, next: number) => void,
): RemoteList | undefined {
  if (memory.sharing === undefined) return undefined;
  // The slab's own freelist (struct slab), on a line that others write.
  const head = memory.reserve("slab freelist", 128, {
    name,
    alignBytes: 128,
  });
  const words = memory.words();
  for (const word of Object.values(REMOTE_LIST)) {
    words.write((head >> 2) + word, 0);
  }
  return createRemoteList(words, head >> 2, setNext);
}
