// The rows of blockspec 2.12 (G1-G7), T03-T05, T56 and T57, counted from the
// accesses of the real path, not from its arithmetic.
//
// Lines of vectors "per pass" are those of one stage: building the bio is
// `submit`, then come `split`, `map`, and `complete`, which releases the pages.
import { assertEquals } from "@std/assert";
import { type Abi, findAbi } from "../../layouts/abi.ts";
import type { Recognition } from "../../layouts/layout.ts";
import { findLayout } from "../../layouts/registry.ts";
import type { Submitter } from "../../sim/assembly.ts";
import { nvmeLimits } from "../../sim/block/queue_limits.ts";
import { kernelStructs } from "../../sim/kernel/path_structs.ts";
import { defaultMemoryMap, type MemoryMap } from "../../sim/machine.ts";
import { ALLOCATOR_FLAG } from "../../sim/memory/access_batch.ts";
import type { FootprintTotals } from "../../sim/memory/footprint.ts";
import { KernelMemory } from "../../sim/memory/kernel_memory.ts";
import { PageArray } from "../../sim/memory/page_array.ts";
import { RegionIndex } from "../../sim/memory/region_index.ts";
import { pageStructBytes } from "../../sim/pci/provider.ts";
import { traceWindow } from "../../sim/trace_window.ts";
import { type TracedPathOptions, tracePath } from "../../sim/traced_path.ts";
import {
  createWindow,
  type IoWindow,
  WINDOW_OP,
} from "../../sim/workload/window.ts";

interface Piece {
  readonly phys: bigint;
  readonly bytes: number;
  readonly provider?: number;
}

interface Case {
  readonly layout: string;
  readonly pieces: readonly Piece[];
  readonly abi?: string;
  readonly recognition?: Recognition;
  readonly submitter?: Submitter;
  readonly op?: number;
  readonly iommu?: boolean;
  /** Order of the folios of host memory; single pages unless told. */
  readonly folioOrder?: number;
}

const MIB = 1 << 20;
const DRAM = 0x1_0000_0000n;
const DRAM_32 = 0x0800_0000n;
const BAR = 0x3c00_0000_0000n;
const PASSES = ["submit", "split", "map", "complete"];

/** Pages none of which is the neighbour of another. */
function scattered(count: number, start = DRAM): Piece[] {
  return Array.from(
    { length: count },
    (_, i) => ({ phys: start + BigInt(i * 8192), bytes: 4096 }),
  );
}

/** P2P memory as mainline maps it: a page is a piece, however contiguous. */
const P2P_MIB: readonly Piece[] = Array.from(
  { length: 256 },
  (_, i) => ({ phys: BAR + BigInt(i * 4096), bytes: 4096, provider: 1 }),
);

function windowOf(pieces: readonly Piece[], op: number): IoWindow {
  const window = createWindow({ ios: 1, pieces: pieces.length });
  window.counts.set([1, pieces.length]);
  window.op[0] = op;
  window.firstPiece[1] = pieces.length;
  for (const [i, { phys, bytes, provider = 0 }] of pieces.entries()) {
    window.physLo[i] = Number(BigInt.asIntN(32, phys));
    window.physHi[i] = Number(BigInt.asIntN(32, phys >> 32n));
    window.pieceBytes[i] = bytes;
    window.provider[i] = provider;
    window.lengthBytes[0] = (window.lengthBytes[0] ?? 0) + bytes;
  }
  return window;
}

function pathOptions(given: Case): TracedPathOptions & { abi: Abi } {
  const abi = findAbi(given.abi ?? "lp64");
  return {
    layout: findLayout(given.layout),
    abi,
    kernel: "7.2",
    recognition: given.recognition ?? "page",
    // MDTS 8: 1 MiB and 256 segments; behind an IOMMU 128 KiB and 33 (T38).
    limits: nvmeLimits(8, { iommu: given.iommu ?? false }),
    map: {
      ...defaultMemoryMap(abi.pointerBytes === 8),
      folioOrder: given.folioOrder ?? 0,
    },
    depth: 1,
    submitter: given.submitter ?? "user",
    registered: { buffers: 1, segments: 256 },
  };
}

function trace(given: Case) {
  const window = windowOf(given.pieces, given.op ?? WINDOW_OP.read);
  const { single, allocatedBytes } = traceWindow(window, {
    ...pathOptions(given),
    warmUpIos: 0,
    countedIos: 1,
  });
  return { single, allocatedBytes };
}

