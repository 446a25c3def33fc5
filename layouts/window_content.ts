/**
 * What is in the windows that hold a segment's length and flag: which bits of
 * which word are of which value, worked out once for a layout on an ABI.
 */
import {
  type CodecSite,
  type FieldAccess,
  fieldAccess,
  sameWindow,
} from "./codec_parts.ts";

/**
 * How an int32 length is in a window: the bits that a word has of it. A part is
 * `(length >>> from & mask) << to`.
 */
export interface Part {
  readonly from: number;
  readonly mask: number;
  readonly to: number;
}

/** What a window holds, as parts of its two words. */
export interface Content {
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
 * Returns the windows that hold length, flag and constants, each named once.
 *
 * @returns Them, that of the length first.
 */
export function windowContents(site: CodecSite): Content[] {
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
 * The offset in the page where it is a bit-field, which is set with what is
 * beside it.
 *
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

/** How bits of a value, from one on and up to another, are in a window. */
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
