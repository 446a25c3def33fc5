/**
 * The footprint of I/Os: accesses, distinct bytes and distinct cache lines, by
 * structure and stage. Exact, and the same on every machine.
 *
 * "Distinct" is per I/O: a line that an I/O touches ten times counts once, and
 * once more in the next I/O. An access that straddles a line border counts for
 * both lines (style.md, rule 12).
 */
import type { MemoryRegion } from "./kernel_memory.ts";
import type { AccessSink } from "./tracer.ts";

/** What was touched of one structure, summed over I/Os. */
export interface StructureFootprint {
  /** Accesses of up to 8 bytes. */
  accesses: number;
  /** Of those, writes. */
  writes: number;
  /** Of those, ones that straddle a line border. */
  straddles: number;
  /** Distinct bytes per I/O. */
  bytes: number;
  /** Distinct lines per I/O. */
  lines: number;
}

/** A part of a region's objects that counts as another structure. */
export interface RegionPart {
  /** The structure of the region. */
  readonly of: string;
  /** Offset in the object where the part begins, in bytes. */
  readonly offset: number;
  /** The structure that the part counts as. */
  readonly structure: string;
}

/** Options of `Footprint`. */
export interface FootprintOptions {
  /** Where the structures are. */
  readonly regions: readonly MemoryRegion[];
  /** Parts that count as a structure of their own. */
  readonly parts: readonly RegionPart[];
  /** Names of the stages by index. */
  readonly stages: readonly string[];
  /** Size of a cache line in bytes, a power of two; 64 unless told. */
  readonly lineBytes?: number;
}

/** Accumulates what I/Os touch. */
export class Footprint {
  /** By structure. */
  readonly structures: Map<string, StructureFootprint> = new Map();
  /** Distinct lines per I/O by stage, summed over I/Os. */
  readonly stages: Map<string, number> = new Map();
  /** I/Os counted. */
  ios = 0;
  /** A structure that all accesses count for now, whatever their address. */
  override: string | undefined;
  readonly #options: FootprintOptions;
  readonly #lineShift: number;
  /** What the present I/O has touched: keys are numbers below 2^53. */
  readonly #bytes = new Map<string, Set<number>>();
  readonly #lines = new Map<string, Set<number>>();
  readonly #stageLines = new Map<string, Set<number>>();
  readonly #starts: Int32Array;

  /**
   * Starts with nothing touched.
   *
   * @param options Where the structures are.
   */
  constructor(options: FootprintOptions) {
    this.#options = options;
    this.#lineShift = Math.log2(options.lineBytes ?? 64);
    this.#starts = Int32Array.from(options.regions, ({ offset }) => offset);
  }

  /** Takes one access; give this to a `TracingView`. */
  readonly sink: AccessSink = (at, sizeBytes, isWrite, stage) => {
    const structure = this.override ?? this.structureAt(at);
    let total = this.structures.get(structure);
    if (total === undefined) {
      total = { accesses: 0, writes: 0, straddles: 0, bytes: 0, lines: 0 };
      this.structures.set(structure, total);
    }
    total.accesses++;
    if (isWrite) total.writes++;
    const first = at >>> this.#lineShift;
    const last = (at + sizeBytes - 1) >>> this.#lineShift;
    if (first !== last) total.straddles++;
    const bytes = touched(this.#bytes, structure);
    for (let i = 0; i < sizeBytes; i++) bytes.add(at + i);
    const lines = touched(this.#lines, structure);
    const stageLines = touched(
      this.#stageLines,
      this.#options.stages[stage] ?? `stage ${stage}`,
    );
    for (let line = first; line <= last; line++) {
      lines.add(line);
      stageLines.add(line);
    }
  };

  /** Ends the present I/Os: what comes next is another one's. */
  endIo(count = 1): void {
    this.ios += count;
    for (const [structure, bytes] of this.#bytes) {
      const total = this.structures.get(structure);
      if (total === undefined) continue;
      total.bytes += bytes.size;
      total.lines += this.#lines.get(structure)?.size ?? 0;
    }
    for (const [stage, lines] of this.#stageLines) {
      this.stages.set(stage, (this.stages.get(stage) ?? 0) + lines.size);
    }
    this.#bytes.clear();
    this.#lines.clear();
    this.#stageLines.clear();
  }

  /**
   * Names the structure at an address.
   *
   * @param at Byte offset in kernel memory.
   * @returns The structure's name, or `other`.
   */
  structureAt(at: number): string {
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] as number) <= at) low = middle + 1;
      else high = middle;
    }
    const region = this.#options.regions[low - 1];
    if (region === undefined || at >= region.offset + region.sizeBytes) {
      return "other";
    }
    const inObject = region.strideBytes === 0
      ? at - region.offset
      : (at - region.offset) % region.strideBytes;
    let structure = region.structure;
    for (const part of this.#options.parts) {
      if (part.of === region.structure && inObject >= part.offset) {
        structure = part.structure;
      }
    }
    return structure;
  }
}

function touched(sets: Map<string, Set<number>>, key: string): Set<number> {
  let set = sets.get(key);
  if (set === undefined) sets.set(key, set = new Set());
  return set;
}
