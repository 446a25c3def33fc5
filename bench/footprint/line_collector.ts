/**
 * Distinct lines and bytes of each structure, from the accesses of a trace; of
 * what a boot or a call places again also in every other place.
 */
import { STACK_BIO, STACK_VECTORS } from "../../sim/block/stack_bio.ts";
import type { MemoryRegion } from "../../sim/memory/memory_region.ts";
import type { RegionIndex } from "../../sim/memory/region_index.ts";
import { STAGES } from "../../sim/path/path_stages.ts";
import {
  type AccessBatch,
  ALLOCATOR_FLAG,
  STAGE_MASK,
} from "../../sim/trace/access_batch.ts";
import { ALLOCATOR_STRUCTURE } from "../../sim/memory/region_index.ts";

export interface TouchedStructure {
  /** Distinct lines of 64 bytes. */
  readonly lines: number;
  readonly linesRead: number;
  readonly linesWritten: number;
  readonly reads: number;
  readonly writes: number;
  /** Bytes of its objects that are read, by offset in an object. */
  readonly bytesRead: ReadonlySet<number>;
  /** Bytes of its objects that are written. */
  readonly bytesWritten: ReadonlySet<number>;
  /** The same where another boot, or another call, has its object. */
  readonly elsewhere?:
    | readonly Omit<TouchedStructure, "elsewhere">[]
    | undefined;
}

/** What one I/O, or one batch, touches. */
export interface TouchedLines {
  /** Distinct lines of all structures. */
  readonly lines: number;
  readonly structures: ReadonlyMap<string, TouchedStructure>;
}

const LINE_SHIFT = 6;
const LINE_BYTES = 64;
const DEVICE = STAGES.indexOf("device");
/** io_ring_ctx.submit_state.plug begins here in a line (7.2: byte 288). */
const PLUG_IN_LINE = 32;

/** An access to kernel memory. */
interface Access {
  readonly at: number;
  readonly isWrite: boolean;
  readonly offset: number;
  readonly sizeBytes: number;
}

interface Collected {
  readonly read: Set<number>;
  readonly written: Set<number>;
  readonly bytesRead: Set<number>;
  readonly bytesWritten: Set<number>;
  reads: number;
  writes: number;
}

/** What a boot places again: how far, in bytes, and which accesses. */
interface Movable {
  readonly structure: string;
  /** Its place in a line is a multiple of this many bytes. */
  readonly stepBytes: number;
  readonly region: string;
}

const MOVABLES: readonly Movable[] = [
  // A kernel's frames are aligned to 8 bytes, RANDOMIZE_KSTACK_OFFSET to 16.
  { structure: "bio", stepBytes: 8, region: STACK_BIO },
  { structure: "bio_vec", stepBytes: 8, region: STACK_VECTORS },
  { structure: "queue_limits", stepBytes: 8, region: "queue_limits" },
  { structure: "bio_set", stepBytes: 32, region: "bio_set" },
];

export interface CollectorOptions {
  readonly regions: readonly MemoryRegion[];
  /** Struct pages that count as the data's; default: all. */
  readonly ownPages?: readonly [first: number, end: number] | undefined;
}

/** Collects lines; nothing in it is meant to be fast. */
export class LineCollector {
  readonly #index: RegionIndex;
  readonly #all = new Set<number>();
  readonly #of = new Map<string, Collected>();
  readonly #moved = new Map<string, Collected[]>();
  readonly #places: ReadonlyMap<Movable, MemoryRegion>;
  /** From where the plug is in a line here to where in io_ring_ctx. */
  readonly #plugShift: number;
  readonly #ownPages: readonly [number, number];

