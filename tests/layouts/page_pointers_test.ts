// Where extraction can put page pointers while a bio is filled
// (lib/iov_iter.c iov_iter_extract_bvecs): the tail of the array of vectors, as
// long as no vector is written over a pointer that is still to be read.
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { type Abi, abis, findAbi } from "../../layouts/abi.ts";
import { isUnsupported } from "../../layouts/layout.ts";
import { defineLayout } from "../../layouts/define_layout.ts";
import { pagePointers } from "../../layouts/page_pointers.ts";
import { findLayout, layouts } from "../../layouts/registry.ts";
import { placeStruct } from "../../layouts/struct.ts";

function placeOf(layout: string, abi: string): string {
  const answer = pagePointers(findLayout(layout), findAbi(abi));
  return isUnsupported(answer) ? "unsupported" : answer.place;
}

Deno.test("page pointers go into the tail of what has two pointers a vector", () => {
  // Sizes on lp64: 16, 12, 16, 32, 24 bytes; a pointer has 8.
  assertEquals(placeOf("page_offset", "lp64"), "tail");
  assertEquals(placeOf("phys_packed", "lp64"), "byte_tail");
  assertEquals(placeOf("phys_packed_aligned4", "lp64"), "byte_tail");
  assertEquals(placeOf("phys_flags", "lp64"), "tail");
  assertEquals(placeOf("scatterlist", "lp64"), "tail");
  assertEquals(placeOf("scatterlist_minimal", "lp64"), "tail");
  // On ilp32 12 bytes are three pointers, and 8 are two.
  assertEquals(placeOf("page_offset", "ilp32"), "tail");
  assertEquals(placeOf("phys_packed", "ilp32"), "tail");
  assertEquals(placeOf("len56_p2p", "ilp32"), "unsupported");
});

Deno.test("page pointers of columns and chunks are in a bounce array", () => {
  for (const { name } of abis) {
    for (const layout of layouts) {
      if (layout.arrangement.kind === "aos") continue;
      assertEquals(placeOf(layout.name, name), "bounce");
    }
  }
});

/** A vector of so many bytes, as small as an address in it allows. */
function layoutOf(sizeBytes: number) {
  return defineLayout({
    name: `of_${sizeBytes}`,
    title: "made for a test",
    source: { author: "test", date: "2026-11-29", subject: "none" },
    struct: {
      name: "bio_vec",
      packed: true,
      fields: [
        { name: "pfn", type: "u8" },
        { name: "len", type: "u8" },
        { name: "rest", type: "u8", count: sizeBytes - 2 },
      ],
    },
    roles: {
      address: { kind: "pfn", field: "pfn" },
      length: { field: "len" },
    },
  });
}

/** The first pointer, as each kind of counting has it. */
function firstPointer(
  vectors: { sizeBytes: number; room: number },
  { pointerBytes }: Abi,
  isCounted: boolean,
): number {
  const { sizeBytes, room } = vectors;
  return isCounted
    ? room * (Math.floor(sizeBytes / pointerBytes) - 1) * pointerBytes
    : room * (sizeBytes - pointerBytes);
}

/** Whether a pointer is overwritten before it is read, page by page. */
function overwrites(
  vectors: { sizeBytes: number; room: number },
  first: number,
  { pointerBytes }: Abi,
): boolean {
  const { sizeBytes, room } = vectors;
  for (let i = 0; i < room; i++) {
    const next = first + (i + 1) * pointerBytes;
    if (i + 1 < room && sizeBytes * (i + 1) > next) return true;
  }
  return false;
}

Deno.test("page pointers are never overwritten where they are said to be safe", () => {
  fc.assert(fc.property(
    fc.integer({ min: 3, max: 64 }),
    fc.integer({ min: 1, max: 256 }),
    fc.constantFrom(...abis),
    (sizeBytes, room, abi) => {
      const layout = layoutOf(sizeBytes);
      const answer = pagePointers(layout, abi);
      if (isUnsupported(answer)) throw new RangeError(answer.unsupported);
      const struct = layout.struct(abi);
      if (isUnsupported(struct)) throw new RangeError(struct.unsupported);
      assertEquals(placeStruct(struct, abi).sizeBytes, sizeBytes);
      const vectors = { sizeBytes, room };
      const { pointerBytes } = abi;
      if (answer.place === "bounce") {
        // Of one page alone it would do.
        const first = firstPointer(vectors, abi, false);
        assertEquals(first < 0, true);
        return;
      }
      const isCounted = answer.place === "tail";
      const first = firstPointer(vectors, abi, isCounted);
      assertEquals(overwrites(vectors, first, abi), false);
      // All of them lie in the array.
      assertEquals(
        first >= 0 && first + room * pointerBytes <= room * sizeBytes,
        true,
      );
    },
  ));
});

Deno.test("page pointers of 20 bytes would be overwritten by the kernel's counting", () => {
  // Two pointers of 8 bytes a vector pass the kernel's assertion; with room for
  // 256 they begin at 2048, and vector 170 ends at 3420, behind the start of
  // pointer 171 at 3416.
  const lp64 = findAbi("lp64");
  const vectors = { sizeBytes: 20, room: 256 };
  assertEquals(
    overwrites(vectors, firstPointer(vectors, lp64, true), lp64),
    true,
  );
  const answer = pagePointers(layoutOf(20), lp64);
  assertEquals(answer, {
    place: "byte_tail",
    reason: "a vector of 20 bytes is not whole pointers of 8",
  });
});
