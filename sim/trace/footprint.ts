/**
 * The footprint of I/Os: accesses, distinct bytes and distinct cache lines, by
 * structure and stage. Exact, and the same on every machine.
 *
 * "Distinct" is per group: a line that a group of I/Os touches ten times
 * counts once, and once more in the next group. A group is one I/O, or as many
 * as are in flight together. An access that straddles a line border counts for
 * both lines (style.md, rule 12).
 */
import {
  type AccessBatch,
  ALLOCATOR_FLAG,
  STAGE_MASK,
  ZEROING_FLAG,
} from "./access_batch.ts";
import type { MemoryRegion } from "../memory/kernel_memory.ts";
import { LineSlots } from "./line_slots.ts";
import { RegionIndex, type RegionPart } from "../memory/region_index.ts";
import type { AccessSink } from "./tracer.ts";

export type { RegionPart } from "../memory/region_index.ts";

/** What was touched of one structure, or in one stage, summed over groups. */
export interface FootprintSums {
  /** Accesses of up to 8 bytes. */
  accesses: number;
  /** Of those, writes. */
  writes: number;
  /** Of those, ones that straddle a line border. */
  straddles: number;
  /** Distinct bytes per group. */
  bytes: number;
  /** Distinct lines per group. */
  lines: number;
}

/** What was touched of one structure in one stage. */
export interface StructureInStage extends FootprintSums {
  /** The structure. */
  readonly structure: string;
  /** The stage. */
  readonly stage: string;
}

/** A whole footprint, as plain data. */
export interface FootprintTotals {
  /** I/Os counted. */
  readonly ios: number;
  /** I/Os of a group. */
  readonly groupIos: number;
  /** Size of the lines in bytes. */
  readonly lineBytes: number;
  /** Everything; here no byte and no line counts twice. */
  readonly total: Readonly<FootprintSums>;
  /** By structure. A line that two structures share counts for both. */
  readonly structures: Readonly<Record<string, Readonly<FootprintSums>>>;
  /** By stage. A line that two stages touch counts for both. */
  readonly stages: Readonly<Record<string, Readonly<FootprintSums>>>;
  /** By structure and stage, where there were any accesses. */
  readonly structuresInStages: readonly Readonly<StructureInStage>[];
}

/** Options of `Footprint`. */
export interface FootprintOptions {
  /** Where the structures are. */
  readonly regions: readonly MemoryRegion[];
  /** Parts that count as a structure of their own, ascending by offset. */
  readonly parts: readonly RegionPart[];
  /** Names of the stages by index, 16 at most. */
  readonly stages: readonly string[];
  /** Size of a cache line in bytes, a power of two; default: 64. */
  readonly lineBytes?: number;
  /** I/Os of a group; default: 1. */
  readonly groupIos?: number;
}

/** The structure that the slab allocator's own accesses count as. */
export const ALLOCATOR_STRUCTURE = "slab freelist";

/** The structure that zeroing of what was allocated counts as. */
export const ZEROING_STRUCTURE = "init_on_alloc";

/** Most stages: as many as a mask of 16 bits holds. */
const MOST_STAGES = 16;

/**
 * Accumulates what I/Os touch.
 *
 * Time is constant per access. Memory is 8 bytes per line of the regions and
 * some 600 per line that a group touches.
 *
 * @example Twelve bytes behind each other are one line
 * ```ts
 * import { Footprint } from "./footprint.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const footprint = new Footprint({
 *   regions: [
 *     { structure: "bio", offset: 4096, sizeBytes: 256, strideBytes: 256 },
 *   ],
 *   parts: [],
 *   stages: ["submit"],
 * });
 * footprint.sink(4096, 8, true, 0);
 * footprint.sink(4104, 4, true, 0);
 * footprint.endIo();
 * const { bytes, lines } = footprint.totals().total;
 * assertEquals([bytes, lines], [12, 1]);
 * ```
 */
