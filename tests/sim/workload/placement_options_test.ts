import { assertEquals, assertThrows } from "@std/assert";
import {
  PLACEMENT_PRESETS,
  type PlacementOptions,
  placementOptions,
  placementSummary,
} from "../../../sim/workload/placement_options.ts";

Deno.test("placementOptions() completes every preset", () => {
  for (const name of Object.keys(PLACEMENT_PRESETS)) {
    assertEquals(Object.keys(placementOptions(name)).length, 9);
  }
});

Deno.test("placementOptions() refuses what is outside the limits", () => {
  const cases: [string | Partial<PlacementOptions>, string][] = [
    [
      "huhge",
      'placement "huhge" (nearest: "huge"), expected one of: scattered, runs',
    ],
    ["toString", 'Cannot find placement "toString", expected one of'],
    [{ poolBytes: 4097 }, "poolBytes"],
    [{ poolBytes: -4096 }, "poolBytes"],
    [{ folioOrder: 0.5 }, "folioOrder"],
    [{ runPages: NaN }, "runPages"],
    [{ unalignedBytes: 12 }, "unalignedBytes 12, expected a power of two"],
    [{ p2pIoShare: 1.01 }, "p2pIoShare"],
    [
      { p2pIoShare: 0.6, mixedIoShare: 0.6 },
      "p2pIoShare and mixedIoShare of at most 1 together",
    ],
  ];
  for (const [placement, message] of cases) {
    assertThrows(() => placementOptions(placement), RangeError, message);
  }
});

Deno.test("placementSummary() tells all that matters in one line", () => {
  assertEquals(
    placementSummary(placementOptions("scattered")),
    "pool 64 MiB, 4 KiB folios, scattered, page-aligned, no P2P",
  );
  assertEquals(
    placementSummary(placementOptions("some-p2p")),
    "pool 64 MiB, 4 KiB folios, runs of 32 KiB on average, page-aligned, " +
      "20 % of I/Os on P2P in 4 KiB pieces, 5 % of I/Os mixed with 50 % of " +
      "pages on P2P",
  );
  assertEquals(
    placementSummary(placementOptions({
      folioOrder: 9,
      unalignedShare: 0.125,
      unalignedBytes: 4,
    })),
    "pool 64 MiB, 2 MiB folios, scattered, 12.5 % start at a multiple of 4 B " +
      "in a page, no P2P",
  );
});
