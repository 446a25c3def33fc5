/** Layouts from the text of mails and patches: which struct is meant, and its sizes. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { findAbi } from "../../../layouts/abi.ts";
import { layoutFromC } from "../../../layouts/c_text/layout_from_c.ts";
import { placed, sizes } from "./placed_layout.ts";

/** The struct that Christoph Hellwig mailed on 26 June 2019. */
const MAILED = `struct bio_vec {
	phys_addr_t	paddr;	// 64-bit on 64-bit systems
	unsigned long	len;
};
`;
// paddr has 8 bytes on lp64, PAE and LPAE, 4 on ilp32; an unsigned long has 8 on
// lp64 and 4 on all others. LPAE aligns the whole to 8: a hole of 4; PAE to 4.
const MAILED_SIZES = {
  "lp64": "16-0",
  "lp64_be": "16-0",
  "ilp32": "8-0",
  "ilp32_pae": "12-0",
  "ilp32_lpae": "16-4",
  "ilp32_be": "8-0",
};

Deno.test("layoutFromC() takes the struct of the mail of 2019 as it is", async () => {
  const layout = await layoutFromC(MAILED, { file: "mail.txt" });
  assertEquals(layout.name, "bio_vec");
  assertEquals(layout.title, "{paddr, len} of mail.txt:1");
  assertEquals(layout.roles, {
    address: { kind: "phys", field: "paddr" },
    length: { field: "len" },
  });
  assertEquals(layout.roleReasons, [
    { role: "address", field: "paddr", reason: "type phys_addr_t" },
    { role: "length", field: "len", reason: "name len" },
  ]);
  assertEquals(sizes(layout), MAILED_SIZES);
  // The mail wants its flag in a hole after len; where len is an unsigned
  // long there is none but with LPAE.
  assertEquals(layout.notes, [
    "no member is a flag for P2P memory; unused for one: no byte on lp64, " +
    "lp64_be, ilp32, ilp32_pae, ilp32_be; 4 bytes on ilp32_lpae",
  ]);
  assertEquals(layout.variants, [layout]);
});

Deno.test("layoutFromC() reads mails, replies and patches like headers", async () => {
  const quote = (text: string, mark: string) =>
    text.split("\n").map((line) => mark + line).join("\n");
  const around = (text: string) =>
    `On Wed, Jun 26, 2019, somebody wrote:\n> don't; it's "odd\n${text}\n` +
    `(what's more: union {)\n-- \nA. Person\nstruct page, and so on.\n`;
  const texts = [
    MAILED.replaceAll("\n", "\r\n"),
    around(MAILED),
    around(quote(MAILED, "> ")),
    around(quote(MAILED, ">> > | ")),
    around(MAILED.replace("};", "}")),
    MAILED.replaceAll(/\s+/g, " ").replace("// 64-bit on 64-bit systems", ""),
    `\ufeff${MAILED.replaceAll("\t", "\u00a0")}`,
    "Something like struct bio_vec { phys_addr_t paddr; unsigned long len; };",
    MAILED.replace("phys_addr_t", "phys_\\\naddr_t").replace("\\\n", "") +
    "#endif\n",
  ];
  for (const text of texts) {
    const layout = await layoutFromC(text);
    assertEquals(layout.name, "bio_vec", text);
    assertEquals(sizes(layout), MAILED_SIZES, text);
  }
});

const PATCH = `diff --git a/include/linux/bvec.h b/include/linux/bvec.h
index 123abc..456def 100644
--- a/include/linux/bvec.h
+++ b/include/linux/bvec.h
@@ -30,9 +30,12 @@ struct page;
  * struct bio_vec - a contiguous range of physical memory
  */
 struct bio_vec {
-	struct page	*bv_page;
-	unsigned int	bv_len;
-	unsigned int	bv_offset;
+	phys_addr_t	bv_phys;
+	u32		bv_len;
+#ifdef CONFIG_PCI_P2PDMA
+	u32		bv_flags;
+#endif
 };
 
 struct bvec_iter {
`;

