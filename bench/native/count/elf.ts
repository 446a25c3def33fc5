/**
 * What counting needs of an ELF file: the text of an object, the addresses of
 * functions, and the bytes at an address. Both classes, both orders of bytes.
 */

/** Machines by the number that ELF gives them (`e_machine`). */
export const ELF_MACHINES = {
  i386: 3,
  ppc: 20,
  s390: 22,
  arm: 40,
  x86_64: 62,
  aarch64: 183,
} as const;

/** Name of a machine that is known here. */
export type ElfMachine = keyof typeof ELF_MACHINES;

const SHT_SYMTAB = 2;
const SHT_NOBITS = 8;
const SHF_ALLOC = 2;
const SHF_EXECINSTR = 4;

interface Section {
  readonly type: number;
  readonly flags: number;
  readonly address: number;
  readonly offset: number;
  readonly sizeBytes: number;
  readonly link: number;
}

export class ElfFile {
  readonly machine: ElfMachine;
  /** Whether numbers in it, and on its machine, begin with their low byte. */
  readonly littleEndian: boolean;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #is64: boolean;
  readonly #sections: readonly Section[];

  /**
   * @throws {TypeError} If it is not an ELF file, or of a machine not known
   * here.
   */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    if (bytes.length < 64 || this.#view.getUint32(0) !== 0x7f454c46) {
      throw new TypeError(
        `Cannot read ELF: ${bytes.length} bytes begin otherwise, expected ` +
          `0x7f "ELF"`,
      );
    }
    this.#is64 = bytes[4] === 2;
    this.littleEndian = bytes[5] === 1;
    const number = this.#u16(18);
    const machine = Object.entries(ELF_MACHINES).find(([, own]) =>
      own === number
    );
    if (machine === undefined) {
      throw new TypeError(
        `Cannot read ELF: it is for machine ${number}, expected one of: ${
          Object.keys(ELF_MACHINES).join(", ")
        }`,
      );
    }
    this.machine = machine[0] as ElfMachine;
    try {
      this.#sections = this.#readSections();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new TypeError(
        "Cannot read ELF: it is truncated, expected the whole file",
      );
    }
  }

  /** Bytes of its machine code, all sections of it together. */
  get textBytes(): number {
    return this.#sections.reduce(
      (sum, { flags, sizeBytes }) =>
        (flags & SHF_EXECINSTR) === 0 ? sum : sum + sizeBytes,
      0,
    );
  }

  /** Finds a symbol. */
  addressOf(name: string): number | undefined {
    const wanted = new TextEncoder().encode(`${name}\0`);
    const entryBytes = this.#is64 ? 24 : 16;
    for (const { type, offset, sizeBytes, link } of this.#sections) {
      const names = this.#sections[link];
      if (type !== SHT_SYMTAB || names === undefined) continue;
      for (let at = offset; at < offset + sizeBytes; at += entryBytes) {
        const text = names.offset + this.#u32(at);
        if (wanted.every((byte, i) => this.#bytes[text + i] === byte)) {
          return this.#word(at + (this.#is64 ? 8 : 4));
        }
      }
    }
    return undefined;
  }

  /**
   * Returns the bytes from an address on.
   *
   * @param address Where, in the program's memory.
   * @returns Fewer where the section ends, none if there is no section.
   */
  bytesAt(address: number, count: number): Uint8Array {
    const section = this.#sections.find((one) =>
      (one.flags & SHF_ALLOC) !== 0 && one.type !== SHT_NOBITS &&
      address >= one.address && address < one.address + one.sizeBytes
    );
    if (section === undefined) return new Uint8Array(0);
    const from = section.offset + address - section.address;
    const end = section.offset + section.sizeBytes;
    return this.#bytes.subarray(from, Math.min(from + count, end));
  }

  #readSections(): readonly Section[] {
    const start = this.#word(this.#is64 ? 40 : 32);
    const [entryBytes, count] = this.#is64
      ? [this.#u16(58), this.#u16(60)]
      : [this.#u16(46), this.#u16(48)];
    return Array.from({ length: count }, (_, index) => {
      const at = start + index * entryBytes;
      const word = (in32: number, in64: number) =>
        this.#is64 ? this.#word(at + in64) : this.#u32(at + in32);
      return {
        type: this.#u32(at + 4),
        flags: word(8, 8),
        address: word(12, 16),
        offset: word(16, 24),
        sizeBytes: word(20, 32),
        link: this.#u32(at + (this.#is64 ? 40 : 24)),
      };
    });
  }

  #u16(at: number): number {
    return this.#view.getUint16(at, this.littleEndian);
  }

  #u32(at: number): number {
    return this.#view.getUint32(at, this.littleEndian);
  }

  #word(at: number): number {
    return this.#is64
      ? Number(this.#view.getBigUint64(at, this.littleEndian))
      : this.#u32(at);
  }
}
