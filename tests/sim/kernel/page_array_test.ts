import { assert, assertEquals } from "@std/assert";
import { findAbi } from "../../../layouts/abi.ts";
import { kernelStructs } from "../../../sim/kernel/path_structs.ts";
import {
  defaultMemoryMap,
  type MemoryMap,
} from "../../../sim/memory/memory_map.ts";
import { KernelMemory } from "../../../sim/memory/kernel_memory.ts";
import { reachedPages } from "../../../sim/kernel/reached_pages.ts";
import { PageArray } from "../../../sim/kernel/page_array.ts";

function pagesOf(abiName: string, map: MemoryMap, kernel = "7.2"): PageArray {
  const abi = findAbi(abiName);
  const memory = new KernelMemory({ abi, sizeBytes: 32 << 20 });
  return new PageArray(memory, map, kernelStructs(kernel, abi));
}

Deno.test("PageArray.pageOf() finds neighbours one struct page apart", () => {
  const pages = pagesOf("lp64", defaultMemoryMap(true));
  const first = pages.pageOf(0, 1); // 0x1_0000_0000
  assertEquals(pages.pageOf(4095, 1), first);
  assertEquals(pages.pageOf(4096, 1), first + 64);
  // 256 MiB end at 0x1_1000_0000.
  assertEquals(pages.pageOf(0x0fff_f000, 1), first + 65535 * 64);
  assertEquals(pages.pageOf(0x1000_0000, 1), 0);
  assertEquals(pages.pageOf(0, 0), 0);
});

Deno.test("PageArray.pageOf() crosses a 4 GiB border inside a range", () => {
  const pages = pagesOf("lp64", {
    dram: [{ startPhys: 0xffff_0000n, sizeBytes: 0x2_0000 }],
    providers: [],
  });
  const first = pages.pageOf(0xffff_0000 | 0, 0);
  assert(first !== 0);
  assertEquals(pages.pageOf(0, 1), first + 16 * 64);
});

Deno.test("PageArray tells host memory from each provider's", () => {
  for (const kernel of ["6.1", "6.12", "7.2"]) {
    const pages = pagesOf("lp64", defaultMemoryMap(true), kernel);
    const host = pages.pageOf(0, 1);
    const bar0 = pages.pageOf(0, 0x3c00);
    const bar1 = pages.pageOf(0x0400_0000, 0x3c00);
    assertEquals([host, bar0, bar1].map(pages.isZoneDevice), [
      false,
      true,
      true,
    ]);
    assertEquals(pages.providerOf(pages.pagemapOf(bar0)), 1, kernel);
    assertEquals(pages.providerOf(pages.pagemapOf(bar1)), 2, kernel);
  }
});

Deno.test("PageArray counts the struct pages of P2P memory (T57)", () => {
  // 64 B of struct page per 4 KiB are 1.5625 %: two BARs of 64 MiB need 2 MiB.
  const pages = pagesOf("lp64", defaultMemoryMap(true));
  assertEquals(pages.providerPageBytes, 2 * (64 << 20) / 64);
});

Deno.test("PageArray.folioOf() finds the head of whole folios alone", () => {
  // 64 KiB folios in 1 MiB that begins 8 KiB behind a border: 14 single pages,
  // 15 folios, 2 single pages.
  const map: MemoryMap = {
    dram: [{ startPhys: 0x1_0000_2000n, sizeBytes: 1 << 20 }],
    providers: [],
    folioOrder: 4,
  };
  for (const abi of ["lp64", "lp64_be", "ilp32"]) {
    const pages = pagesOf(abi, map);
    const folioAt = (lo: number) => pages.folioOf(pages.pageOf(lo, 1));
    const pageAt = (lo: number) => pages.pageOf(lo, 1);
    assertEquals(folioAt(0xf000), pageAt(0xf000));
    for (const lo of [0x1_0000, 0x1_1000, 0x1_ffff]) {
      assertEquals(folioAt(lo), pageAt(0x1_0000), `${abi} ${lo}`);
    }
    assertEquals(folioAt(0x2_0000), pageAt(0x2_0000));
    assertEquals(folioAt(0x10_1000), pageAt(0x10_1000));
    // A tail is in the zone of its head, and is no P2P page.
    assertEquals(pages.isZoneDevice(pageAt(0x1_3000)), false);
  }
});