/** Lines of a structure in each stage that touches it. */
function linesIn(single: FootprintTotals, structure: string) {
  return Object.fromEntries(
    single.structuresInStages.filter((one) => one.structure === structure)
      .map(({ stage, lines }) => [stage, lines]),
  );
}

function inEveryPass(lines: number): Record<string, number> {
  return Object.fromEntries(PASSES.map((stage) => [stage, lines]));
}

Deno.test("G1: 32 scattered pages, vector lines 8/6/4 in each of 4 passes", () => {
  const pieces = scattered(32);
  const low = scattered(32, DRAM_32);
  for (
    const [given, bytes, lines] of [
      [{ layout: "page_offset", pieces }, 512, 8],
      [{ layout: "phys_packed", pieces }, 384, 6],
      // The 8-byte vector exists on 32-bit alone.
      [{ layout: "phys_len", abi: "ilp32", pieces: low }, 256, 4],
    ] as const
  ) {
    const { single } = trace(given);
    assertEquals(linesIn(single, "bio_vec"), inEveryPass(lines));
    assertEquals(single.structures.bio_vec?.bytes, bytes);
    assertEquals(single.structures.bio_vec?.lines, lines);
  }
  // Pin 32, the driver's P2P check 1, release 32.
  const { single } = trace({ layout: "page_offset", pieces });
  assertEquals(linesIn(single, "page"), { submit: 32, map: 1, complete: 32 });
  assertEquals(single.structures.page?.lines, 32);
});

Deno.test("G2, T56: a registered 4 KiB read touches 1 page line, or none", () => {
  const given = { pieces: scattered(1), submitter: "registered" } as const;
  const byPage = trace({ ...given, layout: "page_offset" }).single;
  // Borrowed vectors: split shortcut and map, neither build nor release.
  assertEquals(linesIn(byPage, "bio_vec"), { split: 1, map: 1 });
  assertEquals(linesIn(byPage, "page"), { map: 1 });
  assertEquals(byPage.structures.page?.lines, 1);
  for (const layout of ["phys_flags", "len31_p2p"]) {
    const { single } = trace({ ...given, layout, recognition: "segment" });
    assertEquals(linesIn(single, "bio_vec"), { split: 1, map: 1 });
    assertEquals(single.structures.page, undefined);
  }
});

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

Deno.test("G6: extracting 1 MiB of a 2 MiB folio reads all its tails", () => {
  for (
    const [start, lines, mapLines, endLines] of [
      // From the head: it and 255 tails. Check and release: the head alone.
      [0, 256, 1, 1],
      // From page 128: 256 tails and the head; later the first tail, the head.
      [128, 257, 2, 2],
    ] as const
  ) {
    const phys = DRAM + BigInt(start * 4096);
    for (const layout of ["page_offset", "phys_packed"]) {
      const { single } = trace({
        layout,
        pieces: [{ phys, bytes: MIB }],
        folioOrder: 9,
      });
      assertEquals(linesIn(single, "bio_vec"), inEveryPass(1));
      assertEquals(linesIn(single, "page"), {
        submit: lines,
        map: mapLines,
        complete: endLines,
      });
    }
    // What the segment says needs no page; pinned and released it is anyway.
    const { single } = trace({
      layout: "len31_p2p",
      recognition: "segment",
      pieces: [{ phys, bytes: MIB }],
      folioOrder: 9,
    });
    assertEquals(linesIn(single, "page"), {
      submit: lines,
      complete: endLines,
    });
  }
});

Deno.test("G3: 1 MiB in one folio is 1 vector line in each pass", () => {
  // A page-cache write in the table (page_cache_test.ts has that one); here
  // direct I/O of 1 MiB in one piece that is pinned once.
  const pieces = [{ phys: DRAM, bytes: MIB }];
  for (const op of [WINDOW_OP.write, WINDOW_OP.read]) {
    for (const layout of ["page_offset", "phys_packed"]) {
      const { single, allocatedBytes } = trace({ layout, pieces, op });
      assertEquals(linesIn(single, "bio_vec"), inEveryPass(1));
      // One folio head, as long as nobody asks whose the others are.
      assertEquals(linesIn(single, "page"), {
        submit: 1,
        map: 1,
        complete: 1,
      });
      // Direct I/O takes vectors for all pages it might meet
      // (bio_iov_vecs_to_alloc), so that here they are not inline.
      const vecBytes = layout === "page_offset" ? 16 : 12;
      assertEquals(allocatedBytes.bio_vec, 256 * vecBytes);
    }
  }
});

