/**
 * The heat map of one structure: how often each 8 bytes and each line of its
 * objects are accessed, and in which stages. All objects of the structure add
 * up, by the offset in the object.
 */
import { unknownName } from "../text/unknown_name.ts";
import { type AccessBatch, STAGE_MASK } from "./access_batch.ts";
import type { MemoryRegion } from "../memory/memory_region.ts";
import { RegionIndex, type RegionPart } from "../memory/region_index.ts";

// Constants of its own: bench/HOT_PATH.md.
const STAGES_MASK = STAGE_MASK;

/** Accesses of a piece of a structure. */
export interface HeatCell {
  /** Offset of the piece in the structure, in bytes. */
  readonly offsetBytes: number;
  /** Accesses that touched it. */
  readonly accesses: number;
  /** Of those, writes. */
  readonly writes: number;
  /** Accesses by stage; stages without any are left out. */
  readonly stages: Readonly<Record<string, number>>;
}

/** What a heat map is made from. */
export interface HeatMapOptions {
  /** Where the structures are. */
  readonly regions: readonly MemoryRegion[];
  /** Parts that count as a structure of their own, ascending by offset. */
  readonly parts: readonly RegionPart[];
  /** Names of the stages by index. */
  readonly stages: readonly string[];
  readonly structure: string;
}

/** Counts of the pieces of one size; pieces never touched are absent. */
type Pieces = Map<number, { writes: number; byStage: Float64Array }>;

/**
 * Accumulates accesses to one structure.
 *
 * The slab allocator's own accesses, which are inside free objects, are left
 * out. An access that crosses a border counts on both sides.
 *
 * @example The halves of a struct
 * ```ts
 * import { HeatMap } from "./heat_map.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const heat = new HeatMap({
 *   regions: [
 *     { structure: "page", offset: 4096, sizeBytes: 640, strideBytes: 64 },
 *   ],
 *   parts: [],
 *   stages: ["submit"],
 *   structure: "page",
 * });
 * heat.add(4096 + 64 * 3 + 52, 4, true, 0); // _refcount of page 3
 * assertEquals(heat.cells(8), [
 *   { offsetBytes: 48, accesses: 1, writes: 1, stages: { submit: 1 } },
 * ]);
 * ```
 */
export class HeatMap {
  readonly #index: RegionIndex;
  readonly #wanted: number;
  readonly #stages: readonly string[];
  readonly #pieces: ReadonlyMap<number, Pieces> = new Map([
    [8, new Map()],
    [64, new Map()],
  ]);

  /**
   * Starts cold.
   *
   * @throws {RangeError} If there is no such structure; names those there are.
   */
  constructor(options: HeatMapOptions) {
    this.#index = new RegionIndex(options.regions, options.parts);
    this.#stages = options.stages;
    this.#wanted = this.#index.structures.indexOf(options.structure);
    if (this.#wanted < 0) {
      throw unknownName(
        "structure",
        options.structure,
        this.#index.structures.slice(1),
      );
    }
  }

  /**
   * Takes one access; give this to a `TracingView`.
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
    for (const [pieceBytes, pieces] of this.#pieces) {
      const last = Math.floor((first + sizeBytes - 1) / pieceBytes);
      for (let i = Math.floor(first / pieceBytes); i <= last; i++) {
        let piece = pieces.get(i);
        if (piece === undefined) {
          piece = { writes: 0, byStage: new Float64Array(this.#stages.length) };
          pieces.set(i, piece);
        }
        if (isWrite) piece.writes++;
        piece.byStage[stage] = (piece.byStage[stage] ?? 0) + 1;
      }
    }
  }

  /** Takes the accesses of a batch. */
  take(batch: AccessBatch): void {
    const { length, addressLo, sizeAndKind, stage } = batch;
    for (let i = 0; i < length; i++) {
      const word = sizeAndKind[i] as number;
      const isWrite = (word & 3) !== 0;
      const at = addressLo[i] as number;
      this.add(at, word >>> 2, isWrite, stage[i] as number);
    }
  }

  /**
   * Returns the pieces that were touched.
   *
   * @param pieceBytes 8, or 64 for lines of an object that begins on one.
   * @returns The pieces, ascending.
   */
  cells(pieceBytes: 8 | 64): HeatCell[] {
    return [...this.#pieces.get(pieceBytes) ?? []].sort(([a], [b]) => a - b)
      .map(([index, { writes, byStage }]) => ({
        offsetBytes: index * pieceBytes,
        accesses: byStage.reduce((sum, count) => sum + count, 0),
        writes,
        stages: Object.fromEntries(
          this.#stages.map((name, i) => [name, byStage[i] ?? 0] as const)
            .filter(([, count]) => count > 0),
        ),
      }));
  }
}
