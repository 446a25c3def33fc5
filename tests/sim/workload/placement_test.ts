import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  defaultMemoryMap,
  type MemoryMap,
} from "../../../sim/memory/memory_map.ts";
import { BatchBuilder } from "../../../sim/workload/batch.ts";
import { clearWindow, fillWindow } from "../../../sim/workload/fill_window.ts";
import { Placement } from "../../../sim/workload/placement.ts";
import {
  PLACEMENT_PRESETS,
  type PlacementOptions,
} from "../../../sim/workload/placement_options.ts";
import {
  createWindow,
  type IoWindow,
  WINDOW_OP,
} from "../../../sim/workload/window.ts";

const MAP = defaultMemoryMap(true);
const MIB = 1 << 20;

interface Piece {
  readonly phys: number;
  readonly bytes: number;
  readonly provider: number;
}

/** Places reads of given lengths; gives each one's pieces. */
function place(
  placement: string | Partial<PlacementOptions>,
  lengths: readonly number[],
  options: { seed?: number; memoryMap?: MemoryMap; ios?: number } = {},
): Piece[][] {
  const { seed = 1, memoryMap = MAP, ios = 64 } = options;
  const placed = new Placement(placement, { seed, memoryMap });
  const window = createWindow({ ios, pieces: 8192 });
  const rows = new BatchBuilder();
  for (const length of lengths) rows.add(WINDOW_OP.read, 0, length, 0);
  const position = { row: 0, doneBytes: 0 };
  const tally = rows.tally;
  const all: Piece[][] = [];
  for (;;) {
    const full = fillWindow(window, rows, {
      placement: placed,
      position,
      tally,
    });
    all.push(...pieces(window));
    if (!full) return all;
    clearWindow(window);
  }
}

function pieces(window: IoWindow): Piece[][] {
  return Array.from({ length: window.counts[0] ?? 0 }, (_, io) => {
    const list: Piece[] = [];
    const end = window.firstPiece[io + 1] ?? 0;
    for (let at = window.firstPiece[io] ?? 0; at < end; at++) {
      list.push({
        phys: (window.physHi[at] ?? 0) * 2 ** 32 + (window.physLo[at] ?? 0) +
          ((window.physLo[at] ?? 0) < 0 ? 2 ** 32 : 0),
        bytes: window.pieceBytes[at] ?? 0,
        provider: window.provider[at] ?? 0,
      });
    }
    return list;
  });
}

function adjacent(list: readonly Piece[]): number {
  return list.filter((piece, i) => {
    const before = list[i - 1];
    return before !== undefined && before.phys + before.bytes === piece.phys;
  }).length;
}

