import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { canCoalesce, gapMask } from "../../../sim/dma/gap.ts";

Deno.test("gapMask() has all bits from the gap bit on (T33)", () => {
  assertEquals(gapMask(0), 0);
  assertEquals(gapMask(10) & 4095, 0xe00);
  assertEquals(gapMask(12) & 4095, 0x800);
  assertEquals(gapMask(13) & 4095, 0);
  assertEquals(gapMask(14) & 4095, 0);
  // An IOMMU with 64 KiB pages refuses 4 KiB scatter.
  assertEquals(gapMask(17) & 65535, 0);
  assertEquals(gapMask(13) & 65535, 0xf000);
});

Deno.test("gapMask() is ~(((1 << bit) >> 1) - 1) in 64 bits", () => {
  for (let bit = 0; bit <= 32; bit++) {
    // With bit 0: 1 >> 1 is 0, minus 1 is all ones, inverted none.
    const wide = ~(((1n << BigInt(bit)) >> 1n) - 1n);
    assertEquals(gapMask(bit), Number(BigInt.asIntN(32, wide)), `bit ${bit}`);
  }
});

Deno.test("canCoalesce() is true when every join lies on an IOMMU page", () => {
  fc.assert(fc.property(
    fc.array(fc.integer({ min: 0, max: 64 }), { maxLength: 6 }),
    fc.constantFrom(4095, 65535),
    (joins, mask) => {
      const edges = joins.map((join) => join * 512);
      const all = edges.reduce((all, edge) => all | edge, 0);
      const bit = all === 0 ? 0 : 32 - Math.clz32(all & -all); // ffs()
      assertEquals(
        canCoalesce(bit, mask),
        edges.every((edge) => (edge & mask) === 0),
      );
    },
  ));
});
