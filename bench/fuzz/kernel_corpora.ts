/** Small BTF of every kind of type, and ELF files with it. */

/** Little-endian: a struct bio with members of all kinds. */
const BTF = Uint8Array.fromBase64(
  "n+sBABgAAAAAAAAAFAIAABQCAACUAAAAAQAAAAAAAAEEAAAAIAAAAA4AAAAAAAABCAAA" +
    "AEAAAAATAAAAAAAAAQEAAAAIAAAAGAAAAAAAAAcAAAAAAAAAAAAAAAIEAAAAAAAAAAAA" +
    "AAMAAAAAAwAAAAEAAAAFAAAAAAAAAAIAAAUIAAAAHQAAAAIAAAAAAAAAIgAAAAEAAAAA" +
    "AAAAJwAAAAIAAAYEAAAAKgAAAAAAAAAvAAAAAQAAADUAAAABAAATCAAAADoAAAABAAAA" +
    "AQAAADwAAAAAAAAIAgAAAAAAAAAAAAAJAQAAAAAAAAAAAAAKAwAAAAAAAAAAAAALBQAA" +
    "AAAAAAACAAANAAAAAEgAAAAFAAAAAAAAAAAAAAAAAAAAAAAAAg4AAABKAAAADQAAhGAA" +
    "AAAYAAAABQAAAAAAAABOAAAAAQAAAEAAAAVSAAAAAQAAAEUAAAEnAAAACAAAAEYAAANW" +
    "AAAABgAAAGAAAAAAAAAABwAAAMAAAABbAAAADwAAAAABAABfAAAACwAAAEABAABhAAAA" +
    "DQAAAIABAAA1AAAACQAAAMABAABjAAAACgAAAAACAABlAAAAAgAAAEACAABpAAAADAAA" +
    "AIACAABrAAAAAAAADA4AAAB2AAAAAAAADgIAAAABAAAAfgAAAAEAAA8IAAAAEgAAAAAA" +
    "AAAIAAAAhAAAAAAAABAEAAAAigAAAAAAABEQAAAAAAAAAJAAAAAAAAASBAAAAAB1bnNp" +
    "Z25lZCBpbnQAbG9uZwBjaGFyAHBhZ2UAd29yZABoYWxmAG9wAFJFQUQAV1JJVEUAd2lk" +
    "ZQBXAHBoeXNfYWRkcl90AHAAYmlvAGxlbgBwMnAAbmFtZQBlbmQAdgByAHQAb3duAGMA" +
    "c3VibWl0X2JpbwBqaWZmaWVzAC5kYXRhAGZsb2F0AGtmdW5jAHJjdQA=",
);

/**
 * Gives BTF, raw and in an ELF file.
 *
 * @returns One of 22 types, of all kinds that there are.
 */
export function btfFiles(): Uint8Array[] {
  return [BTF, inElf(BTF)];
}

/** A 64-bit ELF file with a section .BTF and one of section names. */
function inElf(bytes: Uint8Array): Uint8Array {
  const names = "\0.BTF\0.shstrtab\0";
  const namesAt = 64 + bytes.length;
  const table = namesAt + names.length;
  const out = new Uint8Array(table + 3 * 64);
  const view = new DataView(out.buffer);
  out.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setBigUint64(40, BigInt(table), true);
  [64, 3, 2].forEach((value, index) =>
    view.setUint16(58 + index * 2, value, true)
  );
  out.set(bytes, 64);
  out.set(new TextEncoder().encode(names), namesAt);
  [[1, 64, bytes.length], [6, namesAt, names.length]].forEach(
    ([name = 0, at = 0, length = 0], index) => {
      const section = table + (index + 1) * 64;
      view.setUint32(section, name, true);
      view.setBigUint64(section + 24, BigInt(at), true);
      view.setBigUint64(section + 32, BigInt(length), true);
    },
  );
  return out;
}