  /** @param options The regions, and which struct pages are the data's. */
  constructor(index: RegionIndex, options: CollectorOptions) {
    const { regions, ownPages } = options;
    const find = (wanted: string) =>
      regions.find(({ name, structure }) => (name ?? structure) === wanted);
    this.#index = index;
    this.#plugShift = PLUG_IN_LINE -
      (find("blk_plug")?.offset ?? 0) % LINE_BYTES;
    this.#places = new Map(
      MOVABLES.flatMap((movable) => {
        const region = find(movable.region);
        return region === undefined ? [] : [[movable, region] as const];
      }),
    );
    const pages = find("page of dram 0");
    const at = (page: number) =>
      (pages?.offset ?? 0) + page * (pages?.strideBytes ?? 0);
    this.#ownPages = ownPages === undefined
      ? [0, Infinity]
      : [at(ownPages[0]), at(ownPages[1])];
  }

  take(batch: AccessBatch): void {
    for (let i = 0; i < batch.length; i++) {
      const stage = batch.stage[i] as number;
      if ((stage & STAGE_MASK) === DEVICE) continue;
      const at = batch.addressLo[i] as number;
      const word = batch.sizeAndKind[i] as number;
      const own = this.#index.structures[this.#index.find(at)] ?? "";
      // A recording counts by address, zeroing too. A slab's link, in kernels
      // before 7.0, is kept apart.
      const isSlabs = (stage & ALLOCATOR_FLAG) !== 0;
      const structure = isSlabs
        ? ALLOCATOR_STRUCTURE
        : own === "page" && !isIn(at, this.#ownPages)
        ? "page of other memory"
        : own;
      const access = {
        at: at + (own === "blk_plug" ? this.#plugShift : 0),
        isWrite: (word & 3) !== 0,
        offset: this.#index.offsetInObject,
        sizeBytes: word >>> 2,
      };
      noteIn(
        this.#of.getOrInsertComputed(structure, emptyCollected),
        access,
      );
      for (const line of linesOf(access)) this.#all.add(line);
      for (const [movable, region] of this.#places) {
        if (movable.structure === structure) {
          this.#move(movable, { access, region });
        }
      }
    }
  }

  /** Notes an access in every other place that a boot may give it. */
  #move(
    { structure, stepBytes }: Movable,
    { access, region }: { access: Access; region: MemoryRegion },
  ): void {
    const { offset, sizeBytes } = region;
    const isMoved = isIn(access.at, [offset, offset + sizeBytes]);
    this.#moved.getOrInsertComputed(
      structure,
      () => Array.from({ length: LINE_BYTES / stepBytes - 1 }, emptyCollected),
    ).forEach((place, i) => {
      const shift = isMoved ? (i + 1) * stepBytes : 0;
      noteIn(place, { ...access, at: access.at + shift });
    });
  }

  touched(): TouchedLines {
    return {
      lines: this.#all.size,
      structures: new Map(
        [...this.#of].map(([name, collected]) => [name, {
          ...touchedOf(collected),
          elsewhere: this.#moved.get(name)?.map(touchedOf),
        }]),
      ),
    };
  }
}

function touchedOf(
  { read, written, ...rest }: Collected,
): Omit<TouchedStructure, "elsewhere"> {
  return {
    lines: read.union(written).size,
    linesRead: read.size,
    linesWritten: written.size,
    ...rest,
  };
}

function emptyCollected(): Collected {
  return {
    read: new Set(),
    written: new Set(),
    bytesRead: new Set(),
    bytesWritten: new Set(),
    reads: 0,
    writes: 0,
  };
}

function linesOf({ at, sizeBytes }: Access): number[] {
  const first = at >>> LINE_SHIFT;
  const last = (at + sizeBytes - 1) >>> LINE_SHIFT;
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

function noteIn(sums: Collected, access: Access): void {
  const { isWrite, offset, sizeBytes } = access;
  if (isWrite) sums.writes++;
  else sums.reads++;
  const lines = isWrite ? sums.written : sums.read;
  for (const line of linesOf(access)) lines.add(line);
  const bytes = isWrite ? sums.bytesWritten : sums.bytesRead;
  for (let at = offset; at < offset + sizeBytes; at++) bytes.add(at);
}

function isIn(
  at: number,
  [first, end]: readonly [number, number],
): boolean {
  return at >= first && at < end;
}
