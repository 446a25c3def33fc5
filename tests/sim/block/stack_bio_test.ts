// A synchronous I/O of up to 256 pages (block/fops.c __blkdev_direct_IO_simple):
// bio and four vectors on the stack, else an array of exactly as many vectors
// as there are pages, so that page pointers of extraction lie where vectors
// follow: the lines that Debian's 7.2.13 was recorded to touch.
import { assertEquals } from "@std/assert";
import { findAbi } from "../../../layouts/abi.ts";
import { createCodec } from "../../../layouts/codec.ts";
import { findLayout } from "../../../layouts/registry.ts";
import { vectorCaches } from "../../../sim/block/stack_bio.ts";
import { WINDOW_OP } from "../../../sim/workload/window.ts";
import {
  DRAM,
  MIB,
  scattered,
  trace,
  type TracePiece,
} from "../footprint_rig.ts";

/** Lines of vectors of a pread, of pages that are no neighbours. */
function vectorLines(layout: string, pieces: readonly TracePiece[]): number {
  const { single } = trace({ layout, pieces, api: "pread" });
  return single.structures.bio_vec?.lines ?? 0;
}

Deno.test("a pread has an array of exactly as many vectors as pages", () => {
  // 32 vectors of 16 bytes, and of 12: 8 lines and 6, pointers among them.
  assertEquals(vectorLines("page_offset", scattered(32)), 8);
  assertEquals(vectorLines("phys_packed", scattered(32)), 6);
  assertEquals(vectorLines("page_offset", scattered(16)), 4);
  // 1 MiB in one folio is one vector; of 4096 bytes the second half has
  // pointers, 32 lines of them.
  const folio = [{ phys: DRAM, bytes: MIB }];
  assertEquals(vectorLines("page_offset", folio), 33);
});

Deno.test("a pread of one page has its vector on the stack", () => {
  for (const layout of ["page_offset", "phys_packed", "soa_phys_len"]) {
    assertEquals(vectorLines(layout, scattered(1)), 1, layout);
  }
});

Deno.test("a pread has no blkdev_dio, and its bio lies in three lines", () => {
  const { single } = trace({
    layout: "page_offset",
    pieces: scattered(32),
    api: "pread",
  });
  assertEquals(single.structures.blkdev_dio, undefined);
  // 128 bytes from the 16th of a line on.
  assertEquals(single.structures.bio?.lines, 3);
  // Of more pages than a bio has vectors it has one, and bios of a slab.
  const long = trace({
    layout: "page_offset",
    pieces: scattered(300),
    api: "pread",
  });
  assertEquals(long.single.structures.blkdev_dio?.lines, 1);
});

Deno.test("a read walks its vectors more often than a write", () => {
  // Each of 32 vectors: page, length, offset, thrice in an asynchronous read
  // more (bio_set_pages_dirty, bio_check_pages_dirty), as often in a pread,
  // which marks pages as it releases them.
  const accesses = (op: number, api: "pread" | "io_uring") =>
    trace({ layout: "page_offset", pieces: scattered(32), op, api }).single
      .structures.bio_vec?.accesses ?? 0;
  const { read, write } = WINDOW_OP;
  assertEquals(
    accesses(read, "io_uring") - accesses(write, "io_uring"),
    2 * 32 * 3,
  );
  assertEquals(accesses(read, "pread"), accesses(write, "pread"));
});

Deno.test("vectorCaches() are those of kmalloc() from five vectors on", () => {
  const codec = (layout: string) =>
    createCodec(
      findLayout(layout),
      findAbi("lp64"),
      new DataView(new ArrayBuffer(0)),
    );
  assertEquals(
    vectorCaches(codec("page_offset")).map(({ objectBytes, mostVecs }) => [
      objectBytes,
      mostVecs,
    ]),
    [[96, 6], [128, 8], [192, 12], [256, 16], [512, 32], [1024, 64], [
      2048,
      128,
    ], [4096, 256]],
  );
  // 5 vectors of 12 bytes are 60; 170 fit into 2048.
  assertEquals(
    vectorCaches(codec("phys_packed")).map(({ name, mostVecs }) =>
      `${name}: ${mostVecs}`
    ).slice(-2),
    ["bio_vec of kmalloc-2048: 170", "bio_vec of kmalloc-4096: 256"],
  );
});
