// get_user_pages writes a pointer for each page where extraction reads it back
// while it fills the array from the front (lib/iov_iter.c): nothing that is
// still to be read is overwritten, in whatever layout.
import { assertEquals } from "@std/assert";
import { findAbi } from "../../../layouts/abi.ts";
import { isUnsupported } from "../../../layouts/layout.ts";
import { pagePointers } from "../../../layouts/page_pointers.ts";
import { findLayout, layouts } from "../../../layouts/registry.ts";
import type { IoPieces } from "../../../sim/block/iov_iter.ts";
import {
  BOUNCED_POINTERS,
  createStagedPointers,
  type StagedPointers,
} from "../../../sim/block/page_pointers.ts";
import { regionNamed } from "../../../sim/memory/region_named.ts";
import { makeRig } from "./block_rig.ts";

/** Every other page from 1 MiB on, as many as told. */
function pagesApart(count: number): IoPieces {
  return {
    physLo: Int32Array.from({ length: count }, (_, i) => 0x10_0000 + i * 8192),
    physHi: new Int32Array(count),
    pieceBytes: new Int32Array(count).fill(4096),
    provider: new Uint8Array(count),
  };
}

/** Stages from the first byte of the first piece on. */
function stageAll(
  stage: StagedPointers["stage"],
  bio: number,
  pieces: IoPieces,
  sizeBytes: number,
): number {
  const [lo = 0] = pieces.physLo;
  const [hi = 0] = pieces.physHi;
  const [rest = 0] = pieces.pieceBytes;
  return stage(bio, pieces, 0, lo, hi, rest, sizeBytes);
}

Deno.test("page pointers begin where room for all of the array's would", () => {
  // A bio for 32 vectors has room for 64: (16 - 8) * 64 = 512 bytes of vectors
  // in front of the pointers, (12 - 8) * 64 = 256 where a vector has 12 bytes.
  for (
    const [name, at] of [["page_offset", 512], ["phys_packed", 256]] as const
  ) {
    const { context, bios, memory } = makeRig({ layout: findLayout(name) });
    const bio = bios.alloc(32, 0);
    const array = memory.getPointer(bio + bios.field.ioVec);
    const { stage, end } = createStagedPointers(context);
    const first = stageAll(stage, bio, pagesApart(32), 32 * 4096);
    assertEquals(first - array, at);
    assertEquals(end() - first, 32 * 8);
    for (let i = 0; i < 32; i++) {
      // vmemmap + pfn, struct pages of 64 bytes: as the kernel has them.
      assertEquals(memory.get64Lo(first + i * 8), (0x100 + i * 2) * 64);
      assertEquals(
        memory.get64Hi(first + i * 8) >>> 0,
        Number(findAbi("lp64").pageArrayBase >> 32n),
      );
    }
  }
});

Deno.test("page pointers of a second pass lie behind the vectors of the first", () => {
  const { context, bios, memory } = makeRig();
  const bio = bios.alloc(16, 0);
  const array = memory.getPointer(bio + bios.field.ioVec);
  memory.set16(bio + bios.field.vcnt, 10);
  const { stage } = createStagedPointers(context);
  // 6 of 16 are left: they would end with the array, 256 - 6 * 8.
  assertEquals(stageAll(stage, bio, pagesApart(4), 4 * 4096) - array, 208);
});

Deno.test("page pointers that find no room are not written", () => {
  // Pieces that no user vector has, two pages each: 8 pages, room for 4.
  const { context, bios, memory } = makeRig();
  const bio = bios.alloc(4, 0);
  const array = memory.getPointer(bio + bios.field.ioVec);
  const crossing: IoPieces = {
    ...pagesApart(4),
    physLo: Int32Array.from({ length: 4 }, (_, i) => 0x10_0800 + i * 16384),
  };
  const { stage, end } = createStagedPointers(context);
  assertEquals(stageAll(stage, bio, crossing, 4 * 4096) - array, 32);
  assertEquals(end() - array, 64);
});

Deno.test("page pointers survive until they are read, in every layout", () => {
  for (const abi of [findAbi("lp64"), findAbi("ilp32")]) {
    for (const layout of layouts) {
      const answer = pagePointers(layout, abi);
      if (isUnsupported(answer)) continue;
      const { context, bios, memory, codec } = makeRig({ layout, abi });
      const { stage, read } = createStagedPointers(context);
      for (const count of [1, 3, 16, 17, 256]) {
        const bio = bios.alloc(count, 0);
        const array = memory.getPointer(bio + bios.field.ioVec);
        const capacity = memory.get16(bio + bios.field.maxVecs);
        const pieces = pagesApart(count);
        const first = stageAll(stage, bio, pieces, count * 4096);
        for (let i = 0; i < count; i++) {
          const lo = pieces.physLo[i] ?? 0;
          assertEquals(
            read(first + i * abi.pointerBytes),
            (Number(abi.pageArrayBase & 0xffff_ffffn) +
              (lo >>> 12) * abi.pageStructBytes) | 0,
            `${layout.name} on ${abi.name}: page ${i} of ${count}`,
          );
          codec.set(array, capacity, i, lo, 0, 4096, 0);
        }
        bios.free(bio);
        if (answer.place !== "bounce") continue;
        const { offset } = regionNamed(memory.regions, BOUNCED_POINTERS);
        assertEquals(first, offset);
      }
    }
  }
});

Deno.test("page pointers have an array of their own where they need one", () => {
  const names = ["page_offset", "phys_packed", "soa_phys_len", "rlist_8"];
  const has = names.map((name) => {
    const { context, memory } = makeRig({
      layout: findLayout(name),
      abi: findAbi("lp64"),
    });
    createStagedPointers(context);
    return memory.regions
      .filter(({ structure }) => structure === BOUNCED_POINTERS)
      .map(({ sizeBytes }) => sizeBytes);
  });
  // 256 pointers of 8 bytes (BIO_MAX_VECS).
  assertEquals(has, [[], [], [2048], [2048]]);
});
