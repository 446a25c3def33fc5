/**
 * The hierarchy under Dinero IV's rules: levels linked downwards, and the loop
 * that feeds them.
 *
 * Where the first levels allow it, batches go through the hot loop of
 * `ordered_run.ts`; everything else is calls of the levels.
 */
import { CheckedAccess } from "./checked_access.ts";
import {
  countFirstLevels,
  type HierarchyConfig,
  type ResolvedLevel,
} from "./config.ts";
import { type HierarchyCounts, nameCounters } from "./counts.ts";
import { CacheLevel } from "./level.ts";
import {
  canRunOrdered,
  createOrderedRun,
  type OrderedRun,
} from "./ordered_run.ts";
import { REFERENCE_KIND, type ReferenceBatch } from "./reference.ts";

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
  readonly #ordered: OrderedRun | undefined;
  /** Reads, writes, instructions, ignored. */
  readonly #references = new Float64Array(4);

  /**
   * @param levels The levels, resolved.
   * @param config The options of the hierarchy.
   */
  constructor(levels: readonly ResolvedLevel[], config: HierarchyConfig) {
    super();
    this.#classified = config.missClasses ?? false;
    const links = { seed: config.seed ?? 1, missClasses: this.#classified };
    const firstCount = countFirstLevels(levels);
    // Built from memory upwards; first levels share what is below them.
    const built: CacheLevel[] = [];
    let next: CacheLevel | undefined;
    for (const level of levels.slice(firstCount).reverse()) {
      next = new CacheLevel(level, { ...links, next });
      built.push(next);
    }
    for (const level of levels.slice(0, firstCount).reverse()) {
      built.push(new CacheLevel(level, { ...links, next }));
    }
    this.#levels = built.reverse();
    const first = this.#levels.slice(0, firstCount);
    this.#data = first.find((level) => level.config.holds !== "instruction");
    this.#instruction = first.find((level) => level.config.holds !== "data");
    this.#ordered = this.#createOrderedRun();
  }

  override accessHalves(
    addressLo: number,
    addressHi: number,
    sizeBytes: number,
    kind: number,
  ): void {
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

  run(batch: ReferenceBatch): void {
    const ordered = this.#ordered;
    for (let from = 0; from < batch.length; from += STRETCH) {
      const end = Math.min(batch.length, from + STRETCH);
      if (ordered !== undefined) ordered(batch, from, end);
      else this.#runPlainly(batch, from, end);
    }
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
    // Data first, so that the levels below hold all there is to copy.
    this.#data?.copyBack();
    for (const level of this.#levels) {
      if (level !== this.#data) level.copyBack();
    }
  }

  residentLines(): bigint[][] {
    return this.#levels.map((level) => level.sets.lineAddresses());
  }

  #createOrderedRun(): OrderedRun | undefined {
    const data = this.#data;
    const instruction = this.#instruction;
    if (data === undefined || instruction === undefined) return undefined;
    if (!canRunOrdered(data, instruction)) return undefined;
    return createOrderedRun({
      data,
      instruction,
      references: this.#references,
      access: this.accessHalves.bind(this),
    });
  }

  #runPlainly(batch: ReferenceBatch, from: number, end: number): void {
    const { addressLo, addressHi, sizeAndKind } = batch;
    for (let at = from; at < end; at++) {
      const meta = sizeAndKind[at] as number;
      this.accessHalves(
        addressLo[at] as number,
        addressHi[at] as number,
        meta >>> 2,
        meta & 3,
      );
    }
  }
}
