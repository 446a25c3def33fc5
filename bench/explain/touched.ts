/** What the stages of one I/O touched, by structure. */
import type { MemoryRegion } from "../../sim/memory/memory_region.ts";
import {
  ALLOCATOR_STRUCTURE,
  RegionIndex,
  type RegionPart,
} from "../../sim/memory/region_index.ts";
import type { AccessSink } from "../../sim/trace/access_batch.ts";
import type { ExplainedTouch } from "./explanation.ts";

/** Bits of an address inside a cache line of 64 bytes. */
const LINE_SHIFT = 6;
/** The structure of what the slab allocator zeroes. */
const ZEROING = "init_on_alloc";

interface Sums {
  readonly lines: Set<number>;
  readonly bytes: Set<number>;
  reads: number;
  writes: number;
}

/** Collects the accesses of one I/O; nothing in it is meant to be fast. */
export class Touched {
  /** Whether the slab allocator itself is at work. */
  inAllocator = false;
  /** Whether it zeroes what it gives out. */
  inZeroing = false;
  readonly #stages: readonly string[];
  readonly #sums = new Map<string, Map<string, Sums>>();
  readonly #lines = new Map<string, Set<number>>();
  #index = new RegionIndex([]);

  /** Starts with nothing touched. */
  constructor(stages: readonly string[]) {
    this.#stages = stages;
  }

  /**
   * Says where the structures are; to be called before the first access.
   *
   * @param parts Parts of their objects that count as another structure.
   */
  place(
    regions: readonly MemoryRegion[],
    parts: readonly RegionPart[],
  ): void {
    this.#index = new RegionIndex(regions, parts);
  }

  readonly sink: AccessSink = (at, sizeBytes, isWrite, stage) => {
    const name = this.#stages[stage] ?? `stage ${stage}`;
    const structure = this.inAllocator
      ? ALLOCATOR_STRUCTURE
      : this.inZeroing
      ? ZEROING
      : this.#index.structures[this.#index.find(at)] ?? "";
    const sums = this.#sums.getOrInsertComputed(name, () => new Map())
      .getOrInsertComputed(structure, nothingTouched);
    const all = this.#lines.getOrInsertComputed(structure, () => new Set());
    if (isWrite) sums.writes++;
    else sums.reads++;
    for (let byte = at; byte < at + sizeBytes; byte++) {
      sums.bytes.add(byte);
      sums.lines.add(byte >>> LINE_SHIFT);
      all.add(byte >>> LINE_SHIFT);
    }
  };

  /** By stage, in the order in which the stages came, then by structure. */
  get touches(): ExplainedTouch[] {
    return [...this.#sums].flatMap(([stage, structures]) =>
      [...structures].map(([structure, { lines, bytes, reads, writes }]) => ({
        stage,
        structure,
        lines: lines.size,
        bytes: bytes.size,
        reads,
        writes,
      }))
    );
  }

  /** Distinct lines of each structure over all stages. */
  get lines(): Record<string, number> {
    return Object.fromEntries(
      [...this.#lines].map(([structure, lines]) => [structure, lines.size]),
    );
  }
}

function nothingTouched(): Sums {
  return { lines: new Set(), bytes: new Set(), reads: 0, writes: 0 };
}
