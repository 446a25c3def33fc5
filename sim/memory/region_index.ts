/**
 * Whose byte an address is: from an offset in kernel memory to the structure
 * that is there and to the place inside its object.
 */
import type { MemoryRegion } from "./memory_region.ts";

/** The structure that the slab allocator's own accesses count as. */
export const ALLOCATOR_STRUCTURE = "slab freelist";

/** A part of a region's objects that counts as another structure. */
export interface RegionPart {
  /** The structure of the region. */
  readonly of: string;
  /** Offset in the object where the part begins, in bytes. */
  readonly offset: number;
  /** The structure that the part counts as. */
  readonly structure: string;
}

/** A region, and where each part of its objects begins. */
interface IndexedRegion {
  readonly start: number;
  readonly sizeBytes: number;
  readonly strideBytes: number;
  readonly objectStarts: Uint8Array | undefined;
  /** Ascending; the first begins at 0 and is the object itself. */
  readonly partStarts: readonly number[];
  readonly partStructures: readonly number[];
}

/** The structure of addresses that are in no region. */
const OTHER_STRUCTURE = "other";

const LINE_BYTES = 64;
const LINE_SHIFT = 6;

/** Finds the structure of an address, in time logarithmic in the regions. */
export class RegionIndex {
  /** Names of the structures; `find` answers their indexes. */
  readonly structures: readonly string[];
  /** Offset in its object, or in its part, of the address found last. */
  offsetInObject = 0;
  /** End of the last region, in bytes. */
  readonly endBytes: number;
  readonly #regions: readonly IndexedRegion[];
  readonly #starts: Int32Array;
  #last: IndexedRegion;

  /**
   * Indexes regions.
   *
   * @param regions The regions, ascending and disjoint.
   * @param parts Parts that count as a structure of their own, ascending by
   *   offset.
   */
  constructor(
    regions: readonly MemoryRegion[],
    parts: readonly RegionPart[] = [],
  ) {
    const structures = [OTHER_STRUCTURE];
    const indexOf = (name: string): number => {
      const known = structures.indexOf(name);
      return known >= 0 ? known : structures.push(name) - 1;
    };
    this.#regions = regions.map((region) => {
      const own = parts.filter((part) => part.of === region.structure);
      const all = own[0]?.offset === 0 ? own : [
        { offset: 0, structure: region.structure },
        ...own,
      ];
      return {
        start: region.offset,
        sizeBytes: region.sizeBytes,
        strideBytes: region.strideBytes,
        objectStarts: region.objectStarts,
        partStarts: all.map(({ offset }) => offset),
        partStructures: all.map(({ structure }) => indexOf(structure)),
      };
    });
    this.#starts = Int32Array.from(regions, ({ offset }) => offset);
    this.structures = structures;
    const last = regions.at(-1);
    this.endBytes = last === undefined ? 0 : last.offset + last.sizeBytes;
    this.#last = {
      start: 0,
      sizeBytes: 0,
      strideBytes: 0,
      objectStarts: undefined,
      partStarts: [],
      partStructures: [],
    };
  }

  /**
   * Finds the structures of a line of 64 bytes.
   *
   * @param line Its offset in kernel memory, in lines.
   * @returns Its structure, or that of each of its bytes if there are several.
   */
  ownersOfLine(line: number): number | Uint8Array {
    const first = line << LINE_SHIFT;
    const structure = this.find(first);
    const { start, sizeBytes, partStarts } = this.#last;
    // All objects of a region are alike, and without parts so are their bytes.
    if (
      partStarts.length === 1 && first >= start &&
      first + LINE_BYTES <= start + sizeBytes
    ) return structure;
    const owners = new Uint8Array(LINE_BYTES);
    let isShared = false;
    for (let byte = 0; byte < LINE_BYTES; byte++) {
      const owner = this.find(first + byte);
      owners[byte] = owner;
      if (owner !== structure) isShared = true;
    }
    return isShared ? owners : structure;
  }

  /**
   * Finds the structure of an address and sets `offsetInObject`.
   *
   * @param at Byte offset in kernel memory.
   * @returns Index in `structures`; 0 where it is in no region.
   */
  find(at: number): number {
    let region = this.#last;
    let distance = at - region.start;
    if (distance < 0 || distance >= region.sizeBytes) {
      const found = this.#search(at);
      if (found === undefined) return this.#none(at);
      distance = at - found.start;
      if (distance >= found.sizeBytes) return this.#none(at);
      region = found;
      this.#last = found;
    }
    const { strideBytes, objectStarts, partStarts, partStructures } = region;
    const offset = objectStarts !== undefined
      ? distance - startBefore(objectStarts, distance)
      : strideBytes === 0
      ? distance
      : distance % strideBytes;
    let part = partStarts.length - 1;
    while ((partStarts[part] as number) > offset) part--;
    this.offsetInObject = offset - (partStarts[part] as number);
    return partStructures[part] as number;
  }

  #none(at: number): number {
    this.offsetInObject = at;
    return 0;
  }

  #search(at: number): IndexedRegion | undefined {
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] as number) <= at) low = middle + 1;
      else high = middle;
    }
    return this.#regions[low - 1];
  }
}

/** Where the object begins that a place in a region is in. */
function startBefore(objectStarts: Uint8Array, distance: number): number {
  let line = distance >>> 6;
  while (line > 0 && objectStarts[line] === 0) line--;
  return line << 6;
}
