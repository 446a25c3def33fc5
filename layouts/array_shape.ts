/**
 * Where the segments of an array are: whole structs one after the other,
 * columns (structure of arrays), or chunks with a link in front of each.
 */
import type { Arrangement } from "./layout.ts";
import type { PlacedStruct } from "./struct.ts";
import { type OwnMaker, sameMaker } from "./own_copy.ts";
import { bitFieldRun, bytesOf, type Region } from "./window.ts";

/** Returns the byte in the view where a window of one segment starts. */
export type Locate = (base: number, capacity: number, index: number) => number;

/** The bytes of an array of segments. */
export interface ArrayShape {
  /** Alignment of the array's first byte. */
  readonly alignBytes: number;
  /** Bytes that one more segment adds, links and padding of chunks aside. */
  readonly segmentBytes: number;
  /** Parts of the struct that stay together. */
  readonly regions: readonly Region[];
  /** Bytes that an array of `capacity` segments takes. */
  arrayBytes(capacity: number): number;
  /** Makes the locator of the window that starts at that byte of the struct. */
  locator(startByte: number): Locate;
}

/** Works out the shape of an array. */
export function arrayShape(
  placed: PlacedStruct,
  arrangement: Arrangement,
  own: OwnMaker = sameMaker,
): ArrayShape {
  switch (arrangement.kind) {
    case "aos":
      return arrayOfStructs(placed, own);
    case "soa":
      return structureOfArrays(placed, own);
    case "chunks":
      return chunks(placed, arrangement, own);
  }
}

/**
 * Finds the region that holds a byte.
 *
 * @param byte A byte of the struct that a member uses.
 */
export function regionOf(shape: ArrayShape, byte: number): Region {
  const found = shape.regions.find((region) =>
    region.startByte <= byte && byte < region.endByte
  );
  if (found === undefined) {
    throw new RangeError(`Cannot find byte ${byte}: no member uses it`);
  }
  return found;
}

function arrayOfStructs(placed: PlacedStruct, own: OwnMaker): ArrayShape {
  const stride = placed.sizeBytes;
  return {
    alignBytes: placed.alignBytes,
    segmentBytes: stride,
    regions: [{ startByte: 0, endByte: stride }],
    arrayBytes: (capacity) => capacity * stride,
    locator: (startByte) => own(inStructs)(stride, startByte),
  };
}

function structureOfArrays(placed: PlacedStruct, own: OwnMaker): ArrayShape {
  const regions = columns(placed);
  const segmentBytes = regions.reduce((sum, r) => sum + bytes(r), 0);
  return {
    alignBytes: placed.alignBytes,
    segmentBytes,
    regions,
    arrayBytes: (capacity) => capacity * segmentBytes,
    locator: (startByte) => {
      const at = regions.findIndex((r) =>
        r.startByte <= startByte && startByte < r.endByte
      );
      const before = regions.slice(0, at).reduce((sum, r) => sum + bytes(r), 0);
      const column = regions[at];
      if (column === undefined) {
        throw new RangeError(`Cannot find byte ${startByte}: no column has it`);
      }
      const width = bytes(column);
      const inside = startByte - column.startByte;
      return own(inColumns)(before, width, inside);
    },
  };
}

/** The columns, widest alignment first, so that each starts aligned. */
function columns(placed: PlacedStruct): Region[] {
  const found = new Map<number, Region>();
  for (const field of placed.fields) {
    const region = field.bitSize === undefined
      ? bytesOf(field)
      : bitFieldRun(placed, field);
    found.set(region.startByte, region);
  }
  const alignment = (region: Region) => {
    const size = bytes(region);
    return size & -size; // the largest power of two that divides it
  };
  return [...found.values()].sort((a, b) => alignment(b) - alignment(a));
}

function chunks(
  placed: PlacedStruct,
  arrangement: { chunkBytes: number; linkBytes: number },
  own: OwnMaker,
): ArrayShape {
  const { chunkBytes, linkBytes } = arrangement;
  const stride = placed.sizeBytes;
  const perChunk = Math.floor((chunkBytes - linkBytes) / stride);
  return {
    alignBytes: Math.max(placed.alignBytes, linkBytes),
    segmentBytes: stride,
    regions: [{ startByte: 0, endByte: stride }],
    arrayBytes: (capacity) => Math.ceil(capacity / perChunk) * chunkBytes,
    locator: (startByte) =>
      own(inChunks)(stride, linkBytes + startByte, { perChunk, chunkBytes }),
  };
}

// Below, what closures capture is a `const`, see word.ts.

function inStructs(strideBytes: number, startByte: number): Locate {
  const stride = strideBytes;
  const inside = startByte;
  return (base, _capacity, index) =>
    (base + Math.imul(index, stride) + inside) | 0;
}

function inColumns(
  bytesBefore: number,
  widthBytes: number,
  startByte: number,
): Locate {
  const before = bytesBefore;
  const width = widthBytes;
  const inside = startByte;
  return (base, capacity, index) =>
    (base + Math.imul(capacity, before) + Math.imul(index, width) +
      inside) | 0;
}

function inChunks(
  strideBytes: number,
  startByte: number,
  of: { readonly perChunk: number; readonly chunkBytes: number },
): Locate {
  const { perChunk, chunkBytes } = of;
  const stride = strideBytes;
  const first = startByte;
  return (base, _capacity, index) => {
    const chunk = (index / perChunk) | 0;
    return (base + Math.imul(chunk, chunkBytes) + first +
      Math.imul(index - Math.imul(chunk, perChunk), stride)) | 0;
  };
}

function bytes(region: Region): number {
  return region.endByte - region.startByte;
}
