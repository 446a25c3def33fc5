/**
 * BTF, the kernel's own debug information (Documentation/bpf/btf.rst): a table
 * of types and one of strings, of either byte order, alone or split from a
 * base as that of a module is.
 *
 * Nothing is made of a type until it is asked for: one pass notes where each
 * begins and checks that it lies inside.
 */
import { z } from "zod";
import { checkValue, valueOf } from "../../layouts/option_check.ts";
import { printableLine } from "../text/printable.ts";
import { readBtfSection } from "./btf_section.ts";
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
/** Bytes of a type's common part: name, info, size or type. */
const TYPE_BYTES = 12;
/** Bytes behind it: once, and for each of the `vlen` parts, by kind. */
const MORE_BYTES: readonly (readonly [number, number])[] = [
  ...[[0, 0], [4, 0], [0, 0], [12, 0], [0, 12], [0, 12], [0, 8]],
  ...[[0, 0], [0, 0], [0, 0], [0, 0], [0, 0], [0, 0], [0, 8]],
  ...[[4, 0], [0, 12], [0, 0], [4, 0], [0, 0], [0, 12]],
] as [number, number][];
/** Kinds whose third word is a type. */
const REFERRING: ReadonlySet<number> = new Set([2, 8, 9, 10, 11, 12, 17, 18]);

/** Names of `long`, by whose size pointers are known (libbpf, btf.c). */
const LONG_NAMES: ReadonlySet<string> = new Set([
  ...["long", "long int", "int long", "unsigned long", "long unsigned"],
  ...["unsigned long int", "unsigned int long", "long unsigned int"],
  ...["long int unsigned", "int unsigned long", "int long unsigned"],
]);

/** A type as it stands in the table. */
export interface BtfType {
  /** Its number. */
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
  /** Byte of the type table behind the common part. */
  readonly partsAt: number;
}

/** What BTF is read with. */
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
 * @param options The base that it was split from.
 * @returns The BTF.
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