Deno.test("Placement gives every preset pieces that PRPs can take", () => {
  const lengths = fc.array(
    fc.integer({ min: 1, max: 4096 }).map((sectors) => sectors * 512),
    { minLength: 1, maxLength: 8 },
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.keys(PLACEMENT_PRESETS)),
      lengths,
      fc.integer(),
      (preset, lengths, seed) => {
        const order = PLACEMENT_PRESETS[preset]?.folioOrder ?? 0;
        const folioBytes = 4096 * 2 ** order;
        place(preset, lengths, { seed }).forEach((list, io) => {
          const bytes = list.reduce((sum, piece) => sum + piece.bytes, 0);
          assertEquals(bytes, lengths[io]);
          list.forEach((piece, i) => {
            const { phys, bytes, provider } = piece;
            if (i > 0) assertEquals(phys % 4096, 0); // only the first inside
            if (i < list.length - 1) assertEquals((phys + bytes) % 4096, 0);
            const home = provider === 0
              ? MAP.dram[0]
              : MAP.providers[provider - 1];
            assert(home !== undefined);
            const start = Number(home.startPhys);
            assert(phys >= start && phys + bytes <= start + home.sizeBytes);
            if (provider === 0) {
              assertEquals(
                Math.floor(phys / folioBytes),
                Math.floor((phys + bytes - 1) / folioBytes),
              );
            }
          });
        });
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("Placement gives the standard segment counts", () => {
  // 128 KiB / 4 KiB = 32 pages, none behind the other in memory.
  for (const list of place("scattered", Array(500).fill(128 * 1024))) {
    assertEquals([list.length, adjacent(list)], [32, 0]);
  }
  for (const list of place("huge", Array(50).fill(MIB))) {
    assertEquals(list.length, 1);
  }
  for (const list of place("p2p", Array(20).fill(MIB))) {
    assertEquals(list.length, 256); // page by page
    assert(list.every((piece) => piece.provider > 0));
  }
  for (const list of place("p2p-whole", Array(20).fill(MIB))) {
    assertEquals(list.length, 1);
  }
  // 64 KiB from a multiple of 4 inside a page touches 17 pages.
  for (const list of place("unaligned", Array(50).fill(65536))) {
    assertEquals(list.length, 17);
    assertEquals((list[0]?.phys ?? 1) % 4, 0);
  }
});

Deno.test("Placement keeps the shares that it was asked for", () => {
  const lists = place(
    { p2pIoShare: 0.25, mixedIoShare: 0.25, p2pSegmentShare: 0.3 },
    Array(4000).fill(65536),
  );
  const p2pPages = lists.map((list) =>
    list.filter((piece) => piece.provider > 0).length
  );
  const whole = p2pPages.filter((pages) => pages === 16).length;
  const mixed = p2pPages.filter((pages) => pages > 0 && pages < 16);
  // Binomial with n = 4000, p = 0.25: sigma 27.4, so 1000 +- 5 sigma. A mixed
  // I/O is all host with 0.7^16 = 0.3 %, 3.3 of 1000.
  assert(Math.abs(whole - 1000) < 137, `${whole}`);
  assert(Math.abs(mixed.length - 997) < 137, `${mixed.length}`);
  const share = mixed.reduce((sum, pages) => sum + pages, 0) /
    (mixed.length * 16);
  assert(Math.abs(share - 0.3) < 0.02, `${share}`); // sigma 0.0036
});

Deno.test("Placement draws runs of the mean length asked for", () => {
  // One 4 MiB buffer is 1024 pages: 128 runs of 8 on average. Over 16 MiB
  // four buffers see 4096 pages; sigma of the mean run about 0.33.
  const lists = place(
    { runPages: 8, poolBytes: 16 * MIB },
    Array(40).fill(4 * MIB),
  );
  const distinct = new Map(lists.map((list) => [list[0]?.phys, list]));
  assertEquals(distinct.size, 4);
  let runs = 0;
  for (const list of distinct.values()) runs += list.length - adjacent(list);
  const mean = 4096 / runs;
  assert(Math.abs(mean - 8) < 1.5, `${mean}`);
});

Deno.test("Placement reuses the buffers of its pool and no more", () => {
  const starts = (poolBytes: number) =>
    new Set(
      place({ poolBytes }, Array(4000).fill(4096)).map((list) => list[0]?.phys),
    ).size;
  assertEquals(starts(4096), 1);
  assertEquals(starts(128 * 4096), 128);
});

Deno.test("Placement depends on the seed alone, not on the window", () => {
  const lengths = Array.from({ length: 200 }, (_, i) => 512 * (1 + i));
  const whole = place("some-p2p", lengths, { ios: 200 });
  assertEquals(place("some-p2p", lengths, { ios: 7 }), whole);
  assert(
    JSON.stringify(place("some-p2p", lengths, { seed: 2 })) !==
      JSON.stringify(whole),
  );
});

Deno.test("Placement says what the machine lacks", () => {
  const machine = { seed: 1, memoryMap: defaultMemoryMap(false) };
  assertThrows(
    () => new Placement("p2p", machine),
    RangeError,
    "Cannot place P2P memory: found no provider in the machine",
  );
  assertThrows(
    () => new Placement({ poolBytes: 1024 * MIB }, machine),
    RangeError,
    "Cannot place a pool of 1073741824 bytes: found 32768 folios of 4096 " +
      "bytes in host memory, expected 262144",
  );
  assertThrows(
    () => place({ poolBytes: 4096 }, [8192]),
    RangeError,
    "Cannot place an I/O of 8192 bytes: found a pool of 4096 bytes",
  );
});
