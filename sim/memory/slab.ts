/**
 * A slab cache with LIFO reuse: the object freed last is given out first, so
 * it is still warm, which is why kernel structures rarely miss the cache.
 *
 * What finds that object is in slab_allocator.ts.
 */
import {
  createRemoteList,
  REMOTE_LIST,
  type RemoteList,
} from "./remote_list.ts";
import type { RandomStream } from "../random/random_stream.ts";
import type { KernelMemory } from "./kernel_memory.ts";
import { writePointer } from "./memory_access.ts";
import { createFreeObjects, type SlabAllocator } from "./slab_allocator.ts";

/** How a slab cache is laid out. */
export interface SlabOptions {
  /** Name of the structure for footprints. */
  readonly structure: string;
  /** What its region is found by; default: the structure's name. */
  readonly name?: string;
  /** Name of the cache, where structures share one; default: `name`. */
  readonly cacheName?: string;
  /** Bytes that an object needs. */
  readonly objectBytes: number;
  /** Distance of the objects in bytes, at least `objectBytes`. */
  readonly strideBytes: number;
  readonly count: number;
  /** Offset in a free object of the pointer to the next free one. */
  readonly freePointerOffset: number;
  /** What gives the objects out; default: a freelist. */
  readonly allocator?: SlabAllocator;
  /**
   * Whether init_on_alloc zeroes an object as it is taken; default: false, as
   * in a SLAB_TYPESAFE_BY_RCU cache (slab_want_init_on_alloc).
   */
  readonly zeroes?: boolean;
}

/** A cache of equal objects. */
export class Slab {
  /** Distance of the objects in bytes. */
  readonly strideBytes: number;
  /** Takes an object: its offset, or 0 where none is left. */
  readonly take: () => number;
  readonly give: (object: number) => void;
  /** Where the size of an object is in memory; 0 where nobody reads it. */
  readonly objectSizeAt: number;
  readonly #live: () => number;
  readonly #remote: RemoteList | undefined;

  constructor(memory: KernelMemory, options: SlabOptions) {
    const { strideBytes, count, freePointerOffset, structure } = options;
    const { name = structure, objectBytes, allocator = "freelist" } = options;
    const zeroes = memory.initOnAlloc && options.zeroes === true;
    this.strideBytes = strideBytes;
    // Another worker's frees go to a list through the objects, whose owner
    // takes them when its own list has run out.
    const kind = memory.sharing === undefined ? allocator : "freelist";
    const free = createFreeObjects(memory, kind, {
      name,
      count,
      freePointerOffset,
      cacheName: options.cacheName,
      refill: memory.sharing && (() => remote?.takeAll() ?? 0),
    });
    this.objectSizeAt = free.objectSizeAt ?? 0;
    const first = memory.reserve(structure, strideBytes * count, {
      name,
      strideBytes,
      alignBytes: 4096,
      freePointerOffset,
    });
    const order = Array.from({ length: count }, (_, i) => count - 1 - i);
    const objects = shuffled(order, memory.scatter)
      .map((i) => first + i * strideBytes);
    const links = memory.linksAtOnce || !free.linksObjects
      ? undefined
      : new LinksAtNeed(memory, objects, freePointerOffset);
    free.fill(objects, links?.linked);
    const { setPointer } = memory;
    const remote = remoteOf(
      memory,
      `remote freelist of ${name}`,
      (object, next) => setPointer(object + freePointerOffset, next),
    );
    this.#remote = remote;
    // An int32 word instead of a `let`: bench/HOT_PATH.md, "Integers".
    const { getOwn, addOwn } = memory;
    const LIVE = memory.reserveOwn(1);
    this.#live = () => getOwn(LIVE);
    const { take: takeFree, give: giveFree } = free;
    const takeCounted = () => {
      const object = takeFree();
      if (object !== 0) addOwn(LIVE, 1);
      return object;
    };
    const take = links === undefined ? takeCounted : () => {
      const object = takeCounted();
      if (object === links.last) links.linkMore();
      return object;
    };
    const giveBack = (object: number) => {
      giveFree(object);
      addOwn(LIVE, -1);
    };
    const give = remote === undefined || memory.sharing === "submits"
      ? giveBack
      : (object: number) => {
        remote.push(object);
        memory.remoteFrees++;
      };
    const { onFreelist } = memory;
    const { isLinked } = free;
    const watchedTake = onFreelist === undefined ? take : () => {
      // The link in a free object is the allocator's, not the structure's.
      onFreelist(isLinked);
      const object = take();
      onFreelist(false, object === 0 ? undefined : options);
      return object;
    };
    this.take = zeroes
      ? () => {
        const object = watchedTake();
        if (object !== 0) memory.zero(object, objectBytes);
        return object;
      }
      : watchedTake;
    this.give = onFreelist === undefined ? give : (object) => {
      onFreelist(isLinked);
      give(object);
      onFreelist(false);
    };
  }

  /** Objects that are taken now. */
  get live(): number {
    return this.#live() - (this.#remote?.pushed() ?? 0);
  }
}

/** Objects that are linked at a time; of a list page each has its own page. */
const LINKED_AT_A_TIME = 16;

/**
 * The links of a list whose objects are linked shortly before they are taken:
 * those of an object that nobody takes are read by nobody. Nothing of it is
 * seen by a trace, as nothing is of what is linked when a slab is made.
 */
class LinksAtNeed {
  /** The last object whose link is there; 0 if all are. */
  last = 0;
  linked = 0;
  readonly #memory: KernelMemory;
  readonly #objects: readonly number[];
  readonly #freePointerOffset: number;

  constructor(
    memory: KernelMemory,
    objects: readonly number[],
    freePointerOffset: number,
  ) {
    this.#memory = memory;
    this.#objects = objects;
    this.#freePointerOffset = freePointerOffset;
    this.#count(LINKED_AT_A_TIME);
  }

  #count(more: number): void {
    const { length } = this.#objects;
    this.linked = Math.min(length, this.linked + more);
    this.last = this.linked === length
      ? 0
      : this.#objects[length - this.linked] as number;
  }

  linkMore(): void {
    const { unseen, abi } = this.#memory;
    const objects = this.#objects;
    let at = objects.length - this.linked;
    this.#count(LINKED_AT_A_TIME);
    const end = objects.length - this.linked;
    while (at-- > end) {
      writePointer(
        unseen,
        abi,
        (objects[at] as number) + this.#freePointerOffset,
        objects[at - 1] ?? 0,
      );
    }
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
