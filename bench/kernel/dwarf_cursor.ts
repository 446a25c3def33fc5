/** Reads DWARF's numbers, and values by their form (DWARF 5, section 7.5). */
import type { ElfSections } from "./elf_sections.ts";
import { kernelAddress } from "./symbols.ts";

export interface DwarfValue {
  readonly form: number;
  /** A number, an address, or where the value is; the form says which. */
  readonly value: number;
}

/** Forms whose values the lab uses, by their numbers. */
export const FORM = {
  addr: 0x01,
  data8: 0x07,
  string: 0x08,
  strp: 0x0e,
  udata: 0x0f,
  refAddr: 0x10,
  indirect: 0x16,
  strx: 0x1a,
  addrx: 0x1b,
  lineStrp: 0x1f,
  implicitConst: 0x21,
  rnglistx: 0x23,
  strx1: 0x25,
  strx4: 0x28,
  addrx1: 0x29,
  addrx4: 0x2c,
} as const;

/** Bytes of the forms of one size, except for addresses. */
const SIZES: ReadonlyMap<number, number> = new Map([
  ...[0x0b, 0x0c, 0x11, 0x25, 0x29].map((form) => [form, 1] as const),
  ...[0x05, 0x12, 0x26, 0x2a].map((form) => [form, 2] as const),
  ...[0x27, 0x2b].map((form) => [form, 3] as const),
  ...[0x06, 0x0e, 0x10, 0x13, 0x17, 0x1c, 0x1d, 0x1f, 0x28, 0x2c]
    .map((form) => [form, 4] as const),
  ...[0x07, 0x14, 0x20, 0x24].map((form) => [form, 8] as const),
]);
/** Forms that are one ULEB128: udata, ref_udata, strx, addrx, loclistx, rnglistx. */
const ULEBS: ReadonlySet<number> = new Set([
  ...[0x0f, 0x15, 0x1a, 0x1b, 0x22, 0x23],
]);
/** Bytes of a block's length; 0 for a ULEB128. */
const BLOCKS: ReadonlyMap<number, number> = new Map([
  ...[[0x03, 2], [0x04, 4], [0x09, 0], [0x0a, 1], [0x18, 0]] as const,
]);

/** A place in a section. */
export class DwarfCursor {
  readonly #view: DataView;
  readonly #bytes: Uint8Array;
  /** The next byte. */
  at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = at;
  }

  /**
   * @param size Its bytes, 1 to 8; 8 are exact below 2^53.
   * @throws {RangeError} At the section's end.
   */
  uint(size: number): number {
    let value = 0;
    for (let byte = size - 1; byte >= 0; byte--) {
      value = value * 256 + this.#view.getUint8(this.at + byte);
    }
    this.at += size;
    return value;
  }

  /**
   * Reads an address of 8 bytes.
   *
   * @returns Bytes above `KERNEL_BASE`; below 0 for any other.
   */
  address(): number {
    const low = this.#view.getUint32(this.at, true);
    const high = this.#view.getUint32(this.at + 4, true);
    this.at += 8;
    return kernelAddress(low, high);
  }

  /** Reads an unsigned LEB128. */
  uleb(): number {
    let value = 0;
    for (let scale = 1;; scale *= 128) {
      const byte = this.#view.getUint8(this.at++);
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }

  /** Reads a text that ends with a byte of 0. */
  text(): string {
    const end = this.#bytes.indexOf(0, this.at);
    if (end < 0) throw new RangeError("a text does not end");
    const text = new TextDecoder().decode(this.#bytes.subarray(this.at, end));
    this.at = end + 1;
    return text;
  }

  /**
   * Reads a value and goes after it.
   *
   * @returns An address for `FORM.addr`, otherwise its number, its offset or
   * its length; what it means depends on the form.
   * @throws {RangeError} If the form is unknown, or at the section's end.
   */
  value(form: number): number {
    if (form === FORM.addr) return this.address();
    const size = SIZES.get(form);
    if (size !== undefined) return this.uint(size);
    if (ULEBS.has(form)) return this.uleb();
    const lengthBytes = BLOCKS.get(form);
    if (lengthBytes !== undefined) {
      const length = lengthBytes === 0 ? this.uleb() : this.uint(lengthBytes);
      this.at += length;
      return length;
    }
    if (form === FORM.string) {
      const at = this.at;
      this.text();
      return at;
    }
    if (form === 0x0d) return this.uleb(); // sdata
    if (form === 0x19 || form === FORM.implicitConst) return 1; // no bytes
    if (form === 0x1e) return this.at += 16; // data16
    if (form === FORM.indirect) return this.value(this.uleb());
    throw new RangeError(`form 0x${form.toString(16)} is unknown`);
  }
}

/** Begins in a section; one that is not there has no bytes. */
export function sectionCursor(
  sections: ElfSections,
  section: string,
  at: number,
): DwarfCursor {
  return new DwarfCursor(sections.get(section) ?? new Uint8Array(0), at);
}
