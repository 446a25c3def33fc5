import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { DMA_DIRECTION } from "../../../sim/dma/dma_attributes.ts";
import { Swiotlb, type SwiotlbCopier } from "../../../sim/dma/swiotlb.ts";
import { swiotlbMaxMappingBytes } from "../../../sim/dma/swiotlb_limits.ts";

const START = 0x1000_0000;
const NVME_ALIGN = 4095;

function logged(): { copier: SwiotlbCopier; log: string[] } {
  const log: string[] = [];
  const note = (what: string) =>
  (
    originalLo: number,
    originalHi: number,
    slotLo: number,
    slotHi: number,
    sizeBytes: number,
  ) => {
    const hex = (lo: number, hi: number) =>
      (hi * 2 ** 32 + (lo >>> 0)).toString(16);
    log.push(
      `${what} ${hex(originalLo, originalHi)} ${
        hex(slotLo, slotHi)
      } ${sizeBytes}`,
    );
  };
  return { copier: { copyIn: note("in"), copyOut: note("out") }, log };
}

function pool(options: { poolBytes?: number } = {}) {
  const { copier, log } = logged();
  return {
    log,
    swiotlb: new Swiotlb({
      startPhys: START,
      minAlignMask: NVME_ALIGN,
      copier,
      ...options,
    }),
  };
}

Deno.test("Swiotlb.map() takes a slot for each 2 KiB (T37)", () => {
  const { swiotlb } = pool();
  assertEquals(swiotlb.slots, 32768);
  assertEquals(swiotlb.map(0, 1, 4096), true);
  assertEquals(swiotlb.usedSlots, 2);
  assertEquals(swiotlb.map(0, 2, 131072), true);
  assertEquals(swiotlb.usedSlots, 2 + 64);
});

Deno.test("Swiotlb.holds() ends with the last slot", () => {
  const { swiotlb } = pool({ poolBytes: 262144 });
  const held = [START - 1, START, START + 262143, START + 262144];
  assertEquals(
    held.map((address) => swiotlb.holds(address, 0)),
    [false, true, true, false],
  );
});

Deno.test("Swiotlb.map() writes each slot's original address, across 4 GiB too", () => {
  const view = new DataView(new ArrayBuffer(128 * 24));
  const { copier } = logged();
  const swiotlb = new Swiotlb({
    ...{ startPhys: START, poolBytes: 262144, minAlignMask: NVME_ALIGN },
    ...{ copier, view },
  });
  // Two slots below 4 GiB and two above; orig_addr is first in 24 bytes.
  assertEquals(swiotlb.map(-4096, 0, 8192), true);
  assertEquals(
    [0, 1, 2, 3].map((slot) => view.getBigUint64(slot * 24, true)),
    [0xffff_f000n, 0xffff_f800n, 0x1_0000_0000n, 0x1_0000_0800n],
  );
});

Deno.test("Swiotlb.map() refuses more than the longest mapping (T37)", () => {
  assertEquals(swiotlbMaxMappingBytes(0), 262144);
  assertEquals(swiotlbMaxMappingBytes(NVME_ALIGN), 258048);
  const { swiotlb } = pool();
  assertEquals(swiotlb.map(0, 1, 262144), false);
  assertEquals(swiotlb.map(0, 1, 258049), false);
  assertEquals(swiotlb.usedSlots, 0);
  assertEquals(swiotlb.map(0, 1, 258048), true);
  // 126 slots and, at the worst offset, one more: within 128 in any case.
  assertEquals(swiotlb.map(0xfff, 1, 258048), true);
  assertEquals(swiotlb.usedSlots, 126 + 127);
});

Deno.test("Swiotlb.map() holds 512 mappings of 128 KiB in 64 MiB (T37)", () => {
  const { swiotlb } = pool();
  let mapped = 0;
  while (swiotlb.map(0, 1, 131072)) mapped++;
  assertEquals(mapped, 512);
  assertEquals(swiotlb.usedSlots, 32768);
  swiotlb.unmap(START, 131072, DMA_DIRECTION.toDevice);
  assertEquals(swiotlb.map(0, 1, 131072), true);
  assertEquals(swiotlb.map(0, 1, 512), false);
});

Deno.test("Swiotlb.map() keeps the low bits of the address", () => {
  const { swiotlb } = pool();
  for (const offset of [0x200, 0x800, 0xa04, 0xffc]) {
    assertEquals(swiotlb.map(0x7000 + offset, 1, 512), true);
    assertEquals(swiotlb.addressLo & 4095, offset);
  }
});