export class Footprint {
  /** I/Os counted. */
  ios = 0;
  readonly #groupIos: number;
  readonly #lineShift: number;
  readonly #index: RegionIndex;
  readonly #structures: readonly string[];
  readonly #stages: readonly string[];
  /**
   * By structure x stage; distinct bytes and lines also in a last row and a
   * last column, of all structures and of all stages.
   */
  readonly #sums: FootprintSums[];
  /** By line: the group that touched it last, and its slot in that group. */
  readonly #lineGroup: Int32Array;
  readonly #lineSlot: Int32Array;
  /** The lines of this group; memory stays small and warm. */
  readonly #slots: LineSlots;
  #group = 1;
  #ofGroup = 0;

  /**
   * Starts with nothing touched.
   *
   * @param options Where the structures are.
   * @throws {RangeError} If there are more than 16 stages, or a line is no
   *   power of two.
   */
  constructor(options: FootprintOptions) {
    const { stages, lineBytes = 64, groupIos = 1 } = options;
    if (stages.length > MOST_STAGES) {
      throw new RangeError(
        `Cannot count ${stages.length} stages, expected ${MOST_STAGES} at most`,
      );
    }
    this.#lineShift = Math.log2(lineBytes);
    if (!Number.isInteger(this.#lineShift)) {
      throw new RangeError(
        `Cannot count lines of ${lineBytes} bytes, expected a power of two`,
      );
    }
    this.#groupIos = groupIos;
    this.#index = new RegionIndex(options.regions, options.parts);
    this.#structures = [
      ...this.#index.structures,
      ZEROING_STRUCTURE,
      ALLOCATOR_STRUCTURE,
    ];
    this.#stages = stages;
    const structures = this.#structures.length;
    this.#sums = Array.from(
      { length: (structures + 1) * (stages.length + 1) },
      () => ({ accesses: 0, writes: 0, straddles: 0, bytes: 0, lines: 0 }),
    );
    const lineCount = (this.#index.endBytes >>> this.#lineShift) + 2;
    this.#lineGroup = new Int32Array(lineCount);
    this.#lineSlot = new Int32Array(lineCount);
    this.#slots = new LineSlots(lineBytes, structures, 64);
  }

  /** Takes one access; give this to a `TracingView`, or use `take`. */
  readonly sink: AccessSink = (at, sizeBytes, isWrite, stage) => {
    // The link in a free object is the allocator's, and so is its zeroing; the
    // same bytes still count for their own structure when that uses them.
    const structure = (stage & ALLOCATOR_FLAG) !== 0
      ? this.#structures.length - 1
      : (stage & ZEROING_FLAG) !== 0
      ? this.#structures.length - 2
      : this.#index.find(at);
    const own = stage & STAGE_MASK;
    const one = this.#sumsOf(structure, own);
    one.accesses++;
    if (isWrite) one.writes++;
    const last = (at + sizeBytes - 1) >>> this.#lineShift;
    if (at >>> this.#lineShift === last) {
      this.#count(at, sizeBytes, own, structure);
      return;
    }
    one.straddles++;
    const border = last << this.#lineShift;
    this.#count(at, border - at, own, structure);
    this.#count(border, at + sizeBytes - border, own, structure);
  };

  /**
   * Takes the accesses of a batch.
   *
   * @param batch The accesses, all of the present group.
   */
  take(batch: AccessBatch): void {
    const { length, addressLo, sizeAndKind, stage } = batch;
    for (let i = 0; i < length; i++) {
      const word = sizeAndKind[i] as number;
      this.sink(
        addressLo[i] as number,
        word >>> 2,
        (word & 3) !== 0,
        stage[i] as number,
      );
    }
  }

