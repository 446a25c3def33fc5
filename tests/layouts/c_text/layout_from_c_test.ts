import { assert, assertEquals, assertRejects } from "@std/assert";
import { type Abi, abis, findAbi } from "../../../layouts/abi.ts";
import { cStructWithAssertions, cTypedefs } from "../../../layouts/c_source.ts";
import { layoutOfData } from "../../../layouts/layout_data.ts";
import {
  type CTextLayout,
  layoutFromC,
} from "../../../layouts/c_text/layout_from_c.ts";
import type { LayoutFromCOptions } from "../../../layouts/c_text/options.ts";
import { createCodec } from "../../../layouts/codec.ts";
import { isUnsupported, type Layout } from "../../../layouts/layout.ts";
import { layoutLimits } from "../../../layouts/limits.ts";
import { pahole } from "../../../layouts/pahole.ts";
import { decodeSegment, encodeSegment } from "../../../layouts/segment.ts";
import { placeStruct, unusedBytes } from "../../../layouts/struct.ts";
import { notRun, run } from "../run_tool.ts";

/** Size and unused bytes by ABI; the reason where there is no struct. */
function sizes(layout: Layout): Record<string, string> {
  return Object.fromEntries(abis.map((abi) => {
    const struct = layout.struct(abi);
    if (isUnsupported(struct)) return [abi.name, struct.unsupported];
    const placed = placeStruct(struct, abi);
    return [abi.name, `${placed.sizeBytes}-${unusedBytes(placed)}`];
  }));
}

function placed(layout: Layout, abi: Abi = findAbi("lp64")) {
  const struct = layout.struct(abi);
  assert(!isUnsupported(struct));
  return placeStruct(struct, abi);
}

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
  // The mail wants its flag in a hole behind len; where len is an unsigned
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

Deno.test("layoutFromC() reads what kernel headers are made of", async () => {
  const text = `#include <linux/types.h>
#define MAXQ (2 + 1)
enum op { OP_READ, OP_WRITE = 1 << 1, NR_OPS };
typedef struct { u8 x[MAXQ]; } tiny_t;
typedef void (end_fn)(struct seg *);
/**
 * struct seg - don't { count } this
 */
struct seg {
	struct_group_tagged(seg_hdr, hdr,
		u16 kind:3, :5;
		u8 op;
	);
	union {
		struct page *bv_page __rcu;
		unsigned long word;
	};
	unsigned bv_len __counted_by(bv_offset), bv_offset;
	enum op last;
	tiny_t t __aligned(4);
	int (*done)(struct seg *s, int err, ...);
	end_fn *end;
	const char *const names[NR_OPS];
	u32 m[2][sizeof(long)];
	DECLARE_BITMAP(bits, 65);
	spinlock_t lock;
	struct list_head list;
	enum { A, B } choice:2;
	s8:0;
	s8 neg:3, :0, two:2;
	bool last_one:1;
} ____cacheline_aligned;
static inline int f(struct seg *s) { return s->bv_len; }
`;
  const layout = await layoutFromC(text, { struct: "seg" });
  assertEquals(layout.roles, {
    address: { kind: "page", field: "bv_page", offset: "bv_offset" },
    length: { field: "bv_len" },
  });
  assertEquals(
    layout.notes[0],
    "spinlock_t is 4 bytes: SMP, no lock " +
      "debugging, no PREEMPT_RT",
  );
  // By hand for lp64: hdr 0 (2 bytes), page 8, len 16, offset 20, last 24, t 28
  // (aligned to 4), done 32, end 40, names 48 to 72 (OP_WRITE is 2, so NR_OPS
  // 3), m 72 to 136, bits 136 to 152 (two longs), lock 152, list 160 to 176,
  // choice in 176, neg 177, two 178, last_one 178; 192 aligned to 64.
  const { fields, sizeBytes } = placed(layout);
  assertEquals(sizeBytes, 192);
  assertEquals(
    fields.map(({ name, startBit }) => `${name}@${startBit}`).join(" "),
    "@0 @64 bv_len@128 bv_offset@160 last@192 t@224 done@256 end@320 " +
      "names@384 m@576 bits@1088 lock@1216 list@1280 choice@1408 neg@1416 " +
      "two@1424 last_one@1426",
  );
  const listing = pahole(placed(layout));
  assert(
    listing.includes(
      "\tint                        (*done)(struct seg *, int, ...); /*    32     8 */",
    ),
    listing,
  );
  assert(
    listing.includes(
      "\tconst char  *              names[3];             /*    48    24 */",
    ),
    listing,
  );
});

