/**
 * The footprint of I/Os: accesses, distinct bytes and distinct cache lines, by
 * structure and stage. Exact, and the same on every machine.
 *
 * "Distinct" is per group: a line that a group of I/Os touches ten times
 * counts once, and once more in the next group. A group is one I/O, or as many
 * as are in flight together. An access that straddles a line border counts for
 * both lines (style.md, rule 12).
 */
import { createReferenceBatch } from "../cache/reference.ts";
import type { AccessBatch, AccessSink } from "./access_batch.ts";
import {
  createFootprintRun,
  type FootprintRun,
  MOST_STRUCTURES,
  SUM,
  SUMS,
} from "./footprint_run.ts";
import type { MemoryRegion } from "../memory/memory_region.ts";
import {
  ALLOCATOR_STRUCTURE,
  RegionIndex,
  type RegionPart,
} from "../memory/region_index.ts";

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
  /** An index of these regions and parts; default: one of its own. */
  readonly index?: RegionIndex;
  /** Names of the stages by index, 16 at most. */
  readonly stages: readonly string[];
  /** Size of a cache line in bytes, a power of two; default: 64. */
  readonly lineBytes?: number;
  /** I/Os of a group; default: 1. */
  readonly groupIos?: number;
}

/** The structure that zeroing of what was allocated counts as. */
export const ZEROING_STRUCTURE = "init_on_alloc";

/** Most stages: as many as a mask of 16 bits holds. */
const MOST_STAGES = 16;

/**
 * Accumulates what I/Os touch.
 *
 * Time is constant per access. Memory is 6 bytes per line of the regions and
 * some 200 per line that a group touches.
 *
 * @example Twelve bytes one after another are one line
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
  readonly #lineBytes: number;
  readonly #structures: readonly string[];
  readonly #stages: readonly string[];
  readonly #run: FootprintRun;
  /** One access, for `sink`. */
  readonly #single: AccessBatch = {
    ...createReferenceBatch(1),
    stage: new Uint8Array(1),
    length: 1,
  };
  #ofGroup = 0;

  /**
   * Starts with nothing touched.
   *
   * @throws {RangeError} If there are more than 16 stages, or a line is not a
   * power of two.
   */
  constructor(options: FootprintOptions) {
    const { stages, lineBytes = 64, groupIos = 1 } = options;
    if (stages.length > MOST_STAGES) {
      throw new RangeError(
        `Cannot count ${stages.length} stages, expected at most ${MOST_STAGES}`,
      );
    }
    if (!Number.isInteger(Math.log2(lineBytes))) {
      throw new RangeError(
        `Cannot count lines of ${lineBytes} bytes, expected a power of two`,
      );
    }
    this.#groupIos = groupIos;
    this.#lineBytes = lineBytes;
    const index = options.index ??
      new RegionIndex(options.regions, options.parts);
    this.#structures = [
      ...index.structures,
      ZEROING_STRUCTURE,
      ALLOCATOR_STRUCTURE,
    ];
    this.#stages = stages;
    if (this.#structures.length > MOST_STRUCTURES) {
      throw new RangeError(
        `Cannot count ${this.#structures.length} structures, expected at ` +
          `most ${MOST_STRUCTURES}`,
      );
    }
    this.#run = createFootprintRun({
      index,
      structures: this.#structures.length,
      stages: stages.length,
      lineBytes,
    });
  }

  /** Takes one access; `take()` takes many at once. */
  readonly sink: AccessSink = (at, sizeBytes, isWrite, stage) => {
    const one = this.#single;
    one.addressLo[0] = at;
    one.sizeAndKind[0] = sizeBytes << 2 | (isWrite ? 1 : 0);
    one.stage[0] = stage;
    this.#run.take(one);
  };

  /**
   * Takes the accesses of a batch.
   *
   * @param batch The accesses, all of the present group.
   */
  take(batch: AccessBatch): void {
    this.#run.take(batch);
  }

  /** Ends an I/O; after `groupIos` of them, what comes next is another group. */
  endIo(): void {
    this.ios++;
    if (++this.#ofGroup < this.#groupIos) return;
    this.#ofGroup = 0;
    this.#run.endGroup();
  }

  /**
   * Returns what was counted in groups that have ended.
   *
   * @returns The sums; structures that were never touched are left out.
   */
  totals(): FootprintTotals {
    const structures = this.#structures.map((_, i) => i);
    const stages = this.#stages.map((_, i) => i);
    const everything = structures.length;
    const everyStage = stages.length;
    const values = this.#run.values();
    // Accesses add up; distinct bytes and lines do not.
    const sums = (structure: number, stage: number): FootprintSums => {
      const rows = structure === everything ? structures : [structure];
      const columns = stage === everyStage ? stages : [stage];
      const sum = (key: number, rows: number[], columns: number[]) =>
        rows.reduce(
          (total, i) =>
            columns.reduce(
              (sum, j) =>
                sum +
                (values[this.#placeOf(i, j) + key] ?? 0),
              total,
            ),
          0,
        );
      // All structures together, and what those that share a line have twice.
      const distinct = structure === everything ? [...rows, everything] : rows;
      return {
        accesses: sum(SUM.reads, rows, columns) +
          sum(SUM.writes, rows, columns),
        writes: sum(SUM.writes, rows, columns),
        straddles: sum(SUM.straddles, rows, columns),
        bytes: sum(SUM.bytes, distinct, [stage]),
        lines: sum(SUM.lines, distinct, [stage]),
      };
    };
    const touched = (one: FootprintSums) => one.accesses > 0;
    return {
      ios: this.ios,
      groupIos: this.#groupIos,
      lineBytes: this.#lineBytes,
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

  /** Where the sums of a structure in a stage begin. */
  #placeOf(structure: number, stage: number): number {
    return (structure * (this.#stages.length + 1) + stage) * SUMS;
  }
}
