import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  canCoalesce,
  gapBitOf,
  gapMask,
  joinGapBits,
} from "../../../sim/dma/gap.ts";

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

Deno.test("gapBitOf() is ffs()", () => {
  assertEquals(gapBitOf(0), 0);
  assertEquals(gapBitOf(1), 1);
  assertEquals(gapBitOf(0x200), 10);
  assertEquals(gapBitOf(0x1000 | 0x8000), 13);
  assertEquals(gapBitOf(0x80000000 | 0), 32);
});

Deno.test("joinGapBits() is the bit of the OR of the edges", () => {
  fc.assert(fc.property(fc.integer(), fc.integer(), (a, b) => {
    assertEquals(joinGapBits(gapBitOf(a), gapBitOf(b)), gapBitOf(a | b));
  }));
});

Deno.test("canCoalesce() is true when every join lies on an IOMMU page", () => {
  fc.assert(fc.property(
    fc.array(fc.integer({ min: 0, max: 64 }), { maxLength: 6 }),
    fc.constantFrom(4095, 65535),
    (joins, mask) => {
      const edges = joins.map((join) => join * 512);
      const bit = edges.reduce(
        (bit, edge) => joinGapBits(bit, gapBitOf(edge)),
        0,
      );
      assertEquals(
        canCoalesce(bit, mask),
        edges.every((edge) => (edge & mask) === 0),
      );
    },
  ));
});
