/**
 * The length and the flag of a segment, and an offset in the page that is a
 * bit-field. Where they lie in one window, as bit-fields do, setting a segment
 * is one store.
 */
import type { Locate } from "./array_shape.ts";
import {
  type CodecSite,
  type FieldAccess,
  fieldAccess,
  sameWindow,
} from "./codec_parts.ts";

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

/**
 * How an int32 length lies in a window: the bits that a word has of it. A part
 * is `(length >>> from & mask) << to`.
 */
interface Part {
  readonly from: number;
  readonly mask: number;
  readonly to: number;
}

/** What a window holds, as parts of its two words. */
interface Content {
  readonly access: FieldAccess;
  readonly lo: Part;
  readonly hi: Part;
  /** The same of the offset in the page, where it is a bit-field. */
  readonly offsetLo: Part;
  readonly offsetHi: Part;
  readonly flagLo: number;
  readonly flagHi: number;
  readonly constantLo: number;
  readonly constantHi: number;
  /** Bits of length fields, those above an int32 length included. */
  readonly lengthLo: number;
  readonly lengthHi: number;
}

const NOTHING: Part = { from: 0, mask: 0, to: 0 };
/** Bits of an offset in a page. */
const PAGE_SHIFT = 12;

/**
 * Makes the length and flag part of a codec.
 *
 * @param site The codec to be.
 * @returns The accessors.
 */
export function lengthCodec(site: CodecSite): LengthCodec {
  const contents = windowContents(site);
  const lengths = contents.filter((c) => c.lo.mask !== 0 || c.hi.mask !== 0);
  const [first, second] = lengths;
  const flag = contents.find((c) => c.flagLo !== 0 || c.flagHi !== 0);
  if (first === undefined) throw new RangeError("Cannot find a length field");
  return {
    length: second === undefined
      ? reader(first)
      : bothReaders(reader(first), reader(second)),
    flag: flag === undefined ? flagReaderInAddress(site) : flagReader(flag),
    setLength: second === undefined
      ? updater(first)
      : bothUpdaters(updater(first), updater(second)),
    write: contents.map(writer).reduce(bothWriters),
  };
}

/** The windows that hold length, flag and constants, each named once. */
function windowContents(site: CodecSite): Content[] {
  const { length, flag, address, constants = {} } = site.layout.roles;
  const lengthAccess = fieldAccess(site, length.field);
  const contents = [addValue(empty(lengthAccess), lengthAccess, 0)];
  const into = (access: FieldAccess, change: (from: Content) => Content) => {
    const at = contents.findIndex((c) => sameWindow(c.access, access));
    const found = contents[at];
    if (found === undefined) contents.push(change(empty(access)));
    else contents[at] = change(found);
  };
  if (length.high !== undefined) {
    const high = fieldAccess(site, length.high);
    into(high, (from) => addValue(from, high, lengthAccess.window.width));
  }
  const offset = bitFieldOffset(site);
  if (offset !== undefined) {
    into(offset, (from) => {
      const { lo, hi } = partsOf(offset, { from: 0, most: PAGE_SHIFT });
      return { ...from, offsetLo: lo, offsetHi: hi };
    });
  }
  if (flag !== undefined && flag.field !== address.field) {
    const access = fieldAccess(site, flag.field);
    const bit = access.window.shift + flag.bit;
    into(access, (from) => ({
      ...from,
      flagLo: bit < 32 ? 1 << bit : 0,
      flagHi: bit < 32 ? 0 : 1 << (bit - 32),
    }));
  }
  for (const [name, value] of Object.entries(constants)) {
    const access = fieldAccess(site, name);
    const { shift } = access.window;
    into(access, (from) => ({
      ...from,
      constantLo: from.constantLo | (shift < 32 ? value << shift : 0),
      constantHi: from.constantHi | (shift < 32 ? 0 : value << (shift - 32)),
    }));
  }
  return contents;
}

/**
 * The offset in the page where it is a bit-field, which is set with what lies
 * beside it.
 *
 * @param site The codec to be.
 * @returns Its window; nothing where the offset has its bytes to itself.
 */
