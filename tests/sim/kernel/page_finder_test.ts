/** A pointer to a struct page leads where the address of its page does. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { abis } from "../../../layouts/abi.ts";
import { createCodec } from "../../../layouts/codec.ts";
import { isUnsupported } from "../../../layouts/layout.ts";
import { layouts } from "../../../layouts/registry.ts";
import { createPageFinder } from "../../../sim/kernel/page_finder.ts";
import { PageArray } from "../../../sim/kernel/page_array.ts";
import { kernelStructs } from "../../../sim/kernel/path_structs.ts";
import { defaultMemoryMap } from "../../../sim/memory/memory_map.ts";
import { KernelMemory } from "../../../sim/memory/kernel_memory.ts";

/** Halves of a number of 64 bits. */
function halves(value: bigint): [number, number] {
  return [
    Number(BigInt.asIntN(32, value)),
    Number(BigInt.asIntN(32, value >> 32n)),
  ];
}

for (const abi of abis) {
  Deno.test(`pointers of every layout lead to their pages: ${abi.name}`, () => {
    const memory = new KernelMemory({ abi, sizeBytes: 32 << 20 });
    const map = defaultMemoryMap(abi.physBits > 46);
    const pages = new PageArray(memory, map, kernelStructs("7.2", abi));
    const array = memory.reserve("array under test", 4096);
    const ranges = [...map.dram, ...map.providers];
    const address = fc.nat(ranges.length - 1).chain((index) => {
      const { startPhys, sizeBytes } = ranges[index] as (typeof ranges)[number];
      return fc.nat(sizeBytes - 1).map((at) => startPhys + BigInt(at));
    });
    let withPointers = 0;
    for (const layout of layouts) {
      if (isUnsupported(layout.struct(abi))) continue;
      for (const pageBaseLo of [undefined, 0x7fff_0000, 0xffff_0000 | 0]) {
        if (pageBaseLo !== undefined && abi.pointerBytes !== 8) continue;
        const codec = createCodec(layout, abi, memory.view, {
          ...(pageBaseLo !== undefined && { pageBaseLo }),
        });
        const { pagePointer } = codec;
        const isPage = layout.roles.address.kind === "page";
        assertEquals(pagePointer !== undefined, isPage, layout.name);
        if (pagePointer === undefined) continue;
        withPointers++;
        const find = pages.finder(codec.pageArrayBase);
        fc.assert(
          fc.property(address, fc.nat(3), (phys, index) => {
            const [lo, hi] = halves(phys);
            codec.set(array, 4, index, lo, hi, 512, 0);
            const found = find(
              pagePointer.lo(array, 4, index),
              pagePointer.hi(array, 4, index),
            );
            assert(found !== 0);
            assertEquals(found, pages.pageOf(lo, hi));
          }),
          { numRuns: 50 },
        );
      }
    }
    assert(withPointers > 0);
  });
}

Deno.test("a pointer beside all ranges, or 4 GiB from one, leads nowhere", () => {
  // Two ranges of 16 pages; the pointers to the second cross a border.
  const range = (phys: bigint, first: number) => {
    const [lo, hi] = halves(phys);
    return { lo, hi, sizeBytes: 16 * 4096, first };
  };
  const base = 0xffea_0000_0000_0000n;
  const crossing = ((1n << 32n) - 8n * 64n) / 64n * 4096n;
  const ranges = [range(1n << 32n, 4096), range(crossing, 8192)];
  const find = createPageFinder(ranges, 64, base);
  const at = (phys: bigint) => find(...halves(base + phys / 4096n * 64n));
  assertEquals(at(1n << 32n), 4096);
  assertEquals(at((1n << 32n) + 15n * 4096n), 4096 + 15 * 64);
  assertEquals(at((1n << 32n) + 16n * 4096n), 0);
  assertEquals(at((1n << 32n) - 4096n), 0);
  for (let page = 0n; page < 16n; page++) {
    const pointer = base + (crossing / 4096n + page) * 64n;
    assertEquals(find(...halves(pointer)), 8192 + 64 * Number(page));
    assertEquals(find(...halves(pointer + (1n << 32n))), 0);
    assertEquals(find(...halves(pointer - (1n << 32n))), 0);
  }
  assertEquals(createPageFinder([], 64, base)(0, 0), 0);
});