Deno.test("G4: 1 MiB of P2P pages, vector lines 64/48 in each of 4 passes", () => {
  for (const [layout, lines] of [["page_offset", 64], ["phys_packed", 48]]) {
    const { single } = trace({ layout: String(layout), pieces: P2P_MIB });
    assertEquals(linesIn(single, "bio_vec"), inEveryPass(Number(lines)));
    assertEquals(linesIn(single, "page"), {
      submit: 256,
      map: 1,
      complete: 256,
    });
    // dev_pagemap, read when the bio is built and when it is mapped: the type
    // at 96 and the provider behind the struct at 152, lines 1 and 2.
    assertEquals(linesIn(single, "dev_pagemap"), { submit: 2, map: 2 });
  }
  // By a flag in the segment the driver looks at no page; pins remain.
  const { single } = trace({
    layout: "len31_p2p",
    recognition: "segment",
    pieces: P2P_MIB,
  });
  assertEquals(linesIn(single, "page"), { submit: 256, complete: 256 });
});

Deno.test("G5: behind an IOMMU the same is 8 requests of 32 segments", () => {
  const { assembly: { path } } = tracePath(
    pathOptions({ layout: "page_offset", pieces: P2P_MIB, iommu: true }),
    () => {},
  );
  path.submit(windowOf(P2P_MIB, WINDOW_OP.read), 0);
  path.drain();
  const { bios, splits, requests, physicalSegments } = path.counts;
  assertEquals([bios, splits, requests], [1, 7, 8]);
  assertEquals(physicalSegments, 8 * 32);
});

Deno.test("G7: 512 bytes at an offset are 1 vector line and 1 page line", () => {
  const { single } = trace({
    layout: "page_offset",
    pieces: [{ phys: DRAM + 512n, bytes: 512 }],
  });
  assertEquals(linesIn(single, "bio_vec"), inEveryPass(1));
  assertEquals(single.structures.page?.lines, 1);
});

/** Vectors whose accesses lie in two lines, and addresses that do. */
function straddlers(count: number) {
  const given = { layout: "phys_packed", pieces: scattered(count) };
  const accesses: { at: number; last: number }[] = [];
  const { assembly, parts, record } = tracePath(pathOptions(given), (batch) => {
    for (let i = 0; i < batch.length; i++) {
      const at = batch.addressLo[i] as number;
      const bytes = (batch.sizeAndKind[i] as number) >>> 2;
      // The slab allocator's link is no vector.
      if (((batch.stage[i] as number) & ALLOCATOR_FLAG) !== 0) continue;
      accesses.push({ at, last: at + bytes - 1 });
    }
  });
  record(true);
  assembly.path.submit(windowOf(given.pieces, WINDOW_OP.read), 0);
  assembly.path.drain();
  record(false);
  const index = new RegionIndex(assembly.memory.regions, parts);
  const touched = new Map<number, Set<number>>();
  const split = new Set<number>();
  for (const { at, last } of accesses) {
    if (index.structures[index.find(at)] !== "bio_vec") continue;
    const vec = Math.floor(index.offsetInObject / 12);
    const lines = touched.get(vec) ?? new Set();
    touched.set(vec, lines.add(at >> 6).add(last >> 6));
    if (at >> 6 !== last >> 6) split.add(vec);
  }
  const lines = new Set([...touched.values()].flatMap((set) => [...set]));
  const both = [...touched].filter(([, { size }]) => size === 2);
  return {
    vecs: touched.size,
    lines: lines.size,
    straddling: both.map(([vec]) => vec).sort((a, b) => a - b),
    splitAddresses: split.size,
  };
}

Deno.test("T03: twelve-byte vectors straddle lines", () => {
  // 16 x 12 = 192 bytes: 60..71 and 120..131 cross 64 and 128; of those only
  // the first one's address does, the second's ends at 128.
  assertEquals(straddlers(16), {
    vecs: 16,
    lines: 3,
    straddling: [5, 10],
    splitAddresses: 1,
  });
  const all = straddlers(256);
  assertEquals([all.vecs, all.lines], [256, 48]);
  assertEquals([all.straddling.length, all.splitAddresses], [32, 16]);
  // What `split` counts: one pass reads each of the 16 once.
  const { single } = trace({ layout: "phys_packed", pieces: scattered(256) });
  const pass = single.structuresInStages.find(({ structure, stage }) =>
    structure === "bio_vec" && stage === "split"
  );
  assertEquals(pass?.straddles, 16);
  const plain = trace({ layout: "page_offset", pieces: scattered(256) });
  assertEquals(plain.single.total.straddles, 0);
});

