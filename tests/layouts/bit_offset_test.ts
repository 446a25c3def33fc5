/** An offset in the page that is a bit-field: set with what lies beside it. */
import { assert, assertEquals } from "@std/assert";
import { abis } from "../../layouts/abi.ts";
import { layoutFromC } from "../../layouts/c_text/layout_from_c.ts";
import { createCodec } from "../../layouts/codec.ts";
import { isUnsupported } from "../../layouts/layout.ts";
import { decodeSegment } from "../../layouts/segment.ts";

const TEXTS = [
  "struct s { struct page *p; u32 len:20, off:12; } __packed __aligned(4);",
  "struct s { struct page *p; u32 off:12, len:20; } __packed;",
  "struct s { u32 pfn; u32 size; u32 off:12, more:20; };",
  "struct s { u64 pfn; u64 len:40, off:12, flags:12; };",
];

for (const text of TEXTS) {
  Deno.test(`the codec reads what it wrote, as the struct has it: ${text}`, async () => {
    const layout = await layoutFromC(text, { struct: "s" });
    for (const abi of abis) {
      if (isUnsupported(layout.struct(abi))) continue;
      const view = new DataView(new ArrayBuffer(256));
      const codec = createCodec(layout, abi, view);
      const at = { base: 0, capacity: 4, index: 2 };
      for (
        const [lo, bytes] of [[0x1234_5678, 512], [0x1000, 0xf_f000], [
          0x7fff_ffff,
          1,
        ]] as const
      ) {
        codec.set(at.base, at.capacity, at.index, lo, 0, bytes, 0);
        assertEquals(codec.physLo(0, 4, 2), lo, abi.name);
        assertEquals(codec.physHi(0, 4, 2), 0, abi.name);
        assertEquals(codec.pageOffset(0, 4, 2), lo & 4095, abi.name);
        assertEquals(codec.length(0, 4, 2), bytes, abi.name);
        // Field by field, by other code.
        const { address, lengthBytes } = decodeSegment(codec, at);
        assertEquals([address, lengthBytes], [BigInt(lo), BigInt(bytes)]);
        // The length alone leaves the offset.
        codec.setLength(0, 4, 2, 7);
        assertEquals([codec.length(0, 4, 2), codec.physLo(0, 4, 2)], [7, lo]);
      }
      // A neighbour is not touched.
      assertEquals(codec.length(0, 4, 1), 0);
    }
  });
}

Deno.test("a layout says how long a segment it holds, and whether offsets grow", async () => {
  const [text = ""] = TEXTS;
  const layout = await layoutFromC(text, { struct: "s" });
  const codec = createCodec(
    layout,
    abis.find(({ name }) => name === "lp64") ?? abis[0] as typeof abis[number],
    new DataView(new ArrayBuffer(0)),
  );
  assertEquals(codec.longestBytes, 0xf_ffff);
  assertEquals(codec.pageOffsetMask, 4095);
  assert(codec.pageLo !== codec.physLo);
});