  /** Ends an I/O; after `groupIos` of them, what comes next is another group. */
  endIo(): void {
    this.ios++;
    if (++this.#ofGroup < this.#groupIos) return;
    this.#ofGroup = 0;
    this.#group++;
    this.#slots.clear();
  }

  /**
   * Gives what was counted up to now.
   *
   * @returns The sums; structures that were never touched are left out.
   */
  totals(): FootprintTotals {
    const structures = this.#structures.map((_, i) => i);
    const stages = this.#stages.map((_, i) => i);
    const everything = structures.length;
    const everyStage = stages.length;
    // Accesses add up; distinct bytes and lines do not.
    const sums = (structure: number, stage: number): FootprintSums => {
      const parts = (structure === everything ? structures : [structure])
        .flatMap((i) =>
          (stage === everyStage ? stages : [stage])
            .map((j) => this.#sumsOf(i, j))
        );
      const sum = (key: "accesses" | "writes" | "straddles") =>
        parts.reduce((total, part) => total + part[key], 0);
      const { bytes, lines } = this.#sumsOf(structure, stage);
      return {
        accesses: sum("accesses"),
        writes: sum("writes"),
        straddles: sum("straddles"),
        bytes,
        lines,
      };
    };
    const touched = (one: FootprintSums) => one.accesses > 0;
    return {
      ios: this.ios,
      groupIos: this.#groupIos,
      lineBytes: 1 << this.#lineShift,
      total: sums(everything, everyStage),
      structures: Object.fromEntries(
        this.#structures.map((name, i) => [name, sums(i, everyStage)] as const)
          .filter(([, one]) => touched(one)),
      ),
      stages: Object.fromEntries(
        this.#stages.map((name, j) => [name, sums(everything, j)]),
      ),
      structuresInStages: this.#structures.flatMap((structure, i) =>
        this.#stages.map((stage, j) => ({ structure, stage, ...sums(i, j) }))
      ).filter(touched),
    };
  }

  #sumsOf(structure: number, stage: number): FootprintSums {
    return this.#sums[
      structure * (this.#stages.length + 1) + stage
    ] as FootprintSums;
  }

  /** Counts bytes of one line; positional, as it is called per access. */
  #count(
    at: number,
    sizeBytes: number,
    stage: number,
    structure: number,
  ): void {
    const line = at >>> this.#lineShift;
    const slots = this.#slots;
    if (this.#lineGroup[line] !== this.#group) {
      this.#lineGroup[line] = this.#group;
      this.#lineSlot[line] = slots.take();
    }
    const slot = this.#lineSlot[line] as number;
    const lineBytes = 1 << this.#lineShift;
    const first = slot * lineBytes + (at & (lineBytes - 1));
    const bit = 1 << stage;
    const everything = this.#structures.length;
    const everyStage = this.#stages.length;
    const isAllocators = structure === everything - 1;
    const isZeroing = structure === everything - 2;
    const isOwn = !isAllocators && !isZeroing;
    // Most accesses repeat one of the same stage.
    const known = slots.known;
    if (isOwn && known[first] === (sizeBytes << 16 | bit)) return;
    const bytes = isAllocators
      ? slots.allocatorBytes
      : isZeroing
      ? slots.zeroedBytes
      : slots.bytes;
    const one = this.#sumsOf(structure, stage);
    const ofStructure = this.#sumsOf(structure, everyStage);
    const ofStage = this.#sumsOf(everything, stage);
    const all = this.#sumsOf(everything, everyStage);
    for (let byte = first; byte < first + sizeBytes; byte++) {
      const before = bytes[byte] as number;
      if ((before & bit) !== 0) continue;
      const anyBefore = (slots.bytes[byte] as number) |
        (slots.allocatorBytes[byte] as number) |
        (slots.zeroedBytes[byte] as number);
      bytes[byte] = before | bit;
      one.bytes++;
      if (before === 0) ofStructure.bytes++;
      if ((anyBefore & bit) === 0) ofStage.bytes++;
      if (anyBefore === 0) all.bytes++;
    }
    const own = slot * everything + structure;
    const before = slots.linesOf[own] as number;
    if ((before & bit) === 0) {
      const anyBefore = slots.lines[slot] as number;
      slots.linesOf[own] = before | bit;
      slots.lines[slot] = anyBefore | bit;
      one.lines++;
      if (before === 0) ofStructure.lines++;
      if ((anyBefore & bit) === 0) ofStage.lines++;
      if (anyBefore === 0) all.lines++;
    }
    if (isOwn) known[first] = sizeBytes << 16 | bit;
  }
}