Deno.test("T04: vectors come from slabs of 16, 64, 128 and 256", () => {
  for (
    const [vecs, capacity] of [
      ...[[1, 0], [4, 0], [5, 16], [16, 16], [17, 64], [20, 64], [64, 64]],
      ...[[65, 128], [128, 128], [129, 256], [256, 256]],
    ] as [number, number][]
  ) {
    for (const [layout, bytes] of [["page_offset", 16], ["phys_packed", 12]]) {
      const { allocatedBytes } = trace({
        layout: String(layout),
        pieces: scattered(vecs),
      });
      assertEquals(
        allocatedBytes.bio_vec ?? 0,
        capacity * Number(bytes),
        `${layout}, ${vecs}`,
      );
    }
  }
});

Deno.test("T05: a bio and its inline vectors take 256 or 192 bytes", () => {
  const taken = (given: Omit<Case, "pieces">, start = DRAM) =>
    trace({ ...given, pieces: scattered(1, start) }).allocatedBytes.bio;
  // The bio of 136 bytes: 16-byte vectors 256, 12-byte vectors 192.
  assertEquals(taken({ layout: "page_offset" }), 256);
  assertEquals(taken({ layout: "phys_packed" }), 192);
  // On 32-bit the bio is smaller: 12-byte and 8-byte vectors alike.
  assertEquals(taken({ layout: "page_offset", abi: "ilp32" }, DRAM_32), 192);
  assertEquals(taken({ layout: "phys_len", abi: "ilp32" }, DRAM_32), 192);
});

Deno.test("G2 to G7 of the 8-byte vector, which 32-bit ABIs alone have", () => {
  const eight = { layout: "phys_len", abi: "ilp32" } as const;
  const lines = (given: Omit<Case, "layout" | "abi">) =>
    linesIn(trace({ ...eight, ...given }).single, "bio_vec");
  // G2: borrowed, split shortcut and map.
  assertEquals(
    lines({ pieces: scattered(1, DRAM_32), submitter: "registered" }),
    { split: 1, map: 1 },
  );
  // G3, G6: one vector; G6 with the tails that extraction reads.
  const folio = [{ phys: DRAM_32, bytes: MIB }];
  assertEquals(lines({ pieces: folio, op: WINDOW_OP.write }), inEveryPass(1));
  const { single } = trace({ ...eight, pieces: folio, folioOrder: 9 });
  assertEquals(linesIn(single, "bio_vec"), inEveryPass(1));
  // struct page has 40 bytes there: 256 of them are 160 lines.
  assertEquals(linesIn(single, "page"), { submit: 160, map: 1, complete: 1 });
  // G4, G5: 256 vectors are 2048 bytes. 32-bit kernels have no P2PDMA, so
  // that the pages are host memory.
  const many = scattered(256, DRAM_32);
  const whole = trace({ ...eight, pieces: many });
  assertEquals(linesIn(whole.single, "bio_vec"), inEveryPass(32));
  assertEquals(whole.single.structures.bio_vec?.bytes, 2048);
  // G7: 512 bytes inside a page.
  assertEquals(
    lines({ pieces: [{ phys: DRAM_32 + 512n, bytes: 512 }] }),
    inEveryPass(1),
  );
});

Deno.test("T57: recognition by page needs 256 MiB of pages for 16 GiB", () => {
  assertEquals(pageStructBytes(16 * 1024 * MIB), 256 * MIB);
  // Not only in arithmetic: the machine's own page array.
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

Deno.test("T57: other recognitions read no page of P2P memory", () => {
  const { single } = trace({ layout: "page_offset", pieces: P2P_MIB });
  assertEquals(linesIn(single, "page").map, 1);
  for (
    const [layout, recognition] of [
      ["phys_flags", "segment"],
      ["phys_len", "bio"],
      ["phys_len", "range"],
    ] as const
  ) {
    const other = trace({ layout, recognition, pieces: P2P_MIB }).single;
    // What is left is user space's: it was mapped by page and is pinned so.
    assertEquals(
      linesIn(other, "page"),
      { submit: 256, complete: 256 },
      recognition,
    );
    assertEquals(other.structures.dev_pagemap, undefined, recognition);
  }
});
