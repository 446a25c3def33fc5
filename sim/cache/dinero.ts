/**
 * The hierarchy under Dinero IV's rules: levels linked downwards, and the loop
 * that feeds them.
 *
 * The loop settles the most frequent case by itself: a reference inside one
 * line that is the recent one of its set. There no policy has to learn
 * anything, so that one array look-up decides. Everything else is a call of
 * the level.
 */
import {
  countFirstLevels,
  type HierarchyConfig,
  type ResolvedLevel,
} from "./config.ts";
import { COUNTER, type HierarchyCounts, nameCounters } from "./counts.ts";
import { DIRTY } from "./line_sets.ts";
import { CacheLevel } from "./level.ts";
import { REFERENCE_KIND, type ReferenceBatch } from "./reference.ts";

const { read: READ, write: WRITE, instruction: INSTRUCTION } = REFERENCE_KIND;

/** A hierarchy that counts as Dinero IV does. */
export class DineroHierarchy {
  readonly #levels: readonly CacheLevel[];
  readonly #data: CacheLevel | undefined;
  readonly #instruction: CacheLevel | undefined;
  readonly #classified: boolean;
  /** Reads, writes, instructions, ignored. */
  readonly #references = new Float64Array(4);

  /**
   * @param levels The levels, resolved.
   * @param config The options of the hierarchy.
   */
  constructor(levels: readonly ResolvedLevel[], config: HierarchyConfig) {
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
  }

  access(
    addressLo: number,
    addressHi: number,
    sizeBytes: number,
    kind: number,
  ): void {
    if (kind === REFERENCE_KIND.modify) {
      this.access(addressLo, addressHi, sizeBytes, READ);
      this.access(addressLo, addressHi, sizeBytes, WRITE);
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
    const data = this.#data;
    const instruction = this.#instruction;
    if (
      data === undefined || instruction === undefined ||
      data.seesAll || !data.keepsWrites
    ) {
      this.#runPlainly(batch);
    } else {
      this.#runFast(batch, data, instruction);
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
    return this.#levels.map((level) => level.residentLines());
  }

  #runPlainly(batch: ReferenceBatch): void {
    const { addressLo, addressHi, sizeAndKind, length } = batch;
    for (let at = 0; at < length; at++) {
      const meta = sizeAndKind[at] as number;
      this.access(
        addressLo[at] as number,
        addressHi[at] as number,
        meta >>> 2,
        meta & 3,
      );
    }
  }

  #runFast(
    batch: ReferenceBatch,
    data: CacheLevel,
    instruction: CacheLevel,
  ): void {
    const { addressLo, addressHi, sizeAndKind, length } = batch;
    const dataTags = data.sets.tags;
    const dataRecent = data.sets.recent;
    const dataSetMask = data.sets.setMask;
    const dataShift = data.lineShift;
    const dataOffsets = data.offsetMask;
    const fetchTags = instruction.sets.tags;
    const fetchRecent = instruction.sets.recent;
    const fetchSetMask = instruction.sets.setMask;
    const fetchShift = instruction.lineShift;
    const fetchOffsets = instruction.offsetMask;
    // Hits settled here, by kind; the level counts its own.
    let reads = 0;
    let writes = 0;
    let fetches = 0;
    for (let at = 0; at < length; at++) {
      const meta = sizeAndKind[at] as number;
      const lo = addressLo[at] as number;
      const hi = addressHi[at] as number;
      if ((meta & 2) === 0) {
        const line = (lo >>> dataShift) | (hi << (32 - dataShift));
        const slot = dataRecent[line & dataSetMask] as number;
        const tagHi = dataTags[slot] as number;
        // The shift drops the dirty flag; a free slot differs in bit 30.
        const differs = ((dataTags[slot - 1] as number) ^ line) |
          ((tagHi ^ (hi >>> dataShift)) << 1);
        if (
          differs === 0 && (lo & dataOffsets) + (meta >>> 2) <= dataOffsets + 1
        ) {
          if ((meta & 1) === 0) {
            reads++;
          } else {
            writes++;
            dataTags[slot] = tagHi | DIRTY;
          }
          continue;
        }
      } else if ((meta & 1) === 0) {
        const line = (lo >>> fetchShift) | (hi << (32 - fetchShift));
        const slot = fetchRecent[line & fetchSetMask] as number;
        const differs = ((fetchTags[slot - 1] as number) ^ line) |
          (((fetchTags[slot] as number) ^ (hi >>> fetchShift)) << 1);
        if (
          differs === 0 &&
          (lo & fetchOffsets) + (meta >>> 2) <= fetchOffsets + 1
        ) {
          fetches++;
          continue;
        }
      }
      this.access(lo, hi, meta >>> 2, meta & 3);
    }
    const total = this.#references;
    total[READ] = (total[READ] as number) + reads;
    total[WRITE] = (total[WRITE] as number) + writes;
    total[INSTRUCTION] = (total[INSTRUCTION] as number) + fetches;
    countHits(data, READ, reads);
    countHits(data, WRITE, writes);
    countHits(instruction, INSTRUCTION, fetches);
  }
}

function countHits(level: CacheLevel, kind: number, hits: number): void {
  const place = COUNTER.accesses + kind;
  level.counters[place] = (level.counters[place] as number) + hits;
}
