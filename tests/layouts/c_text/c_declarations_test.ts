/** What a struct in C text may declare, and where its members then lie. */
import { assert, assertEquals } from "@std/assert";
import { findAbi } from "../../../layouts/abi.ts";
import { layoutFromC } from "../../../layouts/c_text/layout_from_c.ts";
import { layoutLimits } from "../../../layouts/limits.ts";
import { pahole } from "../../../layouts/pahole.ts";
import { placed, sizes } from "./placed_layout.ts";

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
