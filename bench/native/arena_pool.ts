/**
 * Memory for the arenas of one build after the other: taken from the system
 * once, given to another contender in each build, and all zeros again each time.
 * Builds of several cells take turns: there are as many arenas as the largest
 * number at once, each as large as the largest of them.
 */
import type {
  ArenaPlace,
  KernelMemory,
} from "../../sim/memory/kernel_memory.ts";
import {
  type RandomStream,
  randomStream,
} from "../../sim/random/random_stream.ts";
import { placeArena } from "./place_arena.ts";

interface PooledPlace {
  readonly place: ArenaPlace;
  readonly sizeBytes: number;
  /** How much of it is handed out. */
  usedBytes: number;
  /** Bytes of it that are not zeros any more, at most. */
  touchedBytes: number;
  isUsed: boolean;
}

/** Arenas that are used again. */
export class ArenaPool {
  readonly #places: PooledPlace[] = [];
  #random: RandomStream = randomStream(0, "arenas");

  /** Bytes of all arenas that were handed out since the last reset. */
  get sizeBytes(): number {
    return this.#places.filter(({ isUsed }) => isUsed)
      .reduce((sum, { usedBytes }) => sum + usedBytes, 0);
  }

  /** @param seed Seed of who gets which of them next. */
  reset(seed: number): void {
    for (const place of this.#places) place.isUsed = false;
    this.#random = randomStream(seed, "arenas");
  }

  /** Finds memory of that size, all zeros; as `placeArena()`. */
  readonly place = (sizeBytes: number): ArenaPlace => {
    const large = this.#places.filter((one) =>
      !one.isUsed && one.sizeBytes >= sizeBytes
    );
    // What is larger than it need be is left to who needs it.
    const least = Math.min(...large.map((one) => one.sizeBytes));
    const free = large.filter((one) => one.sizeBytes === least);
    const found = free[this.#random.below(Math.max(1, free.length))];
    if (found === undefined) {
      // One that has become too small makes room.
      const small = this.#places.findIndex(({ isUsed }) => !isUsed);
      if (small >= 0) this.#places.splice(small, 1);
      const place = placeArena(sizeBytes);
      this.#places.push({
        ...{ place, sizeBytes, isUsed: true },
        ...{ usedBytes: sizeBytes, touchedBytes: sizeBytes },
      });
      return place;
    }
    found.isUsed = true;
    const { buffer, baseBytes } = found.place;
    new Uint8Array(buffer, baseBytes, found.touchedBytes).fill(0);
    found.usedBytes = found.touchedBytes = sizeBytes;
    return found.place;
  };

  /** Takes note of how much of an arena is in use: the rest is still zeros. */
  touched({ buffer, usedBytes }: KernelMemory): void {
    const found = this.#places.find(({ place }) => place.buffer === buffer);
    if (found !== undefined) found.touchedBytes = usedBytes;
  }
}