const CASES: readonly [string, string, LayoutFromCOptions?][] = [
  // include/linux/bvec.h
  [
    "struct bio_vec { struct page *bv_page; unsigned int bv_len, bv_offset; };",
    "page bv_page+bv_offset len bv_len",
  ],
  // include/linux/scatterlist.h
  [
    "struct scatterlist { unsigned long page_link; unsigned int offset, length; " +
    "dma_addr_t dma_address; unsigned int dma_length; };",
    "page page_link+offset len length",
  ],
  // include/linux/bio.h of the DMA vectors, and phyr
  [
    "struct dma_vec { dma_addr_t addr; unsigned int len; };",
    "dma addr len len",
  ],
  [
    "struct phyr { phys_addr_t base; size_t len; };",
    "phys base len len",
  ],
  // Howells 2025
  [
    "struct bio_vec { phys_addr_t bv_phys; u64 bv_len:56, bv_p2p:1, spare:7; };",
    "phys bv_phys len bv_len flag bv_p2p:0",
  ],
  [
    "struct s { u64 pfn; u32 size; u16 off; u16 flags; };",
    "pfn pfn+off len size flag flags:0",
  ],
  ["struct s { pfn_t at; u32 nr_bytes; };", "pfn at.val len nr_bytes"],
  ["struct s { struct folio *folio; u32 len; };", "page folio len len"],
  [
    "typedef struct { unsigned long f; } memdesc_flags_t;\n" +
    "struct s { phys_addr_t paddr; s64 len; memdesc_flags_t flags; };",
    "phys paddr len len flag flags.f:0",
  ],
  [
    "struct s { __le64 addr; __le32 length; u8 type; };",
    "phys addr len length",
  ],
  ["struct s { phys_addr_t a; u32 x; };", "phys a len x"],
  [
    "struct s { u64 x; u32 y, z; };",
    "phys x len y flag z:3",
    { roles: "address=x,length=y,flag=z:3" },
  ],
  [
    "struct s { u64 x; u32 y, offset; };",
    "pfn x+offset len y",
    { roles: "address=x:pfn,length=y" },
  ],
  [
    "struct s { phys_addr_t paddr; u32 len, flags; };",
    "phys paddr len len",
    { roles: "flag=none" },
  ],
  [
    "struct s { phys_addr_t paddr; u32 len; };",
    "phys paddr len len flag paddr:63",
    { roles: "flag=paddr:63", config: [] },
  ],
];

function rolesText({ roles }: CTextLayout): string {
  const { address, length, flag } = roles;
  return `${address.kind} ${address.field}${
    address.offset === undefined ? "" : `+${address.offset}`
  } len ${length.field}${
    flag === undefined ? "" : ` flag ${flag.field}:${flag.bit}`
  }`;
}

Deno.test("layoutFromC() finds roles by types and by the kernel's names", async () => {
  for (const [text, expected, options] of CASES) {
    assertEquals(rolesText(await layoutFromC(text, options)), expected, text);
  }
});

Deno.test("a layout of C text takes part as any other, on every ABI", async () => {
  for (const [text, , options] of CASES) {
    const layout = await layoutFromC(text, options);
    // A worker gets it as plain data.
    const other = layoutOfData(structuredClone(layout.data));
    for (const abi of abis) {
      const struct = layout.struct(abi);
      if (isUnsupported(struct)) {
        assertEquals(other.struct(abi), struct);
        continue;
      }
      assert(cStructWithAssertions(struct, abi).includes(`sizeof(struct`));
      const view = new DataView(new ArrayBuffer(1024));
      const codec = createCodec(other, abi, view);
      const limits = layoutLimits(layout, abi);
      assert("lastAddress" in limits);
      const place = { base: 0, capacity: 4, index: 2 };
      const flag = layout.roles.flag !== undefined;
      const segment = {
        address: limits.lastAddress & ~4095n,
        lengthBytes: 4096n,
        p2p: flag,
      };
      encodeSegment(codec, place, segment);
      assertEquals(decodeSegment(codec, place), segment, `${text} ${abi.name}`);
      codec.set(0, 4, 1, 0x3000, 0, 8192, flag ? 1 : 0);
      assertEquals(codec.physLo(0, 4, 1), 0x3000);
      assertEquals(codec.length(0, 4, 1), 8192);
    }
  }
});

