import { assertEquals } from "@std/assert";
import { findAbi } from "../../../layouts/abi.ts";
import { isUnsupported } from "../../../layouts/layout.ts";
import { findLayout } from "../../../layouts/registry.ts";
import { REQ_FLAG } from "../../../sim/kernel/operation.ts";
import { BAR, BAR_BYTES, eachLayout, makeRig } from "./block_rig.ts";
import { servesRecognition } from "../../../sim/recognition/recognition_registry.ts";

const PAGE = 4096;
const lp64 = findAbi("lp64");

Deno.test("addPage() extends the last vector by adjacent memory (T09)", () => {
  eachLayout((layout) => {
    const { bios, add, vectors } = makeRig({ layout });
    const joined = bios.alloc(8, 0);
    for (let i = 0; i < 3; i++) add("addPage", joined, [i * PAGE, PAGE]);
    assertEquals(vectors(joined), [[0, 12288]]);
    const apart = bios.alloc(8, 0);
    add("addPage", apart, [0x10000, PAGE]);
    add("addPage", apart, [0x12000, PAGE]);
    assertEquals(vectors(apart), [[0x10000, PAGE], [0x12000, PAGE]]);
  });
});

Deno.test("addPage() and addExtracted() keep unlike memory out of a bio (T10)", () => {
  for (const how of ["addPage", "addExtracted"] as const) {
    eachLayout((layout) => {
      // The rule is that of the page: layouts that cannot name one have none.
      if (
        isUnsupported(
          servesRecognition(layout, { abi: lp64, recognition: "page" }),
        )
      ) return;
      const { bios, add, vectors } = makeRig({ layout });
      const host = bios.alloc(8, 0);
      assertEquals(add(how, host, [0, PAGE]), true);
      assertEquals(add(how, host, [BAR, PAGE], 1), false);
      assertEquals(vectors(host).length, 1);
      const p2p = bios.alloc(8, 0);
      assertEquals(add(how, p2p, [BAR, PAGE], 1), true);
      assertEquals(add(how, p2p, [BAR + 8 * PAGE, PAGE], 1), true);
      assertEquals(add(how, p2p, [0, PAGE]), false);
      // The last page of one BAR and the first of the next are adjacent.
      const edge = bios.alloc(8, 0);
      const last = BAR + BAR_BYTES;
      assertEquals(add(how, edge, [last - PAGE, PAGE], 1), true);
      assertEquals(add(how, edge, [last, PAGE], 2), false);
    });
  }
});

Deno.test("addPage() with a flag in the segment mixes kinds but joins none (T10, T53)", () => {
  const { bios, add, vectors } = makeRig({
    layout: findLayout("phys_flags"),
    recognition: "segment",
  });
  const bio = bios.alloc(8, 0);
  const last = BAR + BAR_BYTES;
  assertEquals(add("addPage", bio, [0, PAGE]), true);
  assertEquals(add("addPage", bio, [last - PAGE, PAGE], 1), true);
  assertEquals(add("addPage", bio, [last, PAGE], 2), true);
  assertEquals(vectors(bio).length, 3);
});

Deno.test("P2P memory sets REQ_NOMERGE on its bio (T11)", () => {
  const { bios, add, memory, submit } = makeRig();
  const nomerge = (bio: number) =>
    memory.get32(bio + bios.field.opf) & REQ_FLAG.nomerge;
  const host = bios.alloc(4, 0);
  add("addExtracted", host, [0, PAGE]);
  submit.barIfP2p(host, 0);
  assertEquals(nomerge(host), 0);
  const p2p = bios.alloc(4, 0);
  add("addExtracted", p2p, [BAR, PAGE], 1);
  // Asked once a bio, of its first vector (bio_iov_iter_get_pages).
  assertEquals(nomerge(p2p), 0);
  submit.barIfP2p(p2p, 1);
  assertEquals(nomerge(p2p), 0x4000); // __REQ_NOMERGE is bit 14
});

Deno.test("a layout fits the extraction's scratch space or not (T12)", () => {
  // lib/iov_iter.c keeps page pointers in the vectors' own tail and asserts
  // sizeof(bio_vec) / sizeof(void *) >= 2 in whole numbers.
  const ratio = (layout: string, abi: string) =>
    Math.floor(
      makeRig({ layout: findLayout(layout), abi: findAbi(abi) }).codec.placed
        .sizeBytes / findAbi(abi).pointerBytes,
    );
  assertEquals(ratio("page_offset", "lp64"), 2); // 16 / 8
  assertEquals(ratio("phys_packed", "lp64"), 1); // 12 / 8: the build breaks
  assertEquals(ratio("page_offset", "ilp32"), 3); // 12 / 4
  assertEquals(ratio("phys_len", "ilp32"), 2); // 8 / 4
});

Deno.test("addExtracted() keeps folios apart that addPage() joins (T13)", () => {
  eachLayout((layout) => {
    const { bios, add, vectors } = makeRig({ layout });
    const extracted = bios.alloc(32, 0);
    const added = bios.alloc(32, 0);
    for (let i = 0; i < 32; i++) {
      assertEquals(add("addExtracted", extracted, [i * PAGE, PAGE]), true);
      assertEquals(add("addPage", added, [i * PAGE, PAGE]), true);
    }
    assertEquals(vectors(extracted).length, 32);
    assertEquals(vectors(added), [[0, 32 * PAGE]]);
  });
});

Deno.test("bi_size stays below 2^32 (T14)", () => {
  // A pass of extraction takes no more than that before it begins.
  eachLayout((layout) => {
    const { bios, add, memory } = makeRig({ layout });
    const bio = bios.alloc(4, 0);
    memory.set32(bio + bios.field.size, 0xffff_f000 | 0);
    // 0xfffff000 + 4096 = 2^32 is one too many; 4095 more is UINT_MAX.
    assertEquals(add("addPage", bio, [0, 4096]), false);
    assertEquals(add("addPage", bio, [0, 4095]), true);
    assertEquals(memory.get32(bio + bios.field.size) >>> 0, 0xffff_ffff);
    assertEquals(add("addPage", bio, [8192, 1]), false);
  });
});

Deno.test("a full bio takes no further vector, yet still extends its last (T09)", () => {
  const { bios, add } = makeRig();
  const bio = bios.alloc(4, 0);
  for (let i = 0; i < 4; i++) add("addPage", bio, [i * 2 * PAGE, PAGE]);
  assertEquals(add("addPage", bio, [0x20000, PAGE]), false);
  assertEquals(add("addPage", bio, [7 * PAGE, PAGE]), true);
});
