/**
 * The address of a segment as the layout keeps it: raw (phys, dma), a page
 * frame number, or a pointer into the `struct page` array.
 */
import type { Locate } from "./array_shape.ts";
import {
  type CodecSite,
  type FieldAccess,
  fieldAccess,
} from "./codec_parts.ts";
import { bitFieldOffset } from "./window_content.ts";
import {
  type AddressField,
  noOffset,
  type OffsetAccess,
  type PageArrayBase,
  type PagePointer,
  type WholeAddress,
} from "./address_field.ts";
import type { ReadWord } from "./word.ts";
import {
  page32,
  page64,
  page64Unaligned,
  pageDivision,
} from "./page_address.ts";

/** Reads and writes the address of a segment. */
export interface AddressCodec extends WholeAddress {
  /** The address of its page: that of what is kept by page, nothing else. */
  readonly pageLo: Locate;
  readonly pageHi: Locate;
  /** The offset in its page: of what is kept by page, the offset alone. */
  readonly inPage: Locate;
  /** The pointer to its struct page, if it is kept so. */
  readonly pagePointer: PagePointer | undefined;
}

/**
 * Makes the address part of a codec.
 *
 * @throws {RangeError} If the address field is not a whole 4 or 8 bytes.
 */
export function addressCodec(
  site: CodecSite,
  pages: PageArrayBase,
): AddressCodec {
  const { address: { offset } } = site.layout.roles;
  const whole = offset === undefined
    ? noOffset
    : offsetAccess(site, fieldAccess(site, offset));
  const address = wholeAddress(site, pages, whole);
  const page = offset === undefined
    ? address
    : wholeAddress(site, pages, noOffset);
  return {
    ...address,
    pageLo: page.lo,
    pageHi: page.hi,
    inPage: offsetInPage(site, address),
    pagePointer: pagePointer(site),
  };
}

/** Reads the pointer to the struct page of a segment. */
function pagePointer(site: CodecSite): PagePointer | undefined {
  const { kind, field } = site.layout.roles.address;
  if (kind !== "page") return undefined;
  const { locate, words } = fieldAccess(site, field);
  return site.own(pointerReader)(locate, words.lo, words.keptHi);
}

/** Reads the offset in the page of a segment. */
function offsetInPage(site: CodecSite, whole: WholeAddress): Locate {
  const { kind, offset } = site.layout.roles.address;
  if (offset !== undefined) {
    const { locate, words } = offsetAccess(site, fieldAccess(site, offset));
    return site.own(offsetReader)(locate, words.lo);
  }
  // A frame without an offset begins at its page.
  if (kind === "page" || kind === "pfn") return () => 0;
  return site.own(offsetOfWhole)(whole.lo);
}

/**
 * The offset in the page. Of a bit-field, only the reader is its own: it is
 * written with the bits beside it (length_codec.ts).
 */
function offsetAccess(site: CodecSite, access: FieldAccess): OffsetAccess {
  const { locate, words } = access;
  if (bitFieldOffset(site) === undefined) return { locate, words };
  const { shift, width } = access.window;
  const mask = width >= 31 ? -1 : (1 << width) - 1;
  const isHigh = shift >= 32;
  const from = shift & 31;
  if (!isHigh && shift + Math.min(width, 12) > 32) {
    throw new RangeError(
      `Cannot make a codec of layout "${site.layout.name}": the offset in ` +
        `the page has bits ${shift} to ${shift + width - 1} of 64, expected ` +
        "them in one half",
    );
  }
  return {
    locate,
    words: {
      ...noOffset.words,
      lo: site.own(maskedWord)(isHigh ? words.onlyHi : words.lo, from, mask),
    },
  };
}

function wholeAddress(
  site: CodecSite,
  pages: PageArrayBase,
  inPage: OffsetAccess,
): WholeAddress {
  const { own } = site;
  const { address, flag } = site.layout.roles;
  const { window, locate, words } = fieldAccess(site, address.field);
  const { sizeBytes } = window;
  if (window.width !== sizeBytes * 8 || sizeBytes < 4) {
    throw new RangeError(
      `Cannot make a codec of layout "${site.layout.name}": address field ` +
        `"${address.field}" has ${window.width} bits, expected 32 or 64`,
    );
  }
  const flagBit = flag?.field === address.field ? flag.bit : -1;
  const field: AddressField = {
    locate,
    words,
    flagLo: flagBit >= 0 && flagBit < 32 ? 1 << flagBit : 0,
    flagHi: flagBit >= 32 ? 1 << (flagBit - 32) : 0,
  };
  if (address.kind === "phys" || address.kind === "dma") {
    if (sizeBytes === 4) return own(raw32)(field);
    return own(flagBit < 0 ? raw64 : raw64WithFlag)(field);
  }
  if (address.kind === "pfn") {
    return own(sizeBytes === 4 ? pfn32 : pfn64)(field, inPage);
  }
  if (flagBit >= 0) {
    throw new RangeError(
      `Cannot make a codec of layout "${site.layout.name}": the flag is in ` +
        `the page pointer, expected a field of its own`,
    );
  }
  const pageBytes = site.abi.pageStructBytes;
  if (sizeBytes === 4) {
    return own(page32)(field, inPage, {
      pageBytes,
      pages,
      ...pageDivision(pageBytes),
    });
  }
  if (pageBytes !== 64) {
    throw new RangeError(
      `Cannot make a codec for ABI "${site.abi.name}": struct page of ` +
        `${pageBytes} bytes, expected 64 where pointers have 8 bytes`,
    );
  }
  return pages.baseLo === 0
    ? own(page64)(field, inPage, pages.baseHi)
    : own(page64Unaligned)(field, inPage, pages);
}

