import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { IOVA_OPTIMAL_BYTES, IovaAllocator } from "../../../sim/dma/iova.ts";
import { IovaTree } from "../../../sim/dma/iova_tree.ts";

const TOP = 2 ** 20; // pages below 4 GiB

Deno.test("IovaAllocator.allocate() begins right below 4 GiB, aligned to its size", () => {
  const iova = new IovaAllocator();
  assertEquals(iova.allocate(1), TOP - 1);
  assertEquals(iova.allocate(1), TOP - 2);
  // 32 pages: the next multiple of 32 below TOP - 2.
  assertEquals(iova.allocate(32), TOP - 64);
  // 3 pages are rounded up to 4: TOP - 68 is a multiple of 4.
  assertEquals(iova.allocate(3), TOP - 68);
  // The search goes on below the last one, though 30 pages above are free.
  assertEquals(iova.allocate(1), TOP - 69);
  assertEquals(iova.livePages, 1 + 1 + 32 + 4 + 1);
});

Deno.test("IovaAllocator.allocate() does not round beyond 32 pages", () => {
  const iova = new IovaAllocator();
  // 33 pages, aligned to 64: the highest multiple of 64 with room for 33.
  assertEquals(iova.allocate(33), TOP - 64);
  assertEquals(iova.livePages, 33);
  assertEquals(IOVA_OPTIMAL_BYTES, 131072);
});

Deno.test("IovaAllocator.free() keeps ranges of up to 32 pages at hand", () => {
  const iova = new IovaAllocator();
  const page = iova.allocate(32);
  iova.free(page, 32);
  assertEquals(iova.searches, 1);
  assertEquals(iova.allocate(17), page); // of the same rounded size
  assertEquals(iova.searches, 1);
  iova.free(page, 17);
  assertEquals(iova.livePages, 0);
  const large = iova.allocate(33);
  iova.free(large, 33);
  assertEquals(iova.allocate(33), large);
  assertEquals(iova.searches, 3); // no cache for these
});

Deno.test("IovaAllocator.free() keeps 254 ranges of a size, and no others' place", () => {
  // Two magazines of IOVA_MAG_SIZE 127; what finds no room goes to the tree.
  const iova = new IovaAllocator();
  const pair = iova.allocate(2);
  const singles = Array.from({ length: 256 }, () => iova.allocate(1));
  iova.free(pair, 2);
  for (const page of singles) iova.free(page, 1);
  assertEquals(iova.livePages, 0);
  const searches = iova.searches;
  assertEquals(iova.allocate(2), pair);
  const again = Array.from({ length: 254 }, () => iova.allocate(1));
  assertEquals(again, singles.slice(0, 254).reverse());
  assertEquals(iova.searches, searches);
  iova.allocate(1);
  assertEquals(iova.searches, searches + 1);
});

Deno.test("IovaAllocator.allocate() goes above 4 GiB when all below is taken", () => {
  const iova = new IovaAllocator();
  // Page 0 is never given out, so 2^19 pages fit once below.
  assertEquals(iova.allocate(2 ** 19), 2 ** 19);
  const high = iova.allocate(2 ** 19);
  // The aperture is 48 bits: 2^36 pages.
  assertEquals(high, 2 ** 36 - 2 ** 19);
  // From now on low addresses are not tried first.
  assertEquals(iova.allocate(1), 2 ** 36 - 2 ** 19 - 1);
});

Deno.test("IovaAllocator.allocate() is 0 when a narrow mask leaves nothing", () => {
  const iova = new IovaAllocator({ maskBits: 32 });
  assertEquals(iova.allocate(2 ** 19), 2 ** 19);
  assertEquals(iova.allocate(2 ** 19), 0);
  assertEquals(iova.allocate(2 ** 18), 2 ** 18);
});

Deno.test("IovaAllocator.allocate() flushes its cache before it gives up", () => {
  const iova = new IovaAllocator({ maskBits: 24 }); // 4096 pages
  const pages: number[] = [];
  for (;;) {
    const page = iova.allocate(32);
    if (page === 0) break;
    pages.push(page);
  }
  assertEquals(pages.length, 127); // page 0 spoils one of 128
  for (const page of pages) iova.free(page, 32);
  assertEquals(iova.allocate(64), 4096 - 64);
});

Deno.test("IovaTree.allocate() looks above once all below is full", () => {
  const tree = new IovaTree(256);
  const last = 4095;
  assertEquals(tree.allocate(1, last), 4095);
  // 4032 to 4063 leaves 31 pages free above; then all below is taken.
  for (let page = 4032; page >= 32; page -= 32) {
    assertEquals(tree.allocate(32, last), page);
  }
  for (const pages of [16, 8, 4, 2, 1]) {
    assertEquals(tree.allocate(pages, last), pages);
  }
  // The highest multiple of 16 with 16 pages below 4095.
  assertEquals(tree.allocate(16, last), 4064);
  assertEquals(tree.allocate(32, last), 0);
});

Deno.test("IovaTree.allocate() searches high and low ranges apart", () => {
  const tree = new IovaTree(8);
  const high = 2 ** 36 - 1;
  assertEquals(tree.allocate(1, high), high);
  assertEquals(tree.allocate(1, TOP - 1), TOP - 1);
  assertEquals(tree.allocate(1, high), high - 1);
  assertEquals(tree.allocate(1, TOP - 1), TOP - 2);
});

Deno.test("IovaTree agrees with a bitmap, and ends empty (T36)", () => {
  const step = fc.record({
    pages: fc.integer({ min: 1, max: 40 }),
    give: fc.nat(5),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 20, maxLength: 120 }), (steps) => {
      const tree = new IovaTree(256);
      const last = 511;
      const used = new Uint8Array(last + 1);
      used[0] = 1;
      const live: { page: number; pages: number }[] = [];
      for (const { pages, give } of steps) {
        const victim = give < 4 ? undefined : live[give % live.length];
        if (victim !== undefined) {
          assertEquals(tree.free(victim.page), victim.pages);
          used.fill(0, victim.page, victim.page + victim.pages);
          live.splice(live.indexOf(victim), 1);
        }
        const align = 2 ** Math.ceil(Math.log2(pages));
        const page = tree.allocate(pages, last);
        if (page === 0) {
          // Nothing may be found by trying every aligned place.
          for (let at = 0; at + pages <= last + 1; at += align) {
            assertEquals(used.subarray(at, at + pages).includes(1), true);
          }
          continue;
        }
        assertEquals(page % align, 0);
        assertEquals(page + pages - 1 <= last, true);
        assertEquals(used.subarray(page, page + pages).includes(1), false);
        used.fill(1, page, page + pages);
        live.push({ page, pages });
        assertEquals(tree.count, live.length);
      }
      for (const { page } of live) tree.free(page);
      assertEquals([tree.count, tree.livePages], [0, 0]);
    }),
    { numRuns: 200 },
  );
});

Deno.test("IovaTree.free() is 0 for what is not allocated", () => {
  const tree = new IovaTree(4);
  const page = tree.allocate(4, TOP - 1);
  assertEquals(tree.free(page + 1), 0);
  assertEquals(tree.free(page), 4);
  assertEquals(tree.free(page), 0);
});
