/** Makes ELF files with one section of code, of any class and byte order. */
import {
  ELF_MACHINES,
  type ElfMachine,
} from "../../../../bench/native/count/elf.ts";

/** What is put into a file. */
export interface SmallElf {
  readonly machine: ElfMachine;
  /** Address of its code. */
  readonly address: number;
  /** The code, as hexadecimal bytes. */
  readonly text: string;
  /** Names of symbols, the n-th at the n-th byte of the code. */
  readonly symbols?: readonly string[];
}

const BIG_ENDIAN: readonly ElfMachine[] = ["ppc", "s390"];
const IN_64_BITS: readonly ElfMachine[] = ["x86_64", "aarch64", "s390"];

/** Lays a file out: header, code, symbols, their names, section headers. */
export function smallElf(
  { machine, address, text, symbols = [] }: SmallElf,
): Uint8Array<ArrayBuffer> {
  const is64 = IN_64_BITS.includes(machine);
  const little = !BIG_ENDIAN.includes(machine);
  const code = Uint8Array.from(text.split(" "), (byte) => parseInt(byte, 16));
  const names = new TextEncoder().encode(`\0${symbols.join("\0")}\0`);
  const entryBytes = is64 ? 24 : 16;
  const headBytes = is64 ? 64 : 40;
  const codeAt = 64;
  const symbolsAt = codeAt + code.length;
  const namesAt = symbolsAt + symbols.length * entryBytes;
  const sectionsAt = namesAt + names.length;
  const bytes = new Uint8Array(sectionsAt + 4 * headBytes);
  const view = new DataView(bytes.buffer);
  const word = (at: number, value: number) =>
    is64
      ? view.setBigUint64(at, BigInt(value), little)
      : view.setUint32(at, value, little);
  view.setUint32(0, 0x7f454c46);
  bytes[4] = is64 ? 2 : 1;
  bytes[5] = little ? 1 : 2;
  view.setUint16(18, ELF_MACHINES[machine], little);
  word(is64 ? 40 : 32, sectionsAt);
  view.setUint16(is64 ? 58 : 46, headBytes, little);
  view.setUint16(is64 ? 60 : 48, 4, little);
  bytes.set(code, codeAt);
  bytes.set(names, namesAt);
  let name = 1;
  symbols.forEach((symbol, index) => {
    const at = symbolsAt + index * entryBytes;
    view.setUint32(at, name, little);
    word(at + (is64 ? 8 : 4), address + index);
    name += symbol.length + 1;
  });
  const section = (
    index: number,
    from: {
      type: number;
      flags: number;
      address: number;
      offset: number;
      sizeBytes: number;
      link?: number;
    },
  ) => {
    const at = sectionsAt + index * headBytes;
    view.setUint32(at + 4, from.type, little);
    word(at + 8, from.flags);
    word(at + (is64 ? 16 : 12), from.address);
    word(at + (is64 ? 24 : 16), from.offset);
    word(at + (is64 ? 32 : 20), from.sizeBytes);
    view.setUint32(at + (is64 ? 40 : 24), from.link ?? 0, little);
  };
  // .text (allocated, executable), .symtab, .strtab
  section(1, {
    ...{ type: 1, flags: 6, address, offset: codeAt },
    sizeBytes: code.length,
  });
  section(2, {
    ...{ type: 2, flags: 0, address: 0, offset: symbolsAt, link: 3 },
    sizeBytes: symbols.length * entryBytes,
  });
  section(3, {
    ...{ type: 3, flags: 0, address: 0, offset: namesAt },
    sizeBytes: names.length,
  });
  return bytes;
}
