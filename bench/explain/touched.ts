/** What the stages of one I/O touched, by structure. */
import type { RegionPart } from "../../sim/trace/footprint.ts";
import type { MemoryRegion } from "../../sim/memory/memory_region.ts";
import type { AccessSink } from "../../sim/trace/access_batch.ts";
import type { ExplainedTouch } from "./explanation.ts";

/** Bits of an address inside a cache line of 64 bytes. */
const LINE_SHIFT = 6;
/** The structure of accesses that the slab allocator itself makes. */
const ALLOCATOR = "slab freelist";
/** The structure of its zeroing. */
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
  #regions: readonly MemoryRegion[] = [];
  #parts: readonly RegionPart[] = [];

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
    this.#regions = regions;
    this.#parts = parts;
  }

  readonly sink: AccessSink = (at, sizeBytes, isWrite, stage) => {
    const name = this.#stages[stage] ?? `stage ${stage}`;
    const structure = this.inAllocator
      ? ALLOCATOR
      : this.inZeroing
      ? ZEROING
      : this.#structureAt(at);
    const sums = sumsOf(this.#sums, name, structure);
    const all = this.#lines.get(structure) ?? new Set();
    this.#lines.set(structure, all);
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

  #structureAt(at: number): string {
    const region = this.#regions.find(({ offset, sizeBytes }) =>
      at >= offset && at < offset + sizeBytes
    );
    if (region === undefined) return "other";
    const { offset, strideBytes, structure } = region;
    const inside = strideBytes === 0
      ? at - offset
      : (at - offset) % strideBytes;
    return this.#parts.findLast((part) =>
      part.of === structure && inside >= part.offset
    )?.structure ?? structure;
  }
}

function sumsOf(
  from: Map<string, Map<string, Sums>>,
  stage: string,
  structure: string,
): Sums {
  const structures = from.get(stage) ?? new Map<string, Sums>();
  from.set(stage, structures);
  const sums = structures.get(structure) ??
    { lines: new Set(), bytes: new Set(), reads: 0, writes: 0 };
  structures.set(structure, sums);
  return sums;
}
