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