// Below, what closures capture is a `const`, see word.ts.

function offsetReader(place: Locate, word: ReadWord): Locate {
  const locate = place;
  const lo = word;
  return (base, capacity, index) => lo(locate(base, capacity, index));
}

function pointerReader(
  place: Locate,
  readLo: ReadWord,
  readHi: ReadWord,
): PagePointer {
  const locate = place;
  const lo = readLo;
  const hi = readHi;
  return {
    lo: (base, capacity, index) => lo(locate(base, capacity, index)),
    hi: (base, capacity, index) => hi(locate(base, capacity, index)),
  };
}

function offsetOfWhole(whole: Locate): Locate {
  const lo = whole;
  return (base, capacity, index) => lo(base, capacity, index) & 4095;
}

function maskedWord(word: ReadWord, shift: number, bits: number): ReadWord {
  const read = word;
  const from = shift;
  const mask = bits;
  return (at) => (read(at) >>> from) & mask;
}

function raw32(field: AddressField): WholeAddress {
  const { locate, flagLo } = field;
  const { lo, write } = field.words;
  if (flagLo === 0) {
    return {
      lo: (base, capacity, index) => lo(locate(base, capacity, index)),
      hi: () => 0,
      write: (base, capacity, index, physLo) =>
        write(locate(base, capacity, index), physLo, 0),
    };
  }
  return {
    lo: (base, capacity, index) => lo(locate(base, capacity, index)) & ~flagLo,
    hi: () => 0,
    write: (base, capacity, index, physLo, _physHi, flag) =>
      write(locate(base, capacity, index), physLo | (-flag & flagLo), 0),
  };
}

function raw64(field: AddressField): WholeAddress {
  const { locate } = field;
  const { lo, keptHi, write } = field.words;
  return {
    lo: (base, capacity, index) => lo(locate(base, capacity, index)),
    hi: (base, capacity, index) => keptHi(locate(base, capacity, index)),
    write: (base, capacity, index, physLo, physHi) =>
      write(locate(base, capacity, index), physLo, physHi),
  };
}

function raw64WithFlag(field: AddressField): WholeAddress {
  const { locate, words, flagLo, flagHi } = field;
  const { lo, keptHi, write } = words;
  return {
    lo: (base, capacity, index) => lo(locate(base, capacity, index)) & ~flagLo,
    hi: (base, capacity, index) =>
      keptHi(locate(base, capacity, index)) & ~flagHi,
    write: (base, capacity, index, physLo, physHi, flag) =>
      write(
        locate(base, capacity, index),
        physLo | (-flag & flagLo),
        physHi | (-flag & flagHi),
      ),
  };
}

function pfn32(
  field: AddressField,
  inPage: OffsetAccess,
): WholeAddress {
  const { locate } = field;
  const { lo, keptLo, write } = field.words;
  const { locate: locateOffset } = inPage;
  const { lo: readOffset, write: writeOffset } = inPage.words;
  return {
    lo: (base, capacity, index) =>
      (lo(locate(base, capacity, index)) << 12) |
      readOffset(locateOffset(base, capacity, index)),
    hi: (base, capacity, index) => keptLo(locate(base, capacity, index)) >>> 20,
    write: (base, capacity, index, physLo, physHi) => {
      const pfn = (physLo >>> 12) | (physHi << 20);
      write(locate(base, capacity, index), pfn, 0);
      writeOffset(locateOffset(base, capacity, index), physLo & 4095, 0);
    },
  };
}

function pfn64(
  field: AddressField,
  inPage: OffsetAccess,
): WholeAddress {
  const { locate, flagLo, flagHi } = field;
  const { lo, keptLo, keptHi, write } = field.words;
  const { locate: locateOffset } = inPage;
  const { lo: readOffset, write: writeOffset } = inPage.words;
  return {
    lo: (base, capacity, index) =>
      ((lo(locate(base, capacity, index)) & ~flagLo) << 12) |
      readOffset(locateOffset(base, capacity, index)),
    hi: (base, capacity, index) => {
      const at = locate(base, capacity, index);
      const pfnLo = keptLo(at) & ~flagLo;
      return (pfnLo >>> 20) | ((keptHi(at) & ~flagHi) << 12);
    },
    write: (base, capacity, index, physLo, physHi, flag) => {
      write(
        locate(base, capacity, index),
        (physLo >>> 12) | (physHi << 20) | (-flag & flagLo),
        (physHi >>> 12) | (-flag & flagHi),
      );
      writeOffset(locateOffset(base, capacity, index), physLo & 4095, 0);
    },
  };
}
