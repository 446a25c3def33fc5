// T56 and T57: struct pages that recognising P2P memory needs and reads.
import { assertEquals } from "@std/assert";
import { findAbi } from "../../layouts/abi.ts";
import { kernelStructs } from "../../sim/kernel/path_structs.ts";
import type { MemoryMap } from "../../sim/memory/memory_map.ts";
import { KernelMemory } from "../../sim/memory/kernel_memory.ts";
import { PageArray } from "../../sim/kernel/page_array.ts";
import { BAR, DRAM, linesIn, MIB, P2P_MIB, trace } from "./footprint_rig.ts";

Deno.test("T56: the check of a tail page reads its head too, 2 lines", () => {
  for (
    const [page, lines] of [[0, 1], [1, 2], [511, 2], [512, 1]]
  ) {
    const given = {
      pieces: [{ phys: DRAM + BigInt(Number(page) * 4096), bytes: 4096 }],
      submitter: "registered",
      folioOrder: 9,
    } as const;
    const { single } = trace({ ...given, layout: "page_offset" });
    assertEquals(linesIn(single, "page"), { map: Number(lines) });
    const bySegment = { ...given, layout: "phys_flags" } as const;
    assertEquals(
      trace({ ...bySegment, recognition: "segment" }).single.structures.page,
      undefined,
    );
    // By range no page either.
    const byRange = trace({
      ...given,
      layout: "phys_len",
      recognition: "range",
    }).single;
    assertEquals(byRange.structures.page, undefined);
  }
});

Deno.test("T57: recognition by page needs 256 MiB of pages for 16 GiB", () => {
  // 64 bytes for each of its pages, in the machine's own page array.
  const abi = findAbi("lp64");
  const memory = new KernelMemory({ abi, sizeBytes: 260 * MIB });
  const map: MemoryMap = {
    dram: [{ startPhys: DRAM, sizeBytes: MIB }],
    providers: [{
      name: "bar",
      startPhys: BAR,
      sizeBytes: 16 * 1024 * MIB,
      busAddress: 0n,
    }],
  };
  const pages = new PageArray(memory, map, kernelStructs("7.2", abi));
  const [, p2p] = memory.regions.filter(({ structure }) =>
    structure === "page"
  );
  assertEquals(p2p?.sizeBytes, 256 * MIB);
  assertEquals(pages.providerPageBytes, 256 * MIB);
  // The last page of the BAR has one, and it is of the provider.
  const last = pages.pageOf(-4096, 0x3c03);
  assertEquals(last, (p2p?.offset ?? 0) + 256 * MIB - 64);
  assertEquals(pages.providerOf(pages.pagemapOf(last)), 1);
});

Deno.test("T57: other recognitions read no page of P2P memory as they map it", () => {
  const { single } = trace({ layout: "page_offset", pieces: P2P_MIB });
  assertEquals(linesIn(single, "page").map, 1);
  for (
    const [layout, recognition, pagemapLoads] of [
      // The flag of a pinned page is found in its dev_pagemap: type.
      ["phys_flags", "segment", 256],
      // Whose it is stands behind it.
      ["phys_len", "bio", 256],
      ["phys_len", "range", undefined],
    ] as const
  ) {
    const other = trace({ layout, recognition, pieces: P2P_MIB }).single;
    // What is left is user space's: it was mapped by page and is pinned so.
    assertEquals(
      linesIn(other, "page"),
      { submit: 256, complete: 256 },
      recognition,
    );
    assertEquals(
      other.structures.dev_pagemap?.accesses,
      pagemapLoads,
      recognition,
    );
  }
});
