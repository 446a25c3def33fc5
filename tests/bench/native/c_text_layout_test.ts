import { assertEquals } from "@std/assert";
import { layoutFromC } from "../../../layouts/c_text/layout_from_c.ts";
import type { Recognition } from "../../../sim/recognition/recognition_registry.ts";
import { compareEngines, firstWindow, pathOptions } from "./compare_engines.ts";

const WINDOWS = await Promise.all([
  firstWindow("mixed-bs", 60),
  firstWindow("unaligned-4k", 20),
]);

/** Structs of every kind that roles may lie in. */
const TEXTS: readonly [string, Recognition][] = [
  // The mail of 2019.
  ["struct bio_vec { phys_addr_t paddr; unsigned long len; };", "page"],
  [
    "struct s { phys_addr_t paddr; size_t len:56, p2p:1, spare:7; };",
    "segment",
  ],
  [
    "struct s { struct list_head l; struct { phys_addr_t addr; } at; union { " +
    "struct { u32 len:31, p2p:1; }; u32 word; }; };",
    "segment",
  ],
  // An offset that is a bit-field, beside the length and alone.
  [
    "struct s { struct page *p; u32 len:20, off:12; } __packed __aligned(4);",
    "page",
  ],
  ["struct s { u64 pfn; u32 size; u32 off:12, more:20; };", "page"],
  [
    "typedef struct { unsigned long v; } flags_t; enum op { R, W };\n" +
    "struct s { struct page *bv_page; enum op op; int len; u16 tag; " +
    "flags_t flags; unsigned int off; void (*end)(struct s *, int); } " +
    "__aligned(64);",
    "segment",
  ],
  [
    "struct s { u8 kind; u64 pfn; u32 size; u16 offset; u8 flags; } __packed;",
    "segment",
  ],
  [
    "struct s { foo_t *next; sector_t sector; resource_size_t base; " +
    "s64 len; bool p2p; };",
    "segment",
  ],
];

for (const [text, recognition] of TEXTS) {
  Deno.test(`a layout of C text leaves the same bytes in both engines: ${text.slice(0, 60)}`, async () => {
    const layout = await layoutFromC(text, { struct: nameOf(text) });
    const counts = await compareEngines(
      pathOptions(layout, recognition),
      WINDOWS,
    );
    assertEquals(counts.errors, 0);
  });
}

function nameOf(text: string): string {
  return /struct (\w+) \{ (?!unsigned long v)/.exec(text)?.[1] ?? "";
}

Deno.test("a segment ends at a page where its length has no bits left", async () => {
  const layout = await layoutFromC(
    "struct s { struct page *p; u32 len:20, off:12; } __packed __aligned(4);",
    { struct: "s" },
  );
  const window = await firstWindow("1m-segment", 4);
  const { segments, ios, dmaSegments } = await compareEngines(
    pathOptions(layout, "page"),
    [window],
  );
  // 1 MiB of one folio: 255 pages, and the last one; they are joined again as
  // they are mapped, but at 512 KiB, where the I/O is split.
  assertEquals([segments / ios, dmaSegments / ios], [2, 2]);
});