export function bitFieldOffset(site: CodecSite): FieldAccess | undefined {
  const { offset } = site.layout.roles.address;
  if (offset === undefined) return undefined;
  const access = fieldAccess(site, offset);
  const { width, sizeBytes } = access.window;
  return width === sizeBytes * 8 ? undefined : access;
}

function empty(access: FieldAccess): Content {
  return {
    access,
    lo: NOTHING,
    hi: NOTHING,
    offsetLo: NOTHING,
    offsetHi: NOTHING,
    flagLo: 0,
    flagHi: 0,
    constantLo: 0,
    constantHi: 0,
    lengthLo: 0,
    lengthHi: 0,
  };
}

/** Adds the bits of a length from bit `from` on, as far as 31 bits go. */
function addValue(
  content: Content,
  { window: { shift, width } }: FieldAccess,
  from: number,
): Content {
  const all = {
    lengthLo: content.lengthLo | bitsBetween(shift, shift + width),
    lengthHi: content.lengthHi | bitsBetween(shift - 32, shift + width - 32),
  };
  const { lo, hi } = partsOf({ window: { shift, width } }, { from, most: 32 });
  return {
    ...content,
    ...all,
    lo: lo.mask === 0 ? content.lo : lo,
    hi: hi.mask === 0 ? content.hi : hi,
  };
}

/** How bits of a value, from one on and up to another, lie in a window. */
function partsOf(
  { window: { shift, width } }: {
    readonly window: Pick<FieldAccess["window"], "shift" | "width">;
  },
  { from, most }: { readonly from: number; readonly most: number },
): { lo: Part; hi: Part } {
  const used = Math.max(0, Math.min(width, most - from));
  const inLo = Math.max(0, Math.min(used, 32 - shift));
  const inHi = used - inLo;
  return {
    lo: inLo > 0 ? { from, mask: ones(inLo), to: shift } : NOTHING,
    hi: inHi > 0
      ? { from: from + inLo, mask: ones(inHi), to: Math.max(0, shift - 32) }
      : NOTHING,
  };
}

/** The bits of a 32-bit word from one bit up to another. */
function bitsBetween(from: number, to: number): number {
  let bits = 0;
  for (let bit = Math.max(0, from); bit < Math.min(32, to); bit++) {
    bits |= 1 << bit;
  }
  return bits;
}

function ones(bits: number): number {
  return bits >= 32 ? -1 : (1 << bits) - 1;
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

function flagReader(content: Content): Locate {
  const { locate, words } = content.access;
  const bit = 31 - Math.clz32(content.flagLo | content.flagHi);
  const word = content.flagHi === 0 ? words.lo : words.onlyHi;
  return (base, capacity, index) =>
    (word(locate(base, capacity, index)) >>> bit) & 1;
}

function flagReaderInAddress(site: CodecSite): Locate {
  const { flag, address } = site.layout.roles;
  if (flag === undefined) return () => 0;
  return flagReader({
    ...empty(fieldAccess(site, address.field)),
    flagLo: flag.bit < 32 ? 1 << flag.bit : 0,
    flagHi: flag.bit < 32 ? 0 : 1 << (flag.bit - 32),
  });
}

/** Sets a new segment's window whole, unless another member is in it. */
function writer(content: Content): WriteLength {
  const { flagLo, flagHi, constantLo, constantHi } = content;
  const { locate, words, window } = content.access;
  const { write } = words;
  const { from: loFrom, mask: loMask, to: loTo } = content.lo;
  const { from: hiFrom, mask: hiMask, to: hiTo } = content.hi;
  if ((content.offsetLo.mask | content.offsetHi.mask) !== 0) {
    return writerWithOffset(content);
  }
  const plain = loMask === -1 && loTo === 0 && loFrom === 0 &&
    hiMask === 0 && (flagLo | flagHi | constantLo | constantHi) === 0;
  if (plain) {
    return (base, capacity, index, lengthBytes) =>
      write(locate(base, capacity, index), lengthBytes, 0);
  }
  if (window.shared) return sharedWriter(content);
  if (hiMask === 0 && constantHi === 0) {
    return (base, capacity, index, lengthBytes, flag) =>
      write(
        locate(base, capacity, index),
        constantLo | (((lengthBytes >>> loFrom) & loMask) << loTo) |
          (-flag & flagLo),
        -flag & flagHi,
      );
  }
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