/** How a `Btf` is made. */
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
  /** Size of a pointer in bytes. */
  readonly pointerBytes: 4 | 8;
  /** The BTF that it was split from. */
  readonly base: Btf | undefined;
  /** Number of its first type; 1 unless it is split. */
  readonly firstId: number;
  /** Number behind its last type, those of the base included. */
  readonly endId: number;

  readonly #types: DataView;
  readonly #strings: Uint8Array;
  /** Offset of its first string behind those of the base. */
  readonly #firstString: number;
  readonly #offsets: Uint32Array;
  readonly #fileAt: number;
  readonly #names = new Map<number, string>();

  /**
   * Takes the bytes of BTF.
   *
   * @param bytes All of it, from the magic number on.
   * @param setting Where it is from, and its base.
   * @throws {SyntaxError} If it is cut or contradicts itself.
   */
  constructor(bytes: Uint8Array, setting: BtfSetting) {
    const { base, at } = setting;
    this.name = setting.name;
    this.base = base;
    this.#fileAt = at;
    const header = this.#header(bytes);
    this.littleEndian = header.littleEndian;
    if (base !== undefined && base.littleEndian !== header.littleEndian) {
      throw this.#error(0, "it and its base have other byte orders", "one");
    }
    this.#types = new DataView(
      bytes.buffer,
      bytes.byteOffset + header.typesAt,
      header.typesBytes,
    );
    this.#fileAt = at + header.typesAt;
    this.#strings = bytes.subarray(
      header.stringsAt,
      header.stringsAt + header.stringsBytes,
    );
    this.#firstString = base?.stringsEnd ?? 0;
    this.firstId = base?.endId ?? 1;
    if (base === undefined && (this.#strings[0] ?? 0) !== 0) {
      throw this.#error(
        header.stringsAt - header.typesAt,
        "its strings do not begin with an empty one: it is split from a base",
        "the base, such as the vmlinux of the module, as well",
      );
    }
    this.#offsets = this.#index();
    this.endId = this.firstId + this.#offsets.length;
    this.pointerBytes = setting.pointerBytes ?? base?.pointerBytes ??
      this.#pointerBytes();
  }

  /** Offset behind its last string, those of the base included. */
  get stringsEnd(): number {
    return this.#firstString + this.#strings.length;
  }

  /**
   * Gives a type.
   *
   * @param id Its number.
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

  /**
   * Gives the BTF that has a type in its own table.
   *
   * @param id Its number.
   * @returns This one or its base.
   */
  owner(id: number): Btf {
    return id < this.firstId && this.base !== undefined
      ? this.base.owner(id)
      : this;
  }

  /**
   * Reads 32 bits of the type table.
   *
   * @param at The byte.
   * @returns The value, unsigned.
   */
  word(at: number): number {
    return this.#types.getUint32(at, this.littleEndian);
  }

  /**
   * Gives a string.
   *
   * @param offset Its offset, in the base and this one as one table.
   * @returns The string, printable.
   * @throws {RangeError} If it begins behind the table.
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
   * base come first, as pahole has it.
   *
   * @param name The name.
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

  #header(bytes: Uint8Array): Header {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    if (bytes.length < 24) {
      throw this.#error(bytes.length, "its end", "a header of 24 bytes");
    }
    const littleEndian = view.getUint16(0, true) === 0xeb9f;
    if (!littleEndian && view.getUint16(0, false) !== 0xeb9f) {
      throw this.#error(0, "no magic number", "0xeb9f");
    }
    const version = view.getUint8(2);
    if (version !== 1) throw this.#error(2, `version ${version}`, "version 1");
    const [headerBytes, types, typesBytes, strings, stringsBytes] = [
      0,
      1,
      2,
      3,
      4,
    ]
      .map((index) => view.getUint32(4 + index * 4, littleEndian)) as Five;
    if (headerBytes < 24) {
      throw this.#error(4, `a header of ${headerBytes} bytes`, "24 or more");
    }
    const part = (what: string, at: number, length: number, field: number) => {
      if (headerBytes + at + length <= bytes.length) return headerBytes + at;
      throw this.#error(
        field,
        `${what} of ${length} bytes from byte ${headerBytes + at} on, but ` +
          `only ${bytes.length} bytes in all`,
        "all inside (a file that was cut, or another byte order)",
      );
    };
    return {
      littleEndian,
      typesAt: part("types", types, typesBytes, 8),
      typesBytes,
      stringsAt: part("strings", strings, stringsBytes, 16),
      stringsBytes,
    };
  }

  /** Notes where each type begins. */
  #index(): Uint32Array {
    const end = this.#types.byteLength;
    let offsets = new Uint32Array(Math.min(1 << 20, end / TYPE_BYTES | 0));
    let count = 0;
    for (let at = 0; at < end;) {
      const what = () => `type [${this.firstId + count}]`;
      if (at + TYPE_BYTES > end) {
        throw this.#error(at, `${what()} ends behind the types`, "it inside");
      }
      const info = this.word(at + 4);
      const kind = info >>> 24 & 31;
      const more = MORE_BYTES[kind];
      if (kind === 0 || more === undefined) {
        throw this.#error(at + 4, `${what()} of kind ${kind}`, "kind 1 to 19");
      }
      const next = at + TYPE_BYTES + more[0] + (info & 0xffff) * more[1];
      if (next > end) {
        throw this.#error(
          at,
          `${what()} with ${info & 0xffff} parts ends behind the types`,
          "it inside",
        );
      }
      if (REFERRING.has(kind) && this.word(at + 8) === this.firstId + count) {
        throw this.#error(at + 8, `${what()} refers to itself`, "another");
      }
      if (count === offsets.length) {
        const larger = new Uint32Array(count * 2 + 1024);
        larger.set(offsets);
        offsets = larger;
      }
      offsets[count++] = at;
      at = next;
    }
    return offsets.slice(0, count);
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

  #error(at: number, found: string, expected: string): SyntaxError {
    return new SyntaxError(
      `Cannot read BTF of ${this.name}, byte ${this.#fileAt + at}: ${found}, ` +
        `expected ${expected}`,
    );
  }
}

type Five = [number, number, number, number, number];

interface Header {
  readonly littleEndian: boolean;
  readonly typesAt: number;
  readonly typesBytes: number;
  readonly stringsAt: number;
  readonly stringsBytes: number;
}
