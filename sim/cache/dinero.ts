/**
 * The hierarchy under Dinero IV's rules: levels linked downwards, and the loop
 * that feeds them.
 *
 * Where the first levels allow it, batches go through a loop of their own: that
 * of `lru_run.ts`, or else that of `ordered_run.ts`. Everything else is calls of
 * the levels.
 */
import { CheckedAccess } from "./checked_access.ts";
import { linkLevels } from "./linked_levels.ts";
import type { HierarchyConfig, ResolvedLevel } from "./config.ts";
import { type HierarchyCounts, nameCounters } from "./counts.ts";
import { CacheLevel } from "./level.ts";
import { canRunLru, createLruRun, type LruRun } from "./lru_run.ts";
import {
  canRunOrdered,
  createOrderedRun,
  type OrderedRun,
} from "./ordered_run.ts";
import {
  checkCapacity,
  createReferenceBatch,
  REFERENCE_KIND,
  type ReferenceBatch,
} from "./reference.ts";

const {
  read: READ,
  write: WRITE,
  instruction: INSTRUCTION,
} = REFERENCE_KIND;

/** References per call of a loop; `OrderedRun` says why not all at once. */
const STRETCH = 8192;

/** A hierarchy that counts as Dinero IV does. */
export class DineroHierarchy extends CheckedAccess {
  readonly #levels: readonly CacheLevel[];
  readonly #data: CacheLevel | undefined;
  readonly #instruction: CacheLevel | undefined;
  readonly #classified: boolean;
  /** Made at the first batch; the levels' state is laid into them then. */
  #lru: LruRun | undefined;
  #ordered: OrderedRun | undefined;
  #hasLoop = false;
  /** Whether anything was taken by the levels' own methods. */
  #isOneByOne = false;
  /** Reads, writes, instructions, ignored. */
  #references: Float64Array = new Float64Array(4);

  constructor(levels: readonly ResolvedLevel[], config: HierarchyConfig) {
    super();
    this.#classified = config.missClasses ?? false;
    const links = { seed: config.seed ?? 1, missClasses: this.#classified };
    const linked = linkLevels<CacheLevel>(
      levels,
      (level, next) => new CacheLevel(level, { ...links, next }),
    );
    this.#levels = linked.levels;
    this.#data = linked.data;
    this.#instruction = linked.instruction;
  }

  override accessHalves(
    addressLo: number,
    addressHi: number,
    sizeBytes: number,
    kind: number,
  ): void {
    this.#isOneByOne = true;
    if (kind === REFERENCE_KIND.modify) {
      this.accessHalves(addressLo, addressHi, sizeBytes, READ);
      this.accessHalves(addressLo, addressHi, sizeBytes, WRITE);
      return;
    }
    this.#references[kind] = (this.#references[kind] as number) + 1;
    const level = kind === INSTRUCTION ? this.#instruction : this.#data;
    if (level !== undefined) {
      level.reference(addressLo | 0, addressHi | 0, sizeBytes, kind);
    } else {
      this.#references[3] = (this.#references[3] as number) + 1;
    }
  }

  /**
   * Empties all caches and counts from zero again, where that is cheaper than
   * to build them again.
   */
  reset(): boolean {
    return !this.#isOneByOne && (this.#lru?.reset() ?? false);
  }

  run(batch: ReferenceBatch): void {
    if (!this.#hasLoop) this.#makeLoop(0);
    if (this.#lru !== undefined) {
      this.#lru.run(batch);
      return;
    }
    const ordered = this.#ordered;
    for (let from = 0; from < batch.length; from += STRETCH) {
      const end = Math.min(batch.length, from + STRETCH);
      if (ordered !== undefined) ordered(batch, from, end);
      else this.accessEach(batch, from, end);
    }
  }

  createBatch(capacity: number): ReferenceBatch {
    const isFirst = !this.#hasLoop;
    if (isFirst) this.#makeLoop(checkCapacity(capacity));
    return (isFirst ? this.#lru?.batch : undefined) ??
      createReferenceBatch(capacity);
  }

  counts(): HierarchyCounts {
    const [reads = 0, writes = 0, instructions = 0, ignored = 0] =
      this.#references;
    return {
      references: { reads, writes, instructions, ignored },
      levels: this.#levels.map((level) =>
        nameCounters(level.config.name, level.counters, this.#classified)
      ),
    };
  }

  flush(): void {
    this.#isOneByOne = true;
    // Data first, so that the levels below hold all there is to copy.
    this.#data?.copyBack();
    for (const level of this.#levels) {
      if (level !== this.#data) level.copyBack();
    }
  }

  residentLines(): bigint[][] {
    return this.#levels.map((level) => level.sets.lineAddresses());
  }

  /** Chooses a loop; `capacity` is of its own batch, if it has one. */
  #makeLoop(capacity: number): void {
    this.#hasLoop = true;
    const data = this.#data;
    const instruction = this.#instruction;
    if (data === undefined) return;
    const options = {
      data,
      references: this.#references,
      access: this.accessHalves.bind(this),
    };
    if (canRunLru(data, instruction)) {
      this.#lru = createLruRun({ ...options, instruction, capacity });
      this.#references = this.#lru.references;
    } else if (instruction !== undefined && canRunOrdered(data, instruction)) {
      this.#ordered = createOrderedRun({ ...options, instruction });
    }
  }
}
