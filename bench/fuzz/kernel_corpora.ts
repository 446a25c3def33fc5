/** Small BTF of every kind of type, ELF files with it, and C text. */

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
 * Returns BTF, raw and in an ELF file.
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

const encoder = new TextEncoder();

/** C as found in headers, mails and patches. */
export const C_TEXTS: readonly Uint8Array[] = [
  "struct bio_vec {\n\tphys_addr_t\tpaddr;\t// 64-bit on 64-bit systems\n" +
  "\tunsigned long\tlen;\n};\n",
  "> On Wed, somebody wrote:\n> +struct s {\n> +\tu64 addr:64 __packed;\n" +
  "> +#ifdef CONFIG_PCI_P2PDMA\n> +\tu32 len:31, p2p:1;\n> +#else\n" +
  "> +\tu32 len;\n> +#endif\n> -\tint gone;\n> +} __aligned(8);\n",
  "#define N (2 + 1)\ntypedef struct { u8 x[N]; } tiny_t;\n" +
  "enum op { READ, WRITE = 1 << 1 };\nstruct s {\n struct_group(hdr, u16 a:3, " +
  ":5; u8 b;);\n union { struct page *bv_page __rcu; unsigned long w; };\n" +
  " unsigned bv_len, bv_offset; enum op o; tiny_t t __attribute__((aligned(4)));" +
  "\n int (*f)(struct s *s, ...); const char *n[sizeof(long)][2];\n" +
  " spinlock_t lock; struct list_head l; s8 neg:3, :0; /* } */\n} __packed;\n",
].map((text) => encoder.encode(text));

/** Words of such texts. */
export const C_TOKENS: readonly string[] = [
  ...["struct s {", "union {", "};", "typedef", "enum e { A };", "u64 x;"],
  ...["#if", "#ifdef CONFIG_X\n", "#else\n", "#endif\n", "#define a b\n", "/*"],
  ...["__attribute__((packed))", "__aligned(8)", "phys_addr_t", "[1ull << 40]"],
  ...[
    "(*f)(int)",
    ":0;",
    "struct_group(a, int b;)",
    "\n> ",
    "\n+",
    "\\\n",
    "##",
  ],
  ...["sizeof(struct s)", "__VA_ARGS__", "defined(X)", "0x7fffffffffffffff"],
];
