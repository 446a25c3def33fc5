/**
 * How often each field of one structure is loaded and stored, and in which
 * stages. All objects of the structure add up.
 */
import { unknownName } from "../text/unknown_name.ts";
import { fieldsByByte } from "../kernel/field_at.ts";
import type { ParsedStruct } from "../kernel/pahole_offsets.ts";
import { type AccessBatch, STAGE_MASK } from "./access_batch.ts";
import type { HeatMapOptions } from "./heat_map.ts";
import { RegionIndex } from "../memory/region_index.ts";

// Constants of its own: bench/HOT_PATH.md.
const STAGES_MASK = STAGE_MASK;

/** Loads and stores. */
export interface ReadsWrites {
  /** Loads. */
  readonly reads: number;
  /** Stores. */
  readonly writes: number;
}

/** One field that was touched. */
export interface FieldCell extends ReadsWrites {
  /** Its name, nested ones as `bi_iter.bi_size`; `(hole)` where there is none. */
  readonly name: string;
  /** Where it begins in the structure, in bytes. */
  readonly offsetBytes: number;
  readonly sizeBytes: number;
  /** By stage; stages without any are left out. */
  readonly stages: Readonly<Record<string, ReadsWrites>>;
}

/** What fields are counted of. */
export interface FieldHeatOptions extends HeatMapOptions {
  /** Where the fields are in the structure. */
  readonly struct: ParsedStruct;
  /** Whether an object is an array of such structs; default: false. */
  readonly isArray?: boolean;
}

interface Counts {
  readonly reads: Float64Array;
  readonly writes: Float64Array;
}

const HOLE = "(hole)";

/**
 * Accumulates accesses to the fields of one structure. One access counts once
 * for each field that it touches; allocators' own, and zeroing, are left out.
 *
 * @example A load of four bytes that are two fields
 * ```ts
 * import { FieldHeat } from "./field_heat.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const heat = new FieldHeat({
 *   regions: [
 *     { structure: "bio", offset: 4096, sizeBytes: 256, strideBytes: 128 },
 *   ],
 *   parts: [],
 *   stages: ["submit"],
 *   structure: "bio",
 *   struct: {
 *     sizeBytes: 128,
 *     fields: {
 *       bi_flags: { offsetBytes: 20, sizeBytes: 2 },
 *       bi_ioprio: { offsetBytes: 22, sizeBytes: 2 },
 *     },
 *   },
 * });
 * heat.add(4096 + 128 + 20, 4, false, 0);
 * assertEquals(heat.cells().map(({ name, reads }) => [name, reads]), [
 *   ["bi_flags", 1],
 *   ["bi_ioprio", 1],
 * ]);
 * ```
 */
export class FieldHeat {
  readonly #index: RegionIndex;
  readonly #wanted: number;
  readonly #stages: readonly string[];
  readonly #names: readonly (string | undefined)[];
  readonly #struct: ParsedStruct;
  readonly #period: number;
  readonly #counts = new Map<string, Counts>();
  readonly #bytes = new Set<number>();

  /**
   * Starts cold.
   *
   * @param options Where the structure is, and where its fields are in it.
   * @throws {RangeError} If there is no such structure; names those there are.
   */
  constructor(options: FieldHeatOptions) {
    this.#index = new RegionIndex(options.regions, options.parts);
    this.#stages = options.stages;
    this.#struct = options.struct;
    this.#period = options.isArray === true
      ? options.struct.sizeBytes
      : Infinity;
    this.#names = fieldsByByte(options.struct);
    this.#wanted = this.#index.structures.indexOf(options.structure);
    if (this.#wanted < 0) {
      throw unknownName(
        "structure",
        options.structure,
        this.#index.structures.slice(1),
      );
    }
  }

  /** Distinct bytes of objects that were touched. */
  get bytes(): ReadonlySet<number> {
    return this.#bytes;
  }

  /**
   * Takes one access.
   *
   * @param at Byte offset in kernel memory.
   * @param sizeBytes Size of the access in bytes.
   * @param isWrite Whether it wrote.
   * @param stage Index of the stage.
   */
  add(at: number, sizeBytes: number, isWrite: boolean, stage: number): void {
    if ((stage & ~STAGES_MASK) !== 0) return;
    if (this.#index.find(at) !== this.#wanted) return;
    const first = this.#index.offsetInObject;
    let before: string | undefined;
    for (let from = first; from < first + sizeBytes; from++) {
      const byte = from % this.#period;
      this.#bytes.add(byte);
      const name = this.#names[byte] ?? HOLE;
      if (name === before) continue;
      before = name;
      const counts = this.#counts.get(name) ?? {
        reads: new Float64Array(this.#stages.length),
        writes: new Float64Array(this.#stages.length),
      };
      this.#counts.set(name, counts);
      const one = isWrite ? counts.writes : counts.reads;
      one[stage] = (one[stage] ?? 0) + 1;
    }
  }

  /** Takes the accesses of a batch. */
  take(batch: AccessBatch): void {
    for (let i = 0; i < batch.length; i++) {
      const word = batch.sizeAndKind[i] as number;
      this.add(
        batch.addressLo[i] as number,
        word >>> 2,
        (word & 3) !== 0,
        batch.stage[i] as number,
      );
    }
  }

  /**
   * Returns the fields that were touched.
   *
   * @returns In the order of their offsets; holes, if touched, at the end.
   */
  cells(): FieldCell[] {
    return [...this.#counts].map(([name, { reads, writes }]) => {
      const place = this.#struct.fields[name] ??
        { offsetBytes: this.#struct.sizeBytes, sizeBytes: 0 };
      return {
        name,
        ...place,
        reads: sum(reads),
        writes: sum(writes),
        stages: Object.fromEntries(
          this.#stages.flatMap((stage, i) => {
            const own = { reads: reads[i] ?? 0, writes: writes[i] ?? 0 };
            return own.reads + own.writes === 0 ? [] : [[stage, own]];
          }),
        ),
      };
    }).sort((a, b) => a.offsetBytes - b.offsetBytes);
  }
}

function sum(counts: Float64Array): number {
  return counts.reduce((all, one) => all + one, 0);
}
