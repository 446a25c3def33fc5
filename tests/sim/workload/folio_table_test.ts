import { assert, assertEquals, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import { randomStream } from "../../../sim/random/random_stream.ts";
import {
  drawFolioTable,
  folioTable,
} from "../../../sim/workload/folio_table.ts";
import { placementOptions } from "../../../sim/workload/placement_options.ts";

const PAGE = 4096;

/** A pool as large as all memory, where chance alone makes neighbours. */
function table(pages: number, seed: number): Float64Array {
  return drawFolioTable(
    {
      placement: placementOptions({ poolBytes: pages * PAGE }),
      memoryMap: {
        // Physical address 0 is a valid one.
        dram: [
          { startPhys: 0n, sizeBytes: (pages >> 1) * PAGE },
          { startPhys: 1n << 40n, sizeBytes: (pages - (pages >> 1)) * PAGE },
        ],
        providers: [],
      },
    },
    randomStream(seed, "test"),
  );
}

Deno.test("drawFolioTable() uses each folio at most once", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 200 }),
      fc.integer(),
      (pages, seed) => {
        assertEquals(new Set(table(pages, seed)).size, pages);
      },
    ),
  );
});

Deno.test("drawFolioTable() puts no two neighbours side by side", () => {
  // A shuffle of 64 pages leaves one pair of neighbours on average; the last
  // two have nothing behind them to trade places with.
  for (let seed = 0; seed < 200; seed++) {
    const folios = table(64, seed);
    for (let i = 1; i < folios.length - 1; i++) {
      assert(folios[i] !== (folios[i - 1] ?? 0) + PAGE, `seed ${seed}`);
    }
  }
});

Deno.test("drawFolioTable() aligns folios in memory that is not", () => {
  const folios = drawFolioTable(
    {
      placement: placementOptions({ folioOrder: 4, poolBytes: 3 * 65536 }),
      // From 4 KiB to 256 KiB: three whole folios of 64 KiB lie inside.
      memoryMap: {
        dram: [{ startPhys: 4096n, sizeBytes: 63 * PAGE }],
        providers: [],
      },
    },
    randomStream(1, "test"),
  );
  assertEquals([...folios].sort((a, b) => a - b), [65536, 131072, 196608]);
});

Deno.test("folioTable() keeps a table for the same pool, memory and seed alone", () => {
  const dram = (startPhys: bigint, pages: number) => ({
    dram: [{ startPhys, sizeBytes: pages * PAGE }],
    providers: [],
  });
  const usual = { poolBytes: 64 * PAGE, folioOrder: 0, runPages: 2 };
  const cases = [
    { placement: usual, memoryMap: dram(0n, 256), seed: 1 },
    { placement: usual, memoryMap: dram(0n, 256), seed: 2 },
    { placement: usual, memoryMap: dram(1n << 20n, 256), seed: 1 },
    { placement: usual, memoryMap: dram(0n, 255), seed: 1 },
    {
      placement: { ...usual, poolBytes: 65 * PAGE },
      ...{ memoryMap: dram(0n, 256), seed: 1 },
    },
    {
      placement: { ...usual, folioOrder: 1 },
      ...{ memoryMap: dram(0n, 256), seed: 1 },
    },
    {
      placement: { ...usual, runPages: 3 },
      ...{ memoryMap: dram(0n, 256), seed: 1 },
    },
  ].map(({ placement, ...rest }) => ({
    ...rest,
    placement: placementOptions(placement),
  }));
  const tables = cases.map(({ seed, ...options }) => {
    const found = folioTable(options, seed);
    assertEquals(
      found,
      drawFolioTable(options, randomStream(seed, "folio table")),
    );
    assert(folioTable(options, seed) === found);
    return found;
  });
  for (const [i, one] of tables.entries()) {
    for (const other of tables.slice(i + 1)) assertNotEquals(one, other);
  }
  // A few are kept, and the first is not among them any more.
  const [{ seed, ...first }] = cases as [typeof cases[number]];
  const again = folioTable(first, seed);
  assert(again !== tables[0]);
  assertEquals(again, tables[0]);
});