Deno.test("a layout of C text is C again, which clang confirms", async () => {
  const texts = [
    ...CASES,
    [
      "typedef foo_t *foo_p; typedef struct opaque opaque_t;\n" +
      "enum small { A } __packed; enum wide { B = 1ull << 40 };\n" +
      "struct s { foo_p p; const opaque_t *q; enum small a; enum wide b; " +
      "work_func_t f; const struct x *const *y; aligned_u64 z; " +
      "struct work_struct w; phys_addr_t paddr; u32 len[1], size; };",
      "",
    ],
  ] as const;
  const folder = await Deno.makeTempDir();
  try {
    const read = [];
    for (const [text, , options] of texts) {
      read.push(await layoutFromC(text, options));
    }
    for (const abi of abis) {
      // Each in a function, so that names of one are none of another's.
      const parts = read.map((layout, index) => {
        const struct = layout.struct(abi);
        if (isUnsupported(struct)) return "";
        return `void f${index}(void)\n{\n${
          cStructWithAssertions(struct, abi)
        }}\n`;
      });
      const file = `${folder}/${abi.name}.c`;
      await Deno.writeTextFile(file, cTypedefs(abi) + parts.join(""));
      const args = ["-target", abi.target, "-std=c11", "-fsyntax-only", file];
      const result = await run("clang", args);
      if (result === undefined) return notRun("clang");
      assertEquals([result.success, result.err], [true, ""], abi.name);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a signed length has no bit for its sign", async () => {
  const longest = async (member: string) => {
    const layout = await layoutFromC(`struct s { phys_addr_t a; ${member}; };`);
    const limits = layoutLimits(layout, findAbi("lp64"));
    assert("longestLengthBytes" in limits);
    return limits.longestLengthBytes;
  };
  assertEquals(await longest("int len"), 2n ** 31n - 1n);
  assertEquals(await longest("unsigned int len"), 2n ** 32n - 1n);
  assertEquals(await longest("ktime_t len:40"), 2n ** 39n - 1n);
  assertEquals(await longest("enum { A = -1 } len"), 2n ** 31n - 1n);
});

Deno.test("layoutFromC() says on which ABI there is no struct, and why", async () => {
  const layout = await layoutFromC(
    "struct s { phys_addr_t a; size_t len:56, p2p:1, spare:7; };",
  );
  assertEquals(sizes(layout), {
    "lp64": "16-0",
    "lp64_be": "16-0",
    ...Object.fromEntries(
      ["ilp32", "ilp32_pae", "ilp32_lpae", "ilp32_be"].map((name) => [
        name,
        `line 1, column 34: found field "len" of struct s on ${name}: 56 bits, ` +
        "expected 1 to 32 bits",
      ]),
    ),
  });
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

Deno.test("layoutFromC() takes alignments in every form", async () => {
  const align = async (member: string, abi = "lp64") => {
    const layout = await layoutFromC(
      `struct s { phys_addr_t a; u32 len; ${member} };`,
    );
    const { fields, alignBytes } = placed(layout, findAbi(abi));
    return [fields.at(-1)?.offsetBytes, alignBytes];
  };
  // Behind 12 bytes; on i386 behind 8, where a u64 is aligned to 4.
  assertEquals(await align("u8 x;"), [12, 8]);
  assertEquals(await align("_Alignas(16) u8 x;"), [16, 16]);
  assertEquals(await align("_Alignas(u64) u8 x;"), [16, 8]);
  assertEquals(await align("_Alignas(u64) u8 x;", "ilp32"), [8, 4]);
  assertEquals(await align("u8 x __aligned(__alignof__(u64));"), [16, 8]);
  assertEquals(await align("u8 x __attribute__((aligned));"), [16, 16]);
  // The largest that s390x and ARM have is 8.
  assertEquals(await align("u8 x __attribute__((aligned));", "lp64_be"), [
    16,
    8,
  ]);
  assertEquals(await align("u64 __attribute__((aligned(32))) x, y;"), [64, 32]);
  assertEquals(await align("aligned_u64 x;", "ilp32"), [8, 8]);
  assertEquals(await align("struct list_head __aligned(32) x;"), [32, 32]);
});

Deno.test("layoutFromC() takes types and numbers from its options", async () => {
  const text = "struct s { phys_addr_t a; foo_t len; struct bar b; u8 c[N]; };";
  const layout = await layoutFromC(text, {
    types: { foo_t: "unsigned int", "struct bar": "u64[2]" },
    defines: { N: "2 * 2" },
  });
  // 8 + 4 + 4 of hole + 16 + 4, rounded up to 40; on i386 4 + 4 + 16 + 4.
  assertEquals([sizes(layout)["lp64"], sizes(layout)["ilp32"]], [
    "40-8",
    "28-0",
  ]);
});
