/**
 * One arena for one path after another. Some hundred paths of a test would have
 * an arena of their own each, and the collector would have most of the work.
 */
import { allocateArena } from "../../sim/memory/allocate.ts";
import type {
  ArenaPlace,
  KernelMemory,
} from "../../sim/memory/kernel_memory.ts";

/** An arena that a path gives back. */
export class OneArena {
  #buffer = allocateArena("paths", 1 << 20);
  #isUsed = false;

  /** Gives the arena, all zero, as `placeArena` of an assembly. */
  readonly place = (sizeBytes: number): ArenaPlace => {
    if (this.#isUsed) throw new TypeError("the arena is in use");
    this.#isUsed = true;
    if (this.#buffer.byteLength < sizeBytes) {
      this.#buffer = allocateArena("paths", sizeBytes);
    }
    return { buffer: this.#buffer, baseBytes: 0 };
  };

  /** Takes it back from the path that has it. */
  free({ usedBytes }: KernelMemory): void {
    new Uint8Array(this.#buffer, 0, usedBytes).fill(0);
    this.#isUsed = false;
  }
}