Deno.test("Swiotlb copies in on every map and out unless to the device", () => {
  const { swiotlb, log } = pool();
  swiotlb.map(0x200, 1, 512);
  swiotlb.unmap(swiotlb.addressLo, 512, DMA_DIRECTION.fromDevice);
  swiotlb.map(0x1000, 1, 512);
  swiotlb.unmap(swiotlb.addressLo, 512, DMA_DIRECTION.toDevice);
  swiotlb.map(0x2000, 1, 512);
  swiotlb.unmap(swiotlb.addressLo, 512, DMA_DIRECTION.toDevice);
  // Search goes on behind the slot used last: slot 1 does not keep bit 11 of
  // 0x1000, so slot 2 (offset 0x1000); then slot 4.
  assertEquals(log, [
    "in 100000200 10000200 512",
    "out 100000200 10000200 512",
    "in 100001000 10001000 512",
    "in 100002000 10002000 512",
  ]);
  assertEquals(swiotlb.copiedInBytes, 3 * 512);
  assertEquals(swiotlb.copiedOutBytes, 512);
  assertEquals(swiotlb.liveMappings, 0);
});

Deno.test("Swiotlb.map() ends a run of free slots before those taken", () => {
  const { swiotlb } = pool({ poolBytes: 1 << 18 });
  // Bit 11 set: slot 1, so slot 0 stays free alone; then slots 2 to 125.
  assertEquals(swiotlb.map(0x800, 1, 2048), true);
  assertEquals(swiotlb.map(0, 1, 124 * 2048), true);
  // Three slots are free, 0 and 126 and 127, but not behind one another.
  assertEquals(swiotlb.map(0, 1, 3 * 2048), false);
  assertEquals(swiotlb.map(0, 1, 2 * 2048), true);
  assertEquals(swiotlb.addressLo, START + 126 * 2048);
});

Deno.test("Swiotlb.unmap() refuses what is not mapped", () => {
  const { swiotlb } = pool();
  swiotlb.map(0, 1, 4096);
  const address = swiotlb.addressLo;
  swiotlb.unmap(address, 4096, DMA_DIRECTION.toDevice);
  assertThrows(
    () => swiotlb.unmap(address, 4096, DMA_DIRECTION.toDevice),
    RangeError,
    "nothing is mapped there",
  );
});

Deno.test("Swiotlb() refuses part segments", () => {
  const { copier } = logged();
  assertThrows(
    () => new Swiotlb({ startPhys: START, poolBytes: 300000, copier }),
    RangeError,
    "Cannot make swiotlb",
  );
});

Deno.test("Swiotlb never gives a byte out twice and ends empty (T36)", () => {
  const step = fc.record({
    offset: fc.integer({ min: 0, max: 1023 }).map((n) => n * 4),
    size: fc.integer({ min: 1, max: 70000 }),
    give: fc.nat(3),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const { swiotlb } = pool({ poolBytes: 1 << 20 });
      const live: { address: number; size: number }[] = [];
      for (const { offset, size, give } of steps) {
        const victim = give === 0 ? undefined : live[give % live.length];
        if (victim !== undefined) {
          swiotlb.unmap(victim.address, victim.size, DMA_DIRECTION.fromDevice);
          live.splice(live.indexOf(victim), 1);
        }
        if (!swiotlb.map(offset, 1, size)) continue;
        const address = swiotlb.addressLo >>> 0;
        assertEquals(address & 4095, offset);
        // Not across a segment of 128 slots.
        const segment = (at: number) => Math.floor((at - START) / 262144);
        assertEquals(segment(address), segment(address + size - 1));
        for (const other of live) {
          const apart = address + size <= other.address ||
            other.address + other.size <= address;
          assertEquals(apart, true);
        }
        live.push({ address, size });
      }
      for (const { address, size } of live) {
        swiotlb.unmap(address, size, DMA_DIRECTION.toDevice);
      }
      assertEquals(swiotlb.usedSlots, 0);
      assertEquals(swiotlb.liveMappings, 0);
      // All slots are found free again: four whole segments.
      for (let i = 0; i < 4; i++) {
        assertEquals(swiotlb.map(0, 1, 258048), true);
      }
    }),
    { numRuns: 60 },
  );
});
