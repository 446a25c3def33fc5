/**
 * Finds BTF in a file: raw, as /sys/kernel/btf/vmlinux is, or in the section
 * .BTF of an ELF file, 32 or 64 bits and of either byte order. Of a large file
 * only headers and that section are read.
 */
import { type ByteSource, readPart, type SourcePart } from "./byte_source.ts";

/** Longest BTF that is taken; that of a whole kernel has about 6 MiB. */
const LONGEST_BTF_BYTES = 256 << 20;
/** Most ELF sections that are looked at; a vmlinux has about 80. */
const MOST_SECTIONS = 100_000;

/** Where BTF is in its file. */
export interface BtfSection {
  /** First byte in the file. */
  readonly at: number;
  readonly bytes: Uint8Array;
  /** Size of a pointer, if the ELF file says it. */
  readonly pointerBytes: 4 | 8 | undefined;
  /** A base that the file has with it (.BTF.base), for BTF split from it. */
  readonly base: Uint8Array | undefined;
}

interface ElfSection {
  readonly name: string;
  readonly at: number;
  readonly lengthBytes: number;
  readonly compressed: boolean;
}

/**
 * Finds and reads the BTF of a file.
 *
 * @throws {SyntaxError} If it has none; with the position and the reason.
 */
export async function readBtfSection(source: ByteSource): Promise<BtfSection> {
  const head = await source.read(0, Math.min(1024, source.sizeBytes));
  const magic = head[0] === 0x9f && head[1] === 0xeb ||
    head[0] === 0xeb && head[1] === 0x9f;
  if (magic) {
    const part = { what: "BTF", at: 0, lengthBytes: source.sizeBytes };
    return {
      at: 0,
      bytes: await readBtf(source, part),
      pointerBytes: undefined,
      base: undefined,
    };
  }
  const elf = [0x7f, 0x45, 0x4c, 0x46].every((byte, at) => head[at] === byte);
  if (!elf) {
    throw new SyntaxError(
      `Cannot read BTF of ${source.name}, byte 0: ${found(head)}, expected ` +
        `raw BTF (0xeb9f) or an ELF file with a section .BTF`,
    );
  }
  return await readElf(source, head);
}

/** What else a file is, where a kernel developer might take it for this. */
function found(head: Uint8Array): string {
  const starts = (at: number, ...bytes: number[]) =>
    bytes.every((byte, index) => head[at + index] === byte);
  const image = "a compressed kernel image, which scripts/extract-vmlinux of " +
    "the kernel makes an ELF file of";
  if (head.length === 0) return "it is empty";
  if (starts(0x202, 0x48, 0x64, 0x72, 0x53)) return image; // "HdrS", x86
  if (starts(0x24, 0x18, 0x28, 0x6f, 0x01)) return image; // zImage, ARM
  if (starts(0, 0x4d, 0x5a)) return image; // an EFI stub
  if (starts(0, 0x1f, 0x8b)) return "it is compressed by gzip";
  if (starts(0, 0xfd, 0x37, 0x7a)) return "it is compressed by xz";
  if (starts(0, 0x28, 0xb5, 0x2f, 0xfd)) return "it is compressed by zstd";
  const first = [...head.subarray(0, 4)];
  return `it begins with ${
    first.map((byte) => byte.toString(16).padStart(2, "0")).join(" ")
  }`;
}

async function readBtf(
  source: ByteSource,
  part: SourcePart,
): Promise<Uint8Array> {
  if (part.lengthBytes > LONGEST_BTF_BYTES) {
    throw new SyntaxError(
      `Cannot read BTF of ${source.name}, byte ${part.at}: ${part.what} has ` +
        `${part.lengthBytes} bytes, expected at most ${LONGEST_BTF_BYTES}`,
    );
  }
  return await readPart(source, part);
}

async function readElf(
  source: ByteSource,
  head: Uint8Array,
): Promise<BtfSection> {
  const wide = head[4] === 2;
  const little = head[5] === 1;
  if (!wide && head[4] !== 1 || !little && head[5] !== 2) {
    throw elfError(source, 4, "class and byte order", [head[4], head[5]]);
  }
  const sections = await readSections(source, { head, wide, little });
  const of = (name: string) => sections.find((each) => each.name === name);
  const btf = of(".BTF");
  if (btf === undefined) {
    throw new SyntaxError(
      `Cannot read BTF of ${source.name}: an ELF file of ${sections.length} ` +
        `sections, none of them .BTF, expected a kernel built with ` +
        `CONFIG_DEBUG_INFO_BTF (or pahole --btf_encode_detached of its DWARF)`,
    );
  }
  const base = of(".BTF.base");
  return {
    at: btf.at,
    bytes: await readSection(source, btf),
    pointerBytes: wide ? 8 : 4,
    base: base === undefined ? undefined : await readSection(source, base),
  };
}

