/**
 * The hierarchy under cachegrind's rules (valgrind, cachegrind/cg_sim.c and
 * cg_main.c): LRU, no dirty state, and a reference counts once however many
 * lines it touches.
 *
 * A reference that crosses a line border looks up both lines and misses at
 * most once; on a miss the whole reference goes to the next level. A modify is
 * one read. A reference longer than the shortest line of the hierarchy is cut
 * to that length (cg_main.c, `min_line_size`).
 */
import { CheckedAccess } from "./checked_access.ts";
import { linkLevels } from "./linked_levels.ts";
import type { HierarchyConfig, ResolvedLevel } from "./config.ts";
import {
  COUNTER,
  createCounters,
  type HierarchyCounts,
  nameCounters,
} from "./counts.ts";
import type { LineSets } from "./line_sets.ts";
import { createLineSets } from "./policies.ts";
import {
  createReferenceBatch,
  REFERENCE_KIND,
  type ReferenceBatch,
} from "./reference.ts";

export class CachegrindHierarchy extends CheckedAccess {
  readonly #levels: readonly CachegrindLevel[];
  readonly #data: CachegrindLevel | undefined;
  readonly #instruction: CachegrindLevel | undefined;
  readonly #longest: number;
  /** Reads, writes, instructions, ignored. */
  readonly #references = new Float64Array(4);

  constructor(levels: readonly ResolvedLevel[], config: HierarchyConfig) {
    super();
    const { seed = 1 } = config;
    const linked = linkLevels<CachegrindLevel>(
      levels,
      (level, next) => new CachegrindLevel(level, next, seed),
    );
    this.#levels = linked.levels;
    this.#data = linked.data;
    this.#instruction = linked.instruction;
    this.#longest = Math.min(...levels.map((level) => level.lineBytes));
  }

  override accessHalves(
    addressLo: number,
    addressHi: number,
    sizeBytes: number,
    kind: number,
  ): void {
    const counted = kind === REFERENCE_KIND.modify ? REFERENCE_KIND.read : kind;
    this.#references[counted] = (this.#references[counted] as number) + 1;
    const level = counted === REFERENCE_KIND.instruction
      ? this.#instruction
      : this.#data;
    if (level === undefined) {
      this.#references[3] = (this.#references[3] as number) + 1;
      return;
    }
    const length = sizeBytes < this.#longest ? sizeBytes : this.#longest;
    level.reference(addressLo | 0, addressHi | 0, length, counted);
  }

  createBatch(capacity: number): ReferenceBatch {
    return createReferenceBatch(capacity);
  }

  run(batch: ReferenceBatch): void {
    this.accessEach(batch, 0, batch.length);
  }

  counts(): HierarchyCounts {
    const [reads = 0, writes = 0, instructions = 0, ignored = 0] =
      this.#references;
    return {
      references: { reads, writes, instructions, ignored },
      levels: this.#levels.map((level) =>
        nameCounters(level.config.name, level.counters, false)
      ),
    };
  }

  flush(): void {
    // cachegrind has no dirty lines.
  }

  residentLines(): bigint[][] {
    return this.#levels.map((level) => level.residentLines());
  }
}

/** One cache without dirty state. */
class CachegrindLevel {
  readonly config: ResolvedLevel;
  readonly counters: Float64Array = createCounters();
  readonly #sets: LineSets;
  readonly #next: CachegrindLevel | undefined;

  constructor(
    config: ResolvedLevel,
    next: CachegrindLevel | undefined,
    seed: number,
  ) {
    this.config = config;
    this.#next = next;
    this.#sets = createLineSets(config, seed);
  }

  reference(lo: number, hi: number, sizeBytes: number, kind: number): void {
    const { counters } = this;
    const lineBytes = this.config.lineBytes;
    const lineLo = lo & -lineBytes;
    const access = COUNTER.accesses + kind;
    counters[access] = (counters[access] as number) + 1;
    let missed = this.#sets.admit(lineLo, hi) < 0;
    if ((lo & (lineBytes - 1)) + sizeBytes > lineBytes) {
      const nextLo = (lineLo + lineBytes) | 0;
      const nextHi = nextLo === 0 ? (hi + 1) | 0 : hi;
      missed = this.#sets.admit(nextLo, nextHi) < 0 || missed;
      counters[COUNTER.splits] = (counters[COUNTER.splits] as number) + 1;
    }
    if (!missed) return;
    const miss = COUNTER.misses + kind;
    counters[miss] = (counters[miss] as number) + 1;
    this.#next?.reference(lo, hi, sizeBytes, kind);
  }

  residentLines(): bigint[] {
    return this.#sets.lineAddresses();
  }
}