Deno.test("layoutFromC() reads a patch, with the option that it asks for and without", async () => {
  for (const text of [PATCH, PATCH.replaceAll(/^/gm, "> ")]) {
    const layout = await layoutFromC(text, { file: "p.patch" });
    assertEquals(
      layout.variants.map(({ name, config }) => [name, config]),
      [["bio_vec", []], ["bio_vec+PCI_P2PDMA", ["CONFIG_PCI_P2PDMA"]]],
    );
    const [off, on] = layout.variants;
    assert(off !== undefined && on !== undefined);
    assertEquals(off.roles.flag, undefined);
    assertEquals(on.roles.flag, { field: "bv_flags", bit: 0 });
    // 8 + 4, rounded up to 16 on lp64, with and without the flags in the hole.
    assertEquals([sizes(off)["lp64"], sizes(on)["lp64"]], ["16-4", "16-0"]);
    assertEquals([sizes(off)["ilp32"], sizes(on)["ilp32"]], ["8-0", "12-0"]);
    assertEquals(off.line, 8);
  }
  for (const config of [["PCI_P2PDMA"], ["CONFIG_PCI_P2PDMA=y"]]) {
    const layout = await layoutFromC(PATCH, { config });
    assertEquals(layout.variants.length, 1);
    assertEquals([layout.name, layout.config], [
      "bio_vec",
      ["CONFIG_PCI_P2PDMA"],
    ]);
    assertEquals(layout.roles.flag?.field, "bv_flags");
  }
  const other = await layoutFromC(PATCH, { config: ["OTHER"] });
  assertEquals(
    other.notes[0],
    "CONFIG_OTHER changes nothing: the text does not ask for it",
  );
  const { notes } = await layoutFromC("struct s { a_t addr; u32 len[N]; };", {
    types: { a_t: "phys_addr_t", b_t: "u64" },
    defines: { N: "1", "M(x)": "x" },
    roles: "length = len",
  });
  assertEquals(notes.slice(0, 2), [
    "type b_t changes nothing: the text does not name it",
    "macro M(x) changes nothing: the text does not name it",
  ]);
  for (const config of [[], ["CONFIG_OTHER"], ["PCI_P2PDMA=n"]]) {
    const layout = await layoutFromC(PATCH, { config });
    assertEquals([layout.config, layout.configAsked], [
      [],
      ["CONFIG_PCI_P2PDMA"],
    ]);
    assertEquals(layout.roles.flag, undefined);
  }
});

Deno.test("layoutFromC() answers conditions on the ABI by the ABI", async () => {
  const layout = await layoutFromC(`
    #if defined(CONFIG_64BIT) && BITS_PER_LONG == 64
    #define LEN u64
    #elif IS_ENABLED(CONFIG_PHYS_ADDR_T_64BIT)
    #define LEN u16
    #else
    #define LEN u8
    #endif
    struct s {
      phys_addr_t addr;
      LEN len;
    #ifdef __BIG_ENDIAN_BITFIELD
      u8 pad:7, p2p:1;
    #else
      u8 p2p:1, pad:7;
    #endif
    };`);
  assertEquals(layout.variants.length, 1);
  assertEquals(layout.configAsked, []);
  // 8+8+1, 4+1+1, 8+2+1 bytes, rounded up to 8, 4, 4 or 8.
  assertEquals(sizes(layout), {
    "lp64": "24-7",
    "lp64_be": "24-7",
    "ilp32": "8-2",
    "ilp32_pae": "12-1",
    "ilp32_lpae": "16-5",
    "ilp32_be": "8-2",
  });
  const { fields } = placed(layout, findAbi("lp64_be"));
  assertEquals(fields.map((field) => field.name), [
    "addr",
    "len",
    "pad",
    "p2p",
  ]);
});

Deno.test("layoutFromC() takes one of several structs by its name or line", async () => {
  const text = "struct part { u32 len; };\n" +
    "typedef struct { phys_addr_t paddr; struct part p; } own_t;\n" +
    "struct s { phys_addr_t paddr; u32 len; };\n" +
    "struct s { phys_addr_t paddr; u64 len; };\n";
  const name = async (struct: string) => {
    const layout = await layoutFromC(text, { struct });
    return [layout.name, layout.line, layout.roles.length.field];
  };
  assertEquals(await name("own_t"), ["own_t", 2, "p.len"]);
  assertEquals(await name("struct s@3"), ["s", 3, "len"]);
  assertEquals(await name("s@4"), ["s", 4, "len"]);
  await assertRejects(
    () => layoutFromC(text, { struct: "s" }),
    RangeError,
    '2 structs named "s" (lines 3, 4), expected s@LINE for one of them',
  );
  // A struct that another has by value is not meant.
  const one = text.split("\n").slice(0, 2).join("\n");
  assertEquals((await layoutFromC(one)).name, "own_t");
  const named = await layoutFromC(one, { name: "mine" });
  assertEquals(named.name, "mine");
  // The registry has a layout of that name.
  const phyr = await layoutFromC("struct phyr { phys_addr_t p; u32 len; };");
  assertEquals(phyr.name, "own_phyr");
});