async function readSection(
  source: ByteSource,
  { name, at, lengthBytes, compressed }: ElfSection,
): Promise<Uint8Array> {
  if (compressed) {
    throw new SyntaxError(
      `Cannot read BTF of ${source.name}, byte ${at}: section ${name} is ` +
        `compressed, expected it decompressed (objcopy --decompress-debug-sections)`,
    );
  }
  return await readBtf(source, { what: `section ${name}`, at, lengthBytes });
}

async function readSections(
  source: ByteSource,
  elf: {
    readonly head: Uint8Array;
    readonly wide: boolean;
    readonly little: boolean;
  },
): Promise<ElfSection[]> {
  const { head, wide, little } = elf;
  if (head.length < (wide ? 64 : 52)) {
    throw elfError(source, head.length, "header", ["its end"]);
  }
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  const tableAt = wide
    ? Number(view.getBigUint64(40, little))
    : view.getUint32(32, little);
  const fields = wide ? 58 : 46;
  const entryBytes = view.getUint16(fields, little);
  let count = view.getUint16(fields + 2, little);
  let namesIndex = view.getUint16(fields + 4, little);
  const least = wide ? 64 : 40;
  if (tableAt === 0) return [];
  if (entryBytes < least || entryBytes > 1024) {
    throw elfError(source, fields, "size of a section header", [entryBytes]);
  }
  const entries = async (first: number, length: number) => {
    const bytes = await readPart(source, {
      what: "table of sections",
      at: tableAt + first * entryBytes,
      lengthBytes: length * entryBytes,
    });
    return sectionHeaders(bytes, { entryBytes, wide, little });
  };
  // Where they do not fit 16 bits, section 0 has the numbers (gABI).
  const [first] = await entries(0, 1);
  if (count === 0) count = first?.lengthBytes ?? 0;
  if (namesIndex === 0xffff) namesIndex = first?.link ?? 0;
  if (count > MOST_SECTIONS) {
    throw elfError(source, fields + 2, "number of sections", [count]);
  }
  const headers = await entries(0, count);
  const names = headers[namesIndex];
  if (names === undefined) return [];
  if (names.lengthBytes > LONGEST_BTF_BYTES) {
    throw elfError(source, names.at, "length of section names", [
      names.lengthBytes,
    ]);
  }
  const text = await readPart(source, { what: "section names", ...names });
  return headers.map((header) => ({
    ...header,
    name: nameAt(text, header.nameAt),
  }));
}

interface SectionHeader {
  readonly nameAt: number;
  readonly at: number;
  readonly lengthBytes: number;
  readonly link: number;
  readonly compressed: boolean;
}

function sectionHeaders(
  bytes: Uint8Array,
  form: { entryBytes: number; wide: boolean; little: boolean },
): SectionHeader[] {
  const { entryBytes, wide, little } = form;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const headers: SectionHeader[] = [];
  for (let at = 0; at + entryBytes <= bytes.length; at += entryBytes) {
    const word = (narrowAt: number, wideAt: number) =>
      wide
        ? Number(view.getBigUint64(at + wideAt, little))
        : view.getUint32(at + narrowAt, little);
    headers.push({
      nameAt: view.getUint32(at, little),
      at: word(16, 24),
      lengthBytes: word(20, 32),
      link: view.getUint32(at + (wide ? 40 : 24), little),
      compressed: (word(8, 8) & 0x800) !== 0, // SHF_COMPRESSED
    });
  }
  return headers;
}

function nameAt(names: Uint8Array, at: number): string {
  const end = names.indexOf(0, at);
  return new TextDecoder().decode(
    names.subarray(at, Math.min(end < 0 ? names.length : end, at + 64)),
  );
}

function elfError(
  source: ByteSource,
  at: number,
  what: string,
  found: readonly unknown[],
): SyntaxError {
  return new SyntaxError(
    `Cannot read ELF file ${source.name}, byte ${at}: ${what} is ` +
      `${found.join(" and ")}, expected valid ELF`,
  );
}
