/** Sections of a vmlinux that the lab reads: ELF, 64 bits, little-endian. */

/** Most sections that are looked at; a vmlinux has about 80. */
const MOST_SECTIONS = 100_000;
const COMPRESSED = 0x800;
const ZLIB = 1;

/** Sections by name, such as ".debug_info". */
export type ElfSections = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

/**
 * Returns the sections with symbols and DWARF of a vmlinux.
 *
 * @returns The sections, unpacked; none if the file is not ELF.
 * @throws {SyntaxError} If the file is damaged, or of another architecture.
 */
export async function elfSections(
  bytes: Uint8Array<ArrayBuffer>,
  name: string,
): Promise<ElfSections> {
  const sections = new Map<string, Uint8Array<ArrayBuffer>>();
  const isElf = [0x7f, 0x45, 0x4c, 0x46].every((byte, at) =>
    bytes[at] === byte
  );
  if (!isElf) return sections;
  const refuse = (what: string) =>
    new SyntaxError(
      `Cannot read ${name}: ${what}, expected a vmlinux ` +
        `for x86-64`,
    );
  if (bytes.length < 64 || bytes[4] !== 2 || bytes[5] !== 1) {
    throw refuse("it is not a little-endian 64-bit ELF file");
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const table = Number(view.getBigUint64(40, true));
  const count = Math.min(view.getUint16(60, true), MOST_SECTIONS);
  const heads = Array.from({ length: count }, (_, index) => table + index * 64);
  if (table + count * 64 > bytes.length) {
    throw refuse(`its ${count} section headers end after the file`);
  }
  const part = (head: number) => {
    const at = Number(view.getBigUint64(head + 24, true));
    const size = Number(view.getBigUint64(head + 32, true));
    if (at + size > bytes.length) {
      throw refuse("a section ends after the file");
    }
    return bytes.subarray(at, at + size);
  };
  const namesHead = heads[view.getUint16(62, true)];
  if (namesHead === undefined) return sections;
  const names = part(namesHead);
  for (const head of heads) {
    const start = view.getUint32(head, true);
    const end = names.indexOf(0, start);
    const section = new TextDecoder().decode(names.subarray(start, end));
    if (!/^\.(debug_.*|symtab|strtab)$/.test(section)) continue;
    const flags = view.getUint32(head + 8, true);
    const content = part(head);
    sections.set(
      section,
      (flags & COMPRESSED) === 0
        ? content
        : await unpack(content, () =>
          refuse(`section ${section} is damaged, or not compressed by zlib`)),
    );
  }
  return sections;
}

/** CONFIG_DEBUG_INFO_COMPRESSED: an ELF header of 24 bytes, then zlib. */
async function unpack(
  content: Uint8Array<ArrayBuffer>,
  refuse: () => SyntaxError,
): Promise<Uint8Array<ArrayBuffer>> {
  if (content[0] !== ZLIB) throw refuse();
  const packed = new Blob([content.subarray(24)]).stream()
    .pipeThrough(new DecompressionStream("deflate"));
  try {
    return new Uint8Array(await new Response(packed).arrayBuffer());
  } catch {
    throw refuse();
  }
}
