/**
 * The hierarchy under Dinero IV's rules: levels linked downwards, and the loop
 * that feeds them.
 *
 * The loop settles the most frequent case by itself: a reference inside one
 * line that stands in front of its set. There no policy has to learn anything,
 * so that one array look-up decides. Misses and references that cross a line
 * are calls of the level.
 */
import {
  countFirstLevels,
  type HierarchyConfig,
  type ResolvedLevel,
} from "./config.ts";
import { COUNTER, type HierarchyCounts, nameCounters } from "./counts.ts";
import { DIRTY } from "./line_sets.ts";
import { CacheLevel } from "./level.ts";
import { LruSets, promote } from "./lru.ts";
import { OrderedSets } from "./ordered_sets.ts";
import { REFERENCE_KIND, type ReferenceBatch } from "./reference.ts";

const {
  read: READ,
  write: WRITE,
  instruction: INSTRUCTION,
} = REFERENCE_KIND;

/**
 * References per call of the loop. V8 optimizes a function that is called
 * often at once and for good; one long loop it replaces while it runs, and
 * throws the code away at its end (12 ns a reference against 3).
 */
const STRETCH = 4096;

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
    const isFast = data !== undefined && instruction !== undefined &&
      canRunFast(data) && canRunFast(instruction);
    for (let from = 0; from < batch.length; from += STRETCH) {
      if (isFast) this.#runFast(batch, from, data, instruction);
      else this.#runPlainly(batch, from);
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
    return this.#levels.map((level) =>
      level.sets.lineAddresses(level.lineShift)
    );
  }

  #runPlainly(batch: ReferenceBatch, from: number): void {
    const { addressLo, addressHi, sizeAndKind } = batch;
    const end = Math.min(batch.length, from + STRETCH);
    for (let at = from; at < end; at++) {
      const meta = sizeAndKind[at] as number;
      this.access(
        addressLo[at] as number,
        addressHi[at] as number,
        meta >>> 2,
        meta & 3,
      );
    }
  }

  /**
   * The loop for ordered sets. Its inner loop holds no call, so that V8 keeps
   * the arrays in registers: it runs while references hit the front of their
   * set. What ends it is looked for in the rest of the set if that is LRU, and
   * goes to the level otherwise.
   */
  #runFast(
    batch: ReferenceBatch,
    from: number,
    data: CacheLevel,
    instruction: CacheLevel,
  ): void {
    const { addressLo, addressHi, sizeAndKind } = batch;
    const end = Math.min(batch.length, from + STRETCH);
    const dataTags = data.sets.tags;
    const dataSetMask = data.sets.setMask;
    const dataSpan = data.sets.ways * 2;
    const dataShift = data.lineShift;
    const dataLineBytes = data.offsetMask + 1;
    const dataIsLru = data.sets instanceof LruSets;
    const fetchTags = instruction.sets.tags;
    const fetchSetMask = instruction.sets.setMask;
    const fetchSpan = instruction.sets.ways * 2;
    const fetchShift = instruction.lineShift;
    const fetchLineBytes = instruction.offsetMask + 1;
    const fetchIsLru = instruction.sets instanceof LruSets;
    // Hits settled here, by kind; the level counts its own.
    let settled = 0;
    let writes = 0;
    let fetches = 0;
    let at = from;
    while (at < end) {
      const start = at;
      for (; at < end; at++) {
        const meta = sizeAndKind[at] as number;
        const lo = addressLo[at] as number;
        const hi = addressHi[at] as number;
        if ((meta & 2) === 0) {
          const line = (lo >>> dataShift) | (hi << (32 - dataShift));
          const first = Math.imul(line & dataSetMask, dataSpan);
          const tagHi = dataTags[first + 1] as number;
          // The shift drops the dirty flag; a free slot differs in bit 30.
          const differs = ((dataTags[first] as number) ^ line) |
            ((tagHi ^ (hi >>> dataShift)) << 1);
          if (differs !== 0) break;
          if ((lo & (dataLineBytes - 1)) + (meta >>> 2) > dataLineBytes) break;
          if ((meta & 1) !== 0) {
            writes = (writes + 1) | 0;
            dataTags[first + 1] = tagHi | DIRTY;
          }
        } else {
          const line = (lo >>> fetchShift) | (hi << (32 - fetchShift));
          const first = Math.imul(line & fetchSetMask, fetchSpan);
          // A modify has bit 0 and 1 and is none of this loop's.
          const differs = ((fetchTags[first] as number) ^ line) |
            (((fetchTags[first + 1] as number) ^ (hi >>> fetchShift)) << 1) |
            (meta & 1);
          if (differs !== 0) break;
          if ((lo & (fetchLineBytes - 1)) + (meta >>> 2) > fetchLineBytes) {
            break;
          }
          fetches = (fetches + 1) | 0;
        }
      }
      settled = (settled + at - start) | 0;
      if (at === end) break;
      const meta = sizeAndKind[at] as number;
      const lo = addressLo[at] as number;
      const hi = addressHi[at] as number;
      at++;
      if ((meta & 2) === 0) {
        const line = (lo >>> dataShift) | (hi << (32 - dataShift));
        const first = Math.imul(line & dataSetMask, dataSpan);
        if (
          dataIsLru &&
          (lo & (dataLineBytes - 1)) + (meta >>> 2) <= dataLineBytes &&
          promote(dataTags, first, dataSpan, line, hi >>> dataShift)
        ) {
          settled = (settled + 1) | 0;
          if ((meta & 1) !== 0) {
            writes = (writes + 1) | 0;
            dataTags[first + 1] = (dataTags[first + 1] as number) | DIRTY;
          }
          continue;
        }
      } else if ((meta & 1) === 0) {
        const line = (lo >>> fetchShift) | (hi << (32 - fetchShift));
        const first = Math.imul(line & fetchSetMask, fetchSpan);
        if (
          fetchIsLru &&
          (lo & (fetchLineBytes - 1)) + (meta >>> 2) <= fetchLineBytes &&
          promote(fetchTags, first, fetchSpan, line, hi >>> fetchShift)
        ) {
          settled = (settled + 1) | 0;
          fetches = (fetches + 1) | 0;
          continue;
        }
      }
      this.access(lo, hi, meta >>> 2, meta & 3);
    }
    this.#countSettled(data, READ, settled - writes - fetches);
    this.#countSettled(data, WRITE, writes);
    this.#countSettled(instruction, INSTRUCTION, fetches);
  }

  #countSettled(level: CacheLevel, kind: number, hits: number): void {
    const place = COUNTER.accesses + kind;
    this.#references[kind] = (this.#references[kind] as number) + hits;
    level.counters[place] = (level.counters[place] as number) + hits;
  }
}

/** Whether a hit at the front of a set needs nothing but the dirty flag. */
function canRunFast(level: CacheLevel): boolean {
  return level.sets instanceof OrderedSets && level.keepsWrites &&
    !level.seesAll;
}
