import { assertEquals } from "@std/assert";
import { ArenaPool } from "../../../bench/native/arena_pool.ts";
import { hugePagesIn } from "../../../bench/native/huge_pages.ts";

Deno.test("hugePagesIn() adds up what proc_pid_smaps(5) tells of huge pages", () => {
  const smaps = [
    "55d1-7ffe ---p 00000000 00:00 0                                [rollup]",
    "Rss:              158468 kB",
    "AnonHugePages:    131072 kB",
    "ShmemPmdMapped:     2048 kB",
    "FilePmdMapped:         0 kB",
    "",
  ].join("\n");
  assertEquals(hugePagesIn(smaps), (131072 + 2048) * 1024);
  assertEquals(hugePagesIn("Rss: 158468 kB\n"), null);
});

Deno.test("ArenaPool gives memory again, all zeros, to whom chance will have it", () => {
  const pool = new ArenaPool();
  const sizes = [8192, 8192, 4096];
  const take = () => sizes.map((sizeBytes) => pool.place(sizeBytes));
  const bytesOf = (places: ReturnType<typeof take>) =>
    places.map(({ buffer, baseBytes }, i) =>
      new Uint8Array(buffer, baseBytes, sizes[i])
    );
  const first = take();
  for (const bytes of bytesOf(first)) bytes.fill(1);
  assertEquals(pool.sizeBytes, 20480);
  pool.reset(1);
  const second = take();
  // No more memory than before.
  const buffers = new Set([...first, ...second].map(({ buffer }) => buffer));
  assertEquals(buffers.size, 3);
  for (const bytes of bytesOf(second)) {
    assertEquals(bytes.every((x) => x === 0), true);
  }
});

Deno.test("ArenaPool serves cells of other sizes with as many arenas as one has", () => {
  const pool = new ArenaPool();
  const buffers = (sizes: readonly number[], seed: number) => {
    pool.reset(seed);
    const places = sizes.map((sizeBytes) => pool.place(sizeBytes));
    for (const [index, { buffer, baseBytes }] of places.entries()) {
      const bytes = new Uint8Array(buffer, baseBytes, sizes[index]);
      assertEquals(bytes.every((x) => x === 0), true);
      bytes.fill(1);
    }
    assertEquals(pool.sizeBytes, sizes.reduce((a, b) => a + b, 0));
    return new Set(places.map(({ buffer }) => buffer));
  };
  const small = [4096, 4096, 4096];
  const large = [8192, 12288, 8192];
  buffers(small, 1);
  const held = buffers(large, 2);
  // Whatever comes now is in what the large ones had, and nobody starves.
  for (const [seed, sizes] of [small, large, small, large].entries()) {
    assertEquals(buffers(sizes, seed).isSubsetOf(held), true);
  }
});
