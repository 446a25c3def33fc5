/**
 * BTF, the kernel's own debug information (Documentation/bpf/btf.rst): a table
 * of types and one of strings, of either byte order, alone or split from a
 * base as that of a module is.
 *
 * Nothing is made of a type until it is asked for: one pass notes where each
 * begins and checks that it is inside.
 */
import { z } from "zod";
import { checkValue, valueOf } from "../../layouts/option_check.ts";
import { printableLine } from "../text/printable.ts";
import { readBtfSection } from "./btf_section.ts";
import {
  btfError,
  readBtfHeader,
  TYPE_BYTES,
  typeOffsets,
} from "./btf_tables.ts";
import { type ByteSource, bytesSource } from "./byte_source.ts";

/** Kinds of types, by their number in BTF. */
export const BTF_KIND = {
  int: 1,
  pointer: 2,
  array: 3,
  struct: 4,
  union: 5,
  enum: 6,
  forward: 7,
  typedef: 8,
  volatile: 9,
  const: 10,
  restrict: 11,
  function: 12,
  prototype: 13,
  variable: 14,
  section: 15,
  float: 16,
  declarationTag: 17,
  typeTag: 18,
  enum64: 19,
} as const;

/** Longest name of a symbol (KSYM_NAME_LEN, include/linux/kallsyms.h). */
const LONGEST_NAME_BYTES = 512;
/** Names of `long`, by whose size pointers are known (libbpf, btf.c). */
const LONG_NAMES: ReadonlySet<string> = new Set([
  ...["long", "long int", "int long", "unsigned long", "long unsigned"],
  ...["unsigned long int", "unsigned int long", "long unsigned int"],
  ...["long int unsigned", "int unsigned long", "int long unsigned"],
]);

/** A type, unparsed, in the table. */
export interface BtfType {
  readonly id: number;
  /** Its kind, of `BTF_KIND`. */
  readonly kind: number;
  /** Its name; empty for none. */
  readonly name: string;
  /** How many parts it has: members, values, parameters. */
  readonly parts: number;
  /** The flag of its kind, such as bit-field sizes in offsets. */
  readonly flag: boolean;
  /** Its size in bytes, or the number of the type that it refers to. */
  readonly sizeOrType: number;
  /** Byte of the type table after the common part. */
  readonly partsAt: number;
}

export interface BtfOptions {
  /** The BTF that it was split from: that of vmlinux for a module's. */
  readonly base?: Btf;
}

const sourceSchema = valueOf(
  "a ByteSource, as bytesSource() makes it",
  ({ read, sizeBytes }) =>
    typeof read === "function" && typeof sizeBytes === "number",
);

const btfOptionsSchema = z.strictObject(
  {
    base: valueOf<Btf>(
      "a Btf, as readBtf() gives it",
      (value) => typeof value.find === "function",
    ).optional(),
  } satisfies Record<keyof BtfOptions, z.ZodType>,
);

/**
 * Reads the BTF of a file.
 *
 * @param source Raw BTF, or an ELF file with a section .BTF.
 * @throws {SyntaxError} If it is none, is cut or contradicts itself; the
 * message has the byte in the file and the reason.
 */
export async function readBtf(
  source: ByteSource,
  options: BtfOptions = {},
): Promise<Btf> {
  checkValue("read BTF", sourceSchema, source, "source");
  checkValue("read BTF", btfOptionsSchema, options, "options");
  const section = await readBtfSection(source);
  let { base } = options;
  if (base === undefined && section.base !== undefined) {
    const own = bytesSource(`${source.name} .BTF.base`, section.base);
    base = await readBtf(own);
  }
  return new Btf(section.bytes, {
    name: source.name,
    at: section.at,
    pointerBytes: section.pointerBytes,
    base,
  });
}

export interface BtfSetting {
  /** What messages call it. */
  readonly name: string;
  /** Its first byte in its file. */
  readonly at: number;
  /** Size of a pointer, if known. */
  readonly pointerBytes: 4 | 8 | undefined;
  /** The BTF that it was split from. */
  readonly base: Btf | undefined;
}

/** The types of one kernel or module. */
export class Btf {
  /** What messages call it. */
  readonly name: string;
  /** Whether the less significant byte comes first. */
  readonly littleEndian: boolean;
  readonly pointerBytes: 4 | 8;
  /** The BTF that it was split from. */
  readonly base: Btf | undefined;
  /** Number of its first type; 1 unless it is split. */
  readonly firstId: number;
  /** Number after its last type, those of the base included. */
  readonly endId: number;

  readonly #types: DataView;
  readonly #strings: Uint8Array;
  /** Offset of its first string after those of the base. */
  readonly #firstString: number;
  readonly #offsets: Uint32Array;
  readonly #names = new Map<number, string>();