Deno.test("PageArray.markDirty() marks the folio of a page, once", () => {
  const pages = pagesOf("lp64", {
    dram: [{ startPhys: 0x1_0000_0000n, sizeBytes: 1 << 20 }],
    providers: [],
    folioOrder: 2,
  });
  const [head, tail, other] = [0, 0x1000, 0x4000].map((lo) =>
    pages.pageOf(lo, 1)
  );
  const folios = [head, tail, other].map((page) => pages.folioOf(page ?? 0));
  assertEquals(folios, [head, head, other]);
  const dirty = () => folios.map((folio) => pages.isDirty(folio));
  assertEquals(dirty(), [false, false, false]);
  pages.markDirty(folios[1] ?? 0);
  assertEquals(dirty(), [true, true, false]);
  // The zone is in the same word's other half, and is left alone.
  assertEquals(pages.isZoneDevice(head ?? 0), false);
});

Deno.test("PageArray.make() makes what is touched of a sparse array, with whole folios", () => {
  const map: MemoryMap = {
    dram: [{ startPhys: 0x1_0000_2000n, sizeBytes: 1 << 20 }],
    providers: [{
      name: "bar0",
      startPhys: 0x3c00_0000_0000n,
      sizeBytes: 1 << 20,
      busAddress: 0x3c00_0000_0000n,
    }],
    folioOrder: 2,
  };
  const abi = findAbi("lp64");
  const [full, sparse] = [false, true].map((isSparse) => {
    const memory = new KernelMemory({ abi, sizeBytes: 1 << 20 });
    const structs = kernelStructs("7.2", abi);
    return {
      memory,
      pages: new PageArray(memory, map, structs, isSparse),
    };
  });
  assert(full !== undefined && sparse !== undefined);
  // 100 bytes on both sides of a border of pages, in folios of 16 KiB; the end
  // of the memory, which is no whole folio; and P2P memory, which has none.
  const reached = reachedPages(sparse.pages, {
    counts: Int32Array.of(0, 4),
    physLo: Int32Array.of(0x10_1fff, 0xbfce, 0xbfff, 0x1000),
    physHi: Int32Array.of(1, 1, 1, 0x3c00),
    pieceBytes: Int32Array.of(1, 100, 1, 4096),
  });
  assertEquals(
    [...reached],
    [[0xb000, 1], [0xc000, 1], [0x10_1000, 1], [0x1000, 0x3c00]].map((
      [lo, hi],
    ) => sparse.pages.pageOf(lo ?? 0, hi ?? 0)),
  );
  sparse.pages.make(reached);
  const made = [];
  for (let page = 0; page < 256; page++) {
    const at = full.pages.pageOf(0x2000 + page * 4096, 1);
    const [whole, part] = [full, sparse].map(({ memory }) =>
      memory.bytes().slice(at, at + 64)
    );
    if (whole?.every((byte, i) => byte === part?.[i])) made.push(page);
  }
  // Page 0 is made as a page of its own, which it is here.
  assertEquals(made, [0, 6, 7, 8, 9, 10, 11, 12, 13, 254, 255]);
  const bar = (lo: number) => sparse.pages.pageOf(lo, 0x3c00);
  assertEquals(sparse.pages.isZoneDevice(bar(0x1000)), true);
  assertEquals(sparse.pages.isZoneDevice(bar(0x2000)), false);
  assertEquals(sparse.pages.providerOf(sparse.pages.pagemapOf(bar(0x1000))), 1);
});
