import { assertEquals, assertThrows } from "@std/assert";
import { DirectMapper, MAP_RESULT } from "../../../sim/dma/direct.ts";
import {
  DMA_ATTRIBUTE,
  DMA_DIRECTION,
} from "../../../sim/dma/dma_attributes.ts";
import { Swiotlb } from "../../../sim/dma/swiotlb.ts";

function pool(): Swiotlb {
  return new Swiotlb({
    startPhys: 0x1000_0000,
    minAlignMask: 4095,
    copier: { copyIn: () => {}, copyOut: () => {} },
  });
}

Deno.test("DirectMapper.map() bounces what a 32-bit mask does not reach (T37)", () => {
  const swiotlb = pool();
  const mapper = new DirectMapper({ maskBits: 32, swiotlb });
  assertEquals(mapper.map(0, 1, 4096, 0), MAP_RESULT.bounced);
  assertEquals(swiotlb.usedSlots, 2);
  assertEquals([mapper.addressLo, mapper.addressHi], [0x1000_0000, 0]);
  mapper.unmap(mapper.addressLo, 0, 4096, DMA_DIRECTION.fromDevice);
  assertEquals([swiotlb.usedSlots, mapper.liveMappings], [0, 0]);
});

Deno.test("DirectMapper.map() takes the last byte within the mask", () => {
  const mapper = new DirectMapper({ maskBits: 32 });
  assertEquals(mapper.map(0xffff_f000 | 0, 0, 4096, 0), MAP_RESULT.mapped);
  assertEquals(mapper.addressLo >>> 0, 0xffff_f000);
  assertEquals(mapper.map(0xffff_f000 | 0, 0, 4097, 0), MAP_RESULT.unreachable);
  assertEquals(mapper.liveMappings, 1);
});

Deno.test("DirectMapper.map() never bounces MMIO (T35, T37)", () => {
  const swiotlb = pool();
  const narrow = new DirectMapper({ maskBits: 32, swiotlb });
  const { mmio } = DMA_ATTRIBUTE;
  assertEquals(narrow.map(0, 0x3c00, 4096, mmio), MAP_RESULT.unreachable);
  assertEquals(swiotlb.mappings, 0);
  const wide = new DirectMapper({ maskBits: 64 });
  assertEquals(wide.map(0x1000, 0x3c00, 4096, mmio), MAP_RESULT.mapped);
  assertEquals([wide.addressLo, wide.addressHi], [0x1000, 0x3c00]);
});

Deno.test("DirectMapper.map() refuses MMIO where bouncing is forced", () => {
  const swiotlb = pool();
  const mapper = new DirectMapper({ maskBits: 64, forceBounce: true, swiotlb });
  const { mmio } = DMA_ATTRIBUTE;
  assertEquals(mapper.map(0, 0, 4096, mmio), MAP_RESULT.unreachable);
  assertEquals(mapper.map(0, 0, 4096, 0), MAP_RESULT.bounced);
});

Deno.test("DirectMapper.map() tells a full pool from no pool", () => {
  const swiotlb = pool();
  const mapper = new DirectMapper({ maskBits: 32, swiotlb });
  for (let i = 0; i < 512; i++) {
    assertEquals(mapper.map(0, 1, 131072, 0), MAP_RESULT.bounced);
  }
  assertEquals(mapper.map(0, 1, 131072, 0), MAP_RESULT.noSlots);
  assertEquals(mapper.liveMappings, 512);
  const without = new DirectMapper({ maskBits: 32 });
  assertEquals(without.map(0, 1, 4096, 0), MAP_RESULT.unreachable);
});

Deno.test("DirectMapper takes masks of 24 to 64 bits", () => {
  const mapper = new DirectMapper({ maskBits: 48 });
  assertEquals(mapper.map(-4096, 0xffff, 4096, 0), MAP_RESULT.mapped);
  assertEquals(mapper.map(0, 0x1_0000, 4096, 0), MAP_RESULT.unreachable);
  for (const maskBits of [23, 65, 32.5]) {
    assertThrows(
      () => new DirectMapper({ maskBits }),
      RangeError,
      "expected 24 to 64",
    );
  }
});

Deno.test("DirectMapper.map() reaches the whole of 64 bits and not beyond", () => {
  const mapper = new DirectMapper({ maskBits: 64 });
  assertEquals(mapper.map(-4096, -1, 4096, 0), MAP_RESULT.mapped);
  assertEquals(mapper.map(-4096, -1, 4097, 0), MAP_RESULT.unreachable);
  assertEquals(mapper.unmapIsEmpty, true);
});

Deno.test("DirectMapper.unmap() takes no memory for bounced that is 4 GiB from the pool", () => {
  const swiotlb = pool();
  const mapper = new DirectMapper({ maskBits: 64, swiotlb });
  assertEquals(mapper.map(0x1000_0000, 1, 4096, 0), MAP_RESULT.mapped);
  mapper.unmap(0x1000_0000, 1, 4096, DMA_DIRECTION.toDevice);
  assertEquals([swiotlb.mappings, mapper.liveMappings], [0, 0]);
});
