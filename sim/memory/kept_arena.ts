/**
 * An arena that the paths of an isolate use one after the other, for exact
 * figures only: memory is taken from the system once, and the accesses to it
 * are the same closures for all of them, so that V8 continues folding them into
 * the code as constants. Those of a second arena would be loaded, compared and
 * called at each access.
 */
import type { Abi } from "../../layouts/abi.ts";
import {
  type MemoryPlace,
  placeOf,
  type PlaceOptions,
} from "./memory_place.ts";
import type { MemoryRegion } from "./memory_region.ts";

/** Arenas of workloads in one run are mostly smaller; untouched, it is free. */
const LEAST_BYTES = 1 << 26;
/**
 * Bytes after a memory that are checked: whatever walks out of it gets there.
 */
const GUARD_BYTES = 1 << 20;

interface KeptPlace extends MemoryPlace {
  readonly abi: Abi;
  /** Whether its view was given by a watcher. */
  readonly isWatched: boolean;
  /** Bytes that are not zeros any more, at most. */
  touchedBytes: number;
  /** The regions of the memory that uses it, not all of which are reached. */
  regions: readonly MemoryRegion[];
}

/**
 * Memory that is given out again and again, all zeros each time.
 *
 * @example Two memories in one place
 * ```ts
 * import { findAbi } from "@bvec/lab";
 * import { assertEquals } from "@std/assert";
 * import { KeptArena } from "./kept_arena.ts";
 * import { KernelMemory } from "./kernel_memory.ts";
 *
 * const kept = new KeptArena();
 * const options = { abi: findAbi("lp64"), sizeBytes: 8192, kept };
 * const first = new KernelMemory(options);
 * first.set32(4096, 7);
 * const second = new KernelMemory(options); // `first` is of no use any more
 * assertEquals(second.buffer === first.buffer, true);
 * assertEquals(second.get32 === first.get32, true);
 * assertEquals(second.get32(4096), 0);
 * ```
 */
export class KeptArena {
  #place: KeptPlace | undefined;

  /**
   * Gives the arena to another memory. It is a new one if it was too small, or
   * read and written otherwise.
   *
   * @param options ABI, size, and who watches: the first one to watch keeps
   * watching.
   * @param regions What that memory reserves; looked at when the next one comes.
   * @throws {RangeError} As `check()`, of the memory that had it before.
   * @throws {TypeError} If the memory is to be in another one.
   */
  take(
    { abi, sizeBytes, wrap, buffer }: PlaceOptions,
    regions: readonly MemoryRegion[],
  ): MemoryPlace {
    if (buffer !== undefined) {
      throw new TypeError(
        "Cannot use a kept arena: found a buffer to place it in, expected none",
      );
    }
    this.check();
    const place = this.#place;
    if (
      place === undefined || place.abi !== abi ||
      place.buffer.byteLength < sizeBytes ||
      place.isWatched !== (wrap !== undefined)
    ) {
      this.#place = { ...newPlace(abi, sizeBytes, wrap), regions };
      return this.#place;
    }
    clear(place);
    place.touchedBytes = sizeBytes;
    place.regions = regions;
    return place;
  }

  /**
   * Checks that the memory that has the arena wrote nothing after its end. Its
   * view is as large as the arena, and throws there no more than at the end of
   * that.
   *
   * @throws {RangeError} If it did, up to 1 MiB after; the arena is not given
   * out again.
   */
  check(): void {
    if (this.#place === undefined) return;
    const { buffer, touchedBytes } = this.#place;
    const first = Math.ceil(touchedBytes / 4) * 4;
    const guardBytes = Math.min(GUARD_BYTES, buffer.byteLength - first);
    const words = new Int32Array(buffer, first, guardBytes >>> 2);
    for (let i = 0; i < words.length; i++) {
      if (words[i] === 0) continue;
      this.#place = undefined;
      throw new RangeError(
        `Cannot trust a path: found a write to kernel memory at offset ` +
          `${first + i * 4}, expected none after its ${touchedBytes} bytes`,
      );
    }
  }
}

/**
 * Zeroes a place, except for what nobody has reached: room for all the buffers
 * that may be registered is 50 MiB, and most windows need little of it.
 */
function clear({ buffer, touchedBytes, regions }: KeptPlace): void {
  let from = 0;
  for (const { offset, sizeBytes, reachedBytes } of regions) {
    if (reachedBytes === undefined) continue;
    zero(buffer, from, offset + reachedBytes());
    from = offset + sizeBytes;
  }
  zero(buffer, from, touchedBytes);
}

/** Zeroes bytes from one on up to another, both rounded outwards to 8. */
function zero(buffer: SharedArrayBuffer, from: number, to: number): void {
  new Float64Array(buffer).fill(0, from >>> 3, Math.ceil(to / 8));
}

function newPlace(
  abi: Abi,
  sizeBytes: number,
  wrap: PlaceOptions["wrap"],
): Omit<KeptPlace, "regions"> {
  const capacity = 2 ** Math.ceil(Math.log2(Math.max(LEAST_BYTES, sizeBytes)));
  return {
    ...placeOf({ abi, sizeBytes: capacity, wrap }),
    abi,
    isWatched: wrap !== undefined,
    touchedBytes: sizeBytes,
  };
}
