/** Where the recognition by range finds memory of another kind, or none. */
import { assertEquals } from "@std/assert";
import { recognitions } from "../../../sim/recognition/recognition_registry.ts";
import { BUS, commandLab, scattered, SMALL_MAP } from "../nvme/command_lab.ts";
import { addresses, MIB } from "./recognised_layouts.ts";

Deno.test("range cuts where one BAR begins behind another (T55)", () => {
  // Both BARs are physically one behind the other, not so on the bus.
  const half = 4 * MIB;
  const start = SMALL_MAP.providers[0]?.startPhys ?? 0n;
  const map = {
    ...SMALL_MAP,
    providers: SMALL_MAP.providers.map((bar, i) => ({
      ...bar,
      startPhys: start + BigInt(i * half),
    })),
  };
  const phys = Number(start) + half;
  const pieces = [
    { phys: phys - 8192, bytes: 8192, provider: 1 },
    { phys, bytes: 8192, provider: 2 },
  ];
  const pages = [
    BUS[0] + half - 8192,
    BUS[0] + half - 4096,
    BUS[1],
    BUS[1] + 4096,
  ];
  for (const ranges of ["sorted", "maple"] as const) {
    for (const recognition of recognitions) {
      if (recognition === "map_first") continue;
      const lab = commandLab({
        map,
        recognition,
        layout: "phys_flags",
        more: { ranges },
      });
      assertEquals(addresses(lab.commands([{ pieces }])), pages, recognition);
    }
  }
});

Deno.test("range maps host memory where there are no ranges (T55)", () => {
  const map = { ...SMALL_MAP, providers: [] };
  for (const ranges of ["sorted", "maple"] as const) {
    const lab = commandLab({ map, recognition: "range", more: { ranges } });
    const [command] = lab.commands([{ pieces: scattered(3) }]);
    assertEquals(command?.pages, scattered(3).map(({ phys }) => phys));
  }
});