  /**
   * Takes the bytes of BTF.
   *
   * @param bytes All of it, from the magic number on.
   * @throws {SyntaxError} If it is cut or contradicts itself.
   */
  constructor(bytes: Uint8Array, setting: BtfSetting) {
    const { base } = setting;
    this.name = setting.name;
    this.base = base;
    const header = readBtfHeader(bytes, setting);
    this.littleEndian = header.littleEndian;
    if (base !== undefined && base.littleEndian !== header.littleEndian) {
      throw btfError(
        setting,
        0,
        "it and its base have other byte orders",
        "one",
      );
    }
    this.#types = new DataView(
      bytes.buffer,
      bytes.byteOffset + header.typesAt,
      header.typesBytes,
    );
    this.#strings = bytes.subarray(
      header.stringsAt,
      header.stringsAt + header.stringsBytes,
    );
    this.#firstString = base?.stringsEnd ?? 0;
    this.firstId = base?.endId ?? 1;
    if (base === undefined && (this.#strings[0] ?? 0) !== 0) {
      throw btfError(
        setting,
        header.stringsAt,
        "its strings do not begin with an empty one: it is split from a base",
        "the base, such as the vmlinux of the module, as well",
      );
    }
    this.#offsets = typeOffsets(this.#types, {
      littleEndian: header.littleEndian,
      firstId: this.firstId,
      place: { name: setting.name, at: setting.at + header.typesAt },
    });
    this.endId = this.firstId + this.#offsets.length;
    this.pointerBytes = setting.pointerBytes ?? base?.pointerBytes ??
      this.#pointerBytes();
  }

  /** Offset after its last string, those of the base included. */
  get stringsEnd(): number {
    return this.#firstString + this.#strings.length;
  }

  /**
   * Returns a type.
   *
   * @returns The type; `undefined` for 0, which is void.
   * @throws {RangeError} If there is no such type.
   */
  type(id: number): BtfType | undefined {
    if (id === 0) return undefined;
    if (id < this.firstId && this.base !== undefined) return this.base.type(id);
    const at = this.#offsets[id - this.firstId];
    if (at === undefined) {
      throw new RangeError(
        `Cannot find type [${id}] of ${this.name}: it has types up to ` +
          `[${this.endId - 1}]${
            this.base === undefined
              ? ", expected one of those, or the base that it was split from"
              : ", expected one of those"
          }`,
      );
    }
    const info = this.word(at + 4);
    return {
      id,
      kind: info >>> 24 & 31,
      name: this.string(this.word(at)),
      parts: info & 0xffff,
      flag: info >>> 31 === 1,
      sizeOrType: this.word(at + 8),
      partsAt: at + TYPE_BYTES,
    };
  }

  /** Returns the BTF that has a type in its own table. */
  owner(id: number): Btf {
    return id < this.firstId && this.base !== undefined
      ? this.base.owner(id)
      : this;
  }

  /**
   * Reads 32 bits of the type table.
   *
   * @returns The value, unsigned.
   */
  word(at: number): number {
    return this.#types.getUint32(at, this.littleEndian);
  }

  /**
   * Returns a string.
   *
   * @param offset Its offset, in the base and this one as one table.
   * @returns The string, printable.
   * @throws {RangeError} If it begins after the table.
   */
  string(offset: number): string {
    if (offset < this.#firstString && this.base !== undefined) {
      return this.base.string(offset);
    }
    const known = this.#names.get(offset);
    if (known !== undefined) return known;
    const at = offset - this.#firstString;
    if (at === 0 && this.base === undefined) return "";
    const end = this.#strings.indexOf(0, at);
    if (at >= this.#strings.length || end < 0) {
      throw new RangeError(
        `Cannot find string ${offset} of ${this.name}: its strings end at ` +
          `${this.stringsEnd}, expected one inside that ends with a zero`,
      );
    }
    if (end - at > LONGEST_NAME_BYTES) {
      throw new RangeError(
        `Cannot take string ${offset} of ${this.name} for a name: it has ` +
          `${end - at} bytes, expected at most ${LONGEST_NAME_BYTES}`,
      );
    }
    const name = printableLine(
      new TextDecoder().decode(this.#strings.subarray(at, end)),
    );
    this.#names.set(offset, name);
    return name;
  }

  /**
   * Finds a type by its name: the one of the lowest number, so those of the
   * base come first, as in pahole.
   *
   * @param kinds Kinds that it may have, of `BTF_KIND`.
   * @returns Its number; `undefined` if there is none.
   */
  find(name: string, kinds: readonly number[]): number | undefined {
    const before = this.base?.find(name, kinds);
    if (before !== undefined) return before;
    for (let index = 0; index < this.#offsets.length; index++) {
      const at = this.#offsets[index] ?? 0;
      if (!kinds.includes(this.word(at + 4) >>> 24 & 31)) continue;
      if (this.string(this.word(at)) === name) return this.firstId + index;
    }
    return undefined;
  }

  #pointerBytes(): 4 | 8 {
    for (let id = this.firstId; id < this.endId; id++) {
      const at = this.#offsets[id - this.firstId] ?? 0;
      if ((this.word(at + 4) >>> 24 & 31) !== BTF_KIND.int) continue;
      const size = this.word(at + 8);
      if (size !== 4 && size !== 8) continue;
      if (LONG_NAMES.has(this.string(this.word(at)))) return size;
    }
    return 8;
  }
}
