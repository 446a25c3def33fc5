/**
 * The length and the flag of a segment, and an offset in the page that is a
 * bit-field. Where they are in one window, as bit-fields do, setting a segment
 * is one store.
 */
import type { Locate } from "./array_shape.ts";
import { type CodecSite, fieldAccess } from "./codec_parts.ts";
import { type Content, windowContents } from "./window_content.ts";

/** Writes length and flag of a new segment, and its address's bit-field. */
export type WriteLength = (
  base: number,
  capacity: number,
  index: number,
  lengthBytes: number,
  flag: number,
  physLo: number,
) => void;

/** Reads and writes the length and the flag of a segment. */
export interface LengthCodec {
  readonly length: Locate;
  readonly flag: Locate;
  /** Writes the length alone and leaves all other bits. */
  readonly setLength: (
    base: number,
    capacity: number,
    index: number,
    lengthBytes: number,
  ) => void;
  /** Writes everything that is not the address. */
  readonly write: WriteLength;
}

export function lengthCodec(site: CodecSite): LengthCodec {
  const { own } = site;
  const contents = windowContents(site);
  const lengths = contents.filter((c) => c.lo.mask !== 0 || c.hi.mask !== 0);
  const [first, second] = lengths;
  const flag = contents.find((c) => c.flagLo !== 0 || c.flagHi !== 0);
  if (first === undefined) throw new RangeError("Cannot find a length field");
  return {
    length: second === undefined
      ? own(reader)(first)
      : own(bothReaders)(own(reader)(first), own(reader)(second)),
    flag: flag === undefined
      ? flagReaderInAddress(site)
      : own(flagReader)(flag),
    setLength: second === undefined
      ? own(updater)(first)
      : own(bothUpdaters)(own(updater)(first), own(updater)(second)),
    write: contents.map((content) => own(writerFor(content))(content))
      .reduce((one, other) => own(bothWriters)(one, other)),
  };
}

// Below, what closures capture is a `const`, see word.ts.

function reader(content: Content): Locate {
  const { locate, words } = content.access;
  const { lo, hi } = words;
  const { from: loFrom, mask: loMask, to: loTo } = content.lo;
  const { from: hiFrom, mask: hiMask, to: hiTo } = content.hi;
  if (hiMask === 0) {
    if (loMask === -1 && loTo === 0 && loFrom === 0) {
      return (base, capacity, index) => lo(locate(base, capacity, index));
    }
    return (base, capacity, index) =>
      ((lo(locate(base, capacity, index)) >>> loTo) & loMask) << loFrom;
  }
  if (loMask === 0) {
    return (base, capacity, index) =>
      ((hi(locate(base, capacity, index)) >>> hiTo) & hiMask) << hiFrom;
  }
  return (base, capacity, index) => {
    const at = locate(base, capacity, index);
    return (((lo(at) >>> loTo) & loMask) << loFrom) |
      (((hi(at) >>> hiTo) & hiMask) << hiFrom);
  };
}

function bothReaders(first: Locate, second: Locate): Locate {
  const a = first;
  const b = second;
  return (base, capacity, index) =>
    a(base, capacity, index) | b(base, capacity, index);
}

function flagReader(
  content: Pick<Content, "access" | "flagLo" | "flagHi">,
): Locate {
  const { locate, words } = content.access;
  const bit = 31 - Math.clz32(content.flagLo | content.flagHi);
  const word = content.flagHi === 0 ? words.lo : words.onlyHi;
  return (base, capacity, index) =>
    (word(locate(base, capacity, index)) >>> bit) & 1;
}

function flagReaderInAddress(site: CodecSite): Locate {
  const { flag, address } = site.layout.roles;
  if (flag === undefined) return () => 0;
  return site.own(flagReader)({
    access: fieldAccess(site, address.field),
    flagLo: flag.bit < 32 ? 1 << flag.bit : 0,
    flagHi: flag.bit < 32 ? 0 : 1 << (flag.bit - 32),
  });
}

/** Sets a new segment's window whole, unless another member is in it. */
function writerFor(content: Content): (content: Content) => WriteLength {
  const { lo, hi, flagLo, flagHi, constantLo, constantHi } = content;
  if ((content.offsetLo.mask | content.offsetHi.mask) !== 0) {
    return writerWithOffset;
  }
  const isPlain = lo.mask === -1 && lo.to === 0 && lo.from === 0 &&
    hi.mask === 0 && (flagLo | flagHi | constantLo | constantHi) === 0;
  if (isPlain) return plainWriter;
  if (content.access.window.shared) return sharedWriter;
  return hi.mask === 0 && constantHi === 0 ? lowWriter : wideWriter;
}

function plainWriter({ access }: Content): WriteLength {
  const { locate, words } = access;
  const { write } = words;
  return (base, capacity, index, lengthBytes) =>
    write(locate(base, capacity, index), lengthBytes, 0);
}

function lowWriter(content: Content): WriteLength {
  const { flagLo, flagHi, constantLo } = content;
  const { locate, words } = content.access;
  const { write } = words;
  const { from: loFrom, mask: loMask, to: loTo } = content.lo;
  return (base, capacity, index, lengthBytes, flag) =>
    write(
      locate(base, capacity, index),
      constantLo | (((lengthBytes >>> loFrom) & loMask) << loTo) |
        (-flag & flagLo),
      -flag & flagHi,
    );
}

