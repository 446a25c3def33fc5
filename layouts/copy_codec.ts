/**
 * Copying a whole segment, as C's struct assignment does: every byte of it,
 * flags and padding included.
 */
import type { Locate } from "./array_shape.ts";
import type { CodecSite } from "./codec_parts.ts";
import type { MemoryView } from "./word.ts";

/** Copies one segment; arrays may overlap, segments may not. */
export type CopySegment = (
  fromBase: number,
  fromCapacity: number,
  fromIndex: number,
  toBase: number,
  toCapacity: number,
  toIndex: number,
) => void;

export function copyCodec(site: CodecSite): CopySegment {
  return site.shape.regions
    .map(({ startByte, endByte }) =>
      copyBytes(site, startByte, endByte - startByte)
    )
    .reduce((first, second) => site.own(bothCopies)(first, second));
}

function bothCopies(first: CopySegment, second: CopySegment): CopySegment {
  const a = first;
  const b = second;
  return (fromBase, fromCapacity, fromIndex, toBase, toCapacity, toIndex) => {
    a(fromBase, fromCapacity, fromIndex, toBase, toCapacity, toIndex);
    b(fromBase, fromCapacity, fromIndex, toBase, toCapacity, toIndex);
  };
}

function copyBytes(
  { view, shape, own }: CodecSite,
  startByte: number,
  sizeBytes: number,
): CopySegment {
  const locate = shape.locator(startByte);
  switch (sizeBytes) {
    case 4:
      return own(copy4)(view, locate);
    case 8:
      return own(copy8)(view, locate);
    case 12:
      return own(copy12)(view, locate);
    case 16:
      return own(copy16)(view, locate);
    default:
      return own(copyAny)(view, locate, sizeBytes);
  }
}

// What closures capture is a `const`, see word.ts.
// The byte order does not matter to a copy, as long as both sides use one.
function copy4(memory: MemoryView, place: Locate): CopySegment {
  const view = memory;
  const locate = place;
  return (fromBase, fromCapacity, fromIndex, toBase, toCapacity, toIndex) =>
    view.setInt32(
      locate(toBase, toCapacity, toIndex),
      view.getInt32(locate(fromBase, fromCapacity, fromIndex), true),
      true,
    );
}

function copy8(memory: MemoryView, place: Locate): CopySegment {
  const view = memory;
  const locate = place;
  return (fromBase, fromCapacity, fromIndex, toBase, toCapacity, toIndex) => {
    const from = locate(fromBase, fromCapacity, fromIndex);
    const to = locate(toBase, toCapacity, toIndex);
    const a = view.getInt32(from, true);
    const b = view.getInt32(from + 4, true);
    view.setInt32(to, a, true);
    view.setInt32(to + 4, b, true);
  };
}

function copy12(memory: MemoryView, place: Locate): CopySegment {
  const view = memory;
  const locate = place;
  return (fromBase, fromCapacity, fromIndex, toBase, toCapacity, toIndex) => {
    const from = locate(fromBase, fromCapacity, fromIndex);
    const to = locate(toBase, toCapacity, toIndex);
    const a = view.getInt32(from, true);
    const b = view.getInt32(from + 4, true);
    const c = view.getInt32(from + 8, true);
    view.setInt32(to, a, true);
    view.setInt32(to + 4, b, true);
    view.setInt32(to + 8, c, true);
  };
}

function copy16(memory: MemoryView, place: Locate): CopySegment {
  const view = memory;
  const locate = place;
  return (fromBase, fromCapacity, fromIndex, toBase, toCapacity, toIndex) => {
    const from = locate(fromBase, fromCapacity, fromIndex);
    const to = locate(toBase, toCapacity, toIndex);
    const a = view.getInt32(from, true);
    const b = view.getInt32(from + 4, true);
    const c = view.getInt32(from + 8, true);
    const d = view.getInt32(from + 12, true);
    view.setInt32(to, a, true);
    view.setInt32(to + 4, b, true);
    view.setInt32(to + 8, c, true);
    view.setInt32(to + 12, d, true);
  };
}

function copyAny(
  memory: MemoryView,
  place: Locate,
  bytes: number,
): CopySegment {
  const view = memory;
  const locate = place;
  const sizeBytes = bytes;
  const wordsEnd = sizeBytes & ~3;
  return (fromBase, fromCapacity, fromIndex, toBase, toCapacity, toIndex) => {
    const from = locate(fromBase, fromCapacity, fromIndex);
    const to = locate(toBase, toCapacity, toIndex);
    for (let at = 0; at < wordsEnd; at += 4) {
      view.setInt32(to + at, view.getInt32(from + at, true), true);
    }
    for (let at = wordsEnd; at < sizeBytes; at++) {
      view.setUint8(to + at, view.getUint8(from + at));
    }
  };
}
