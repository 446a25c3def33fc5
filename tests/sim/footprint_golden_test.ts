// The rows G1 to G7 of blockspec 2.12, counted from the accesses of the real
// path, not from its arithmetic. The rows do not know of the page pointers that
// extraction stages in the array (lib/iov_iter.c iov_iter_extract_bvecs), which
// kernels were seen to do: 12 lines of a biovec-64 for 32 pages, 33 of a
// biovec-max for 256, 8 and 33 where a vector has 12 bytes.
import { assertEquals } from "@std/assert";
import { tracePath } from "../../sim/replay/traced_path.ts";
import { WINDOW_OP } from "../../sim/workload/window.ts";
import {
  DRAM,
  DRAM_32,
  inEveryPass,
  linesIn,
  MIB,
  P2P_MIB,
  pathOptions,
  scattered,
  trace,
  type TraceCase,
  windowOf,
} from "./footprint_rig.ts";

Deno.test("G1: 32 scattered pages, vector lines 8/6/4 in each of 4 passes", () => {
  const pieces = scattered(32);
  const low = scattered(32, DRAM_32);
  // 32 pointers end where they would if all 64 vectors of the array had one,
  // which begin at 64 * (16 - 8) = 512, 64 * (12 - 8) = 256, 64 * (8 - 4) = 256.
  for (
    const [given, bytes, lines, withPointers] of [
      [{ layout: "page_offset", pieces }, 512 + 256, 8, 8 + 4],
      // Vectors to 384, pointers from 256 to 512.
      [{ layout: "phys_packed", pieces }, 512, 6, 8],
      // The 8-byte vector exists on 32-bit alone: 128 bytes of pointers.
      [{ layout: "phys_len", abi: "ilp32", pieces: low }, 256 + 128, 4, 4 + 2],
    ] as const
  ) {
    const { single } = trace(given);
    assertEquals(linesIn(single, "bio_vec"), {
      ...inEveryPass(lines),
      submit: withPointers,
    });
    assertEquals(single.structures.bio_vec?.bytes, bytes);
    assertEquals(single.structures.bio_vec?.lines, withPointers);
  }
  // Pin 32, the driver's P2P check 1, release 32.
  const { single } = trace({ layout: "page_offset", pieces });
  assertEquals(linesIn(single, "page"), { submit: 32, map: 1, complete: 32 });
  assertEquals(single.structures.page?.lines, 32);
});

Deno.test("G2, T56: a registered 4 KiB read touches 1 page line, or none", () => {
  const given = { pieces: scattered(1), submitter: "registered" } as const;
  const byPage = trace({ ...given, layout: "page_offset" }).single;
  // Borrowed vectors: the first is looked at behind the header of its table
  // (io_import_reg_buf), split shortcut and map; neither build nor release.
  const passes = { submit: 1, split: 1, map: 1 };
  assertEquals(linesIn(byPage, "bio_vec"), passes);
  // It lies in the line of that header.
  assertEquals(byPage.structures.io_mapped_ubuf?.lines, 1);
  assertEquals(linesIn(byPage, "page"), { map: 1 });
  assertEquals(byPage.structures.page?.lines, 1);
  for (const layout of ["phys_flags", "len31_p2p"]) {
    const { single } = trace({ ...given, layout, recognition: "segment" });
    assertEquals(linesIn(single, "bio_vec"), passes);
    assertEquals(single.structures.page, undefined);
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
      assertEquals(linesIn(single, "bio_vec"), oneVector(256 * 8));
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
      assertEquals(linesIn(single, "bio_vec"), oneVector(256 * 8));
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
    // dev_pagemap: the type at 96 is read as the bio is built and as it is
    // mapped, and then, behind the struct, the provider.
    assertEquals(linesIn(single, "dev_pagemap"), { submit: 1, map: 1 });
    assertEquals(linesIn(single, "pci_p2pdma_pagemap"), { map: 1 });
    // Each once: of the other 255 pages, pgmap pointers are compared.
    assertEquals(single.structures["dev_pagemap"]?.accesses, 2);
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

Deno.test("G2 to G7 of the 8-byte vector, which 32-bit ABIs alone have", () => {
  const eight = { layout: "phys_len", abi: "ilp32" } as const;
  const lines = (given: Omit<TraceCase, "layout" | "abi">) =>
    linesIn(trace({ ...eight, ...given }).single, "bio_vec");
  // G2: borrowed, looked at, split shortcut and map.
  assertEquals(
    lines({ pieces: scattered(1, DRAM_32), submitter: "registered" }),
    { submit: 1, split: 1, map: 1 },
  );
  // G3, G6: one vector; G6 with the tails that extraction reads.
  const folio = [{ phys: DRAM_32, bytes: MIB }];
  const vector = oneVector(256 * 4);
  assertEquals(lines({ pieces: folio, op: WINDOW_OP.write }), vector);
  const { single } = trace({ ...eight, pieces: folio, folioOrder: 9 });
  assertEquals(linesIn(single, "bio_vec"), vector);
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

/** One vector, and in the first pass the pointers in the tail of its array. */
function oneVector(pointersBytes: number): Record<string, number> {
  return { ...inEveryPass(1), submit: 1 + pointersBytes / 64 };
}
