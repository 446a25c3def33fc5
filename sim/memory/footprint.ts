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
  /** Parts that count as a structure of their own, ascending by offset. */
  readonly parts: readonly RegionPart[];
  /** Names of the stages by index, 16 at most. */
  readonly stages: readonly string[];
  /** Size of a cache line in bytes, a power of two; 64 unless told. */
  readonly lineBytes?: number;
}

/** A structure that an address can belong to, and its running totals. */
interface Counted {
  readonly name: string;
  /** One bit, for the lines that this I/O has touched as this structure. */
  readonly bit: number;
  readonly total: StructureFootprint;
}

/** A region with what each part of its objects counts as. */
interface CountedRegion {
  readonly region: MemoryRegion;
  readonly whole: Counted;
  readonly parts: readonly { readonly offset: number; readonly as: Counted }[];
}

/** Epochs that fit into a byte; 0 means never. */
const LAST_EPOCH = 255;

/** Accumulates what I/Os touch. */
export class Footprint {
  /** I/Os counted. */
  ios = 0;
  readonly #lineShift: number;
  readonly #regions: CountedRegion[];
  readonly #starts: Int32Array;
  readonly #counted: Counted[] = [];
  readonly #stages: readonly string[];
  readonly #stageTotals: Float64Array;
  /** By byte and by line: in which I/O (modulo 255) it was last touched. */
  readonly #byteEpoch: Uint8Array;
  readonly #lineEpoch: Uint8Array;
  /** By line: as which structures and in which stages, in that I/O. */
  readonly #lineStructures: Int32Array;
  readonly #lineStages: Uint16Array;
  readonly #other: Counted;
  #epoch = 1;
  /** Starts of this I/O's accesses that counted as another structure. */
  readonly #overridden = new Set<number>();
  #override: Counted | undefined;

  /**
   * Starts with nothing touched.
   *
   * @param options Where the structures are.
   */
  constructor(options: FootprintOptions) {
    this.#lineShift = Math.log2(options.lineBytes ?? 64);
    this.#stages = options.stages;
    this.#stageTotals = new Float64Array(options.stages.length);
    this.#other = this.#count("other");
    this.#regions = options.regions.map((region) => ({
      region,
      whole: this.#count(region.structure),
      parts: options.parts
        .filter((part) => part.of === region.structure)
        .map(({ offset, structure }) => ({
          offset,
          as: this.#count(structure),
        })),
    }));
    this.#starts = Int32Array.from(options.regions, ({ offset }) => offset);
    const last = options.regions.at(-1);
    const end = last === undefined ? 0 : last.offset + last.sizeBytes + 8;
    const lines = (end >>> this.#lineShift) + 1;
    this.#byteEpoch = new Uint8Array(end);
    this.#lineEpoch = new Uint8Array(lines);
    this.#lineStructures = new Int32Array(lines);
    this.#lineStages = new Uint16Array(lines);
  }

  /** What was touched, by structure; structures never touched are left out. */
  get structures(): ReadonlyMap<string, StructureFootprint> {
    return new Map(
      this.#counted
        .filter(({ total }) => total.accesses > 0)
        .map(({ name, total }) => [name, total]),
    );
  }

  /** Distinct lines per I/O by stage, summed over I/Os. */
  get stages(): ReadonlyMap<string, number> {
    return new Map(
      this.#stages.map((stage, i) => [stage, this.#stageTotals[i] ?? 0]),
    );
  }

  /**
   * Makes all accesses count as one structure, whatever their address.
   *
   * @param structure Its name; `undefined` to go by address again.
   */
  overrideWith(structure: string | undefined): void {
    this.#override = structure === undefined
      ? undefined
      : this.#count(structure);
  }

  /** Takes one access; give this to a `TracingView`. */
  readonly sink: AccessSink = (at, sizeBytes, isWrite, stage) => {
    const counted = this.#override ?? this.#at(at);
    const { total, bit } = counted;
    total.accesses++;
    if (isWrite) total.writes++;
    const epoch = this.#epoch;
    if (this.#override === undefined) {
      for (let byte = at; byte < at + sizeBytes; byte++) {
        if (this.#byteEpoch[byte] === epoch) continue;
        this.#byteEpoch[byte] = epoch;
        total.bytes++;
      }
    } else if (!this.#overridden.has(at)) {
      // The same bytes still count when their own structure uses them.
      this.#overridden.add(at);
      total.bytes += sizeBytes;
    }
    const first = at >>> this.#lineShift;
    const last = (at + sizeBytes - 1) >>> this.#lineShift;
    if (first !== last) total.straddles++;
    const stageBit = 1 << stage;
    for (let line = first; line <= last; line++) {
      if (this.#lineEpoch[line] !== epoch) {
        this.#lineEpoch[line] = epoch;
        this.#lineStructures[line] = 0;
        this.#lineStages[line] = 0;
      }
      const structures = this.#lineStructures[line] as number;
      if ((structures & bit) === 0) {
        this.#lineStructures[line] = structures | bit;
        total.lines++;
      }
      const stages = this.#lineStages[line] as number;
      if ((stages & stageBit) === 0) {
        this.#lineStages[line] = stages | stageBit;
        this.#stageTotals[stage] = (this.#stageTotals[stage] ?? 0) + 1;
      }
    }
  };

  /** Ends the present I/O: what comes next is another one's. */
  endIo(): void {
    this.ios++;
    this.#overridden.clear();
    if (this.#epoch === LAST_EPOCH) {
      this.#byteEpoch.fill(0);
      this.#lineEpoch.fill(0);
      this.#epoch = 0;
    }
    this.#epoch++;
  }

  #at(at: number): Counted {
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] as number) <= at) low = middle + 1;
      else high = middle;
    }
    const found = this.#regions[low - 1];
    if (found === undefined) return this.#other;
    const { offset, sizeBytes, strideBytes } = found.region;
    const distance = at - offset;
    if (distance >= sizeBytes) return this.#other;
    const inObject = strideBytes === 0 ? distance : distance % strideBytes;
    let counted = found.whole;
    for (const part of found.parts) {
      if (inObject >= part.offset) counted = part.as;
    }
    return counted;
  }

  #count(name: string): Counted {
    const known = this.#counted.find((counted) => counted.name === name);
    if (known !== undefined) return known;
    if (this.#counted.length === 32) {
      throw new RangeError(
        `Cannot count "${name}": 32 structures are counted, expected no more`,
      );
    }
    const counted: Counted = {
      name,
      bit: 1 << this.#counted.length,
      total: { accesses: 0, writes: 0, straddles: 0, bytes: 0, lines: 0 },
    };
    this.#counted.push(counted);
    return counted;
  }
}
