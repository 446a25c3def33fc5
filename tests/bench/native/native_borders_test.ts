import { assertEquals } from "@std/assert";
import { compareEngines, pathOptions } from "./compare_engines.ts";
import { windowOf } from "./piece_window.ts";
import { BORDER_MAP } from "./random_path.ts";

/** Where host memory of `BORDER_MAP` crosses a multiple of 4 GiB. */
const GIB12 = 12n << 30n;

Deno.test("NativePath keeps the borders of the DataView path", async () => {
  const options = pathOptions("page_offset", "page", {
    map: BORDER_MAP,
    batch: 16,
  });
  const page = (phys: bigint) => ({ phys, bytes: 4096 });
  const pages = (count: number) =>
    Array.from({ length: count }, (_, i) => page(GIB12 + BigInt(i) * 8192n));
  const counts = await compareEngines(options, [
    // 31 to 33 entries behind PRP1: the small pool has room for 32. In the
    // plug they are requests of 128 KiB, of more, and of just less.
    windowOf([pages(32), pages(33), pages(34), pages(31), pages(1)], {
      apart: 8,
    }),
    // Neighbours in memory and on the disk that meet at 12 GiB.
    windowOf([[page(GIB12 - 4096n)], [page(GIB12)]]),
    windowOf([[page(GIB12)], [page(GIB12 + 4096n)]]),
  ]);
  assertEquals([counts.errors, counts.merges], [0, 2 * 2]);
});

Deno.test("NativePath finds the first and the last page of all memory", async () => {
  // Struct pages of each range are searched by address: of host memory, then of
  // both BARs, and back.
  const ranges = [
    ...BORDER_MAP.dram.map((range) => ({ ...range, provider: 0 })),
    ...BORDER_MAP.providers.map((bar, i) => ({ ...bar, provider: i + 1 })),
  ];
  const ends = ranges.flatMap(({ startPhys, sizeBytes, provider }) => [
    { phys: startPhys, bytes: 4096, provider },
    { phys: startPhys + BigInt(sizeBytes) - 4096n, bytes: 4096, provider },
  ]);
  const windows = [ends, ends.toReversed()].map((pieces) => {
    const window = windowOf(pieces.map((piece) => [piece]), { apart: 8 });
    window.provider.set(pieces.map(({ provider }) => provider));
    return window;
  });
  const counts = await compareEngines(
    pathOptions("page_offset", "page", { map: BORDER_MAP }),
    windows,
  );
  assertEquals([counts.errors, counts.requests], [0, 2 * 2 * ends.length]);
});