function wideWriter(content: Content): WriteLength {
  const { flagLo, flagHi, constantLo, constantHi } = content;
  const { locate, words } = content.access;
  const { write } = words;
  const { from: loFrom, mask: loMask, to: loTo } = content.lo;
  const { from: hiFrom, mask: hiMask, to: hiTo } = content.hi;
  return (base, capacity, index, lengthBytes, flag) =>
    write(
      locate(base, capacity, index),
      constantLo | (((lengthBytes >>> loFrom) & loMask) << loTo) |
        (-flag & flagLo),
      constantHi | (((lengthBytes >>> hiFrom) & hiMask) << hiTo) |
        (-flag & flagHi),
    );
}

/** The same of a window that holds the offset in the page, too. */
function writerWithOffset(content: Content): WriteLength {
  const { flagLo, flagHi, constantLo, constantHi } = content;
  const { locate, words, window } = content.access;
  const { lo, hi, write } = words;
  const { from: loFrom, mask: loMask, to: loTo } = content.lo;
  const { from: hiFrom, mask: hiMask, to: hiTo } = content.hi;
  const { from: inLoFrom, mask: inLoMask, to: inLoTo } = content.offsetLo;
  const { from: inHiFrom, mask: inHiMask, to: inHiTo } = content.offsetHi;
  const keepsLo = window.shared
    ? ~(content.lengthLo | flagLo | constantLo | (inLoMask << inLoTo))
    : 0;
  const keepsHi = window.shared
    ? ~(content.lengthHi | flagHi | constantHi | (inHiMask << inHiTo))
    : 0;
  const isShared = window.shared;
  return (base, capacity, index, lengthBytes, flag, physLo) => {
    const at = locate(base, capacity, index);
    const oldLo = isShared ? lo(at) & keepsLo : 0;
    const oldHi = isShared ? hi(at) & keepsHi : 0;
    write(
      at,
      oldLo | constantLo | (-flag & flagLo) |
        (((lengthBytes >>> loFrom) & loMask) << loTo) |
        (((physLo >>> inLoFrom) & inLoMask) << inLoTo),
      oldHi | constantHi | (-flag & flagHi) |
        (((lengthBytes >>> hiFrom) & hiMask) << hiTo) |
        (((physLo >>> inHiFrom) & inHiMask) << inHiTo),
    );
  };
}

function sharedWriter(content: Content): WriteLength {
  const { flagLo, flagHi, constantLo, constantHi } = content;
  const { locate, words } = content.access;
  const { lo, hi, write } = words;
  const { from: loFrom, mask: loMask, to: loTo } = content.lo;
  const { from: hiFrom, mask: hiMask, to: hiTo } = content.hi;
  const keepLo = ~(content.lengthLo | flagLo | constantLo);
  const keepHi = ~(content.lengthHi | flagHi | constantHi);
  return (base, capacity, index, lengthBytes, flag) => {
    const at = locate(base, capacity, index);
    const oldLo = lo(at);
    const oldHi = hi(at);
    write(
      at,
      (oldLo & keepLo) | constantLo | (-flag & flagLo) |
        (((lengthBytes >>> loFrom) & loMask) << loTo),
      (oldHi & keepHi) | constantHi | (-flag & flagHi) |
        (((lengthBytes >>> hiFrom) & hiMask) << hiTo),
    );
  };
}

function updater(content: Content): LengthCodec["setLength"] {
  const { locate, words, window } = content.access;
  const { lo, hi, write } = words;
  const { from: loFrom, mask: loMask, to: loTo } = content.lo;
  const { from: hiFrom, mask: hiMask, to: hiTo } = content.hi;
  const keepLo = ~content.lengthLo;
  const keepHi = ~content.lengthHi;
  if (window.width === window.sizeBytes * 8) {
    return (base, capacity, index, lengthBytes) =>
      write(
        locate(base, capacity, index),
        (lengthBytes >>> loFrom) & loMask,
        0,
      );
  }
  return (base, capacity, index, lengthBytes) => {
    const at = locate(base, capacity, index);
    const oldLo = lo(at);
    const oldHi = hi(at);
    write(
      at,
      (oldLo & keepLo) | (((lengthBytes >>> loFrom) & loMask) << loTo),
      (oldHi & keepHi) | (((lengthBytes >>> hiFrom) & hiMask) << hiTo),
    );
  };
}

function bothWriters(first: WriteLength, second: WriteLength): WriteLength {
  const a = first;
  const b = second;
  return (base, capacity, index, lengthBytes, flag, physLo) => {
    a(base, capacity, index, lengthBytes, flag, physLo);
    b(base, capacity, index, lengthBytes, flag, physLo);
  };
}

function bothUpdaters(
  first: LengthCodec["setLength"],
  second: LengthCodec["setLength"],
): LengthCodec["setLength"] {
  const a = first;
  const b = second;
  return (base, capacity, index, lengthBytes) => {
    a(base, capacity, index, lengthBytes);
    b(base, capacity, index, lengthBytes);
  };
}
