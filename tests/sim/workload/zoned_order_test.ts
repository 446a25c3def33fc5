import { assert, assertEquals } from "@std/assert";
import { randomStream } from "../../../sim/random/random_stream.ts";
import {
  zonedBlock,
  type ZoneShare,
} from "../../../sim/workload/zoned_order.ts";

function draw(
  zones: readonly ZoneShare[],
  options: { unit: "percent" | "bytes"; blocks: number; direction?: number },
): number[] {
  const random = randomStream(1, "zones");
  return Array.from({ length: 10_000 }, () =>
    zonedBlock({
      kind: "zoned",
      unit: options.unit,
      zones: [zones, [{ accessPercent: 100, size: 1 }], zones],
    }, {
      direction: options.direction ?? 0,
      blocks: options.blocks,
      blockBytes: 4096,
      random,
    }));
}

Deno.test("zonedBlock() goes to each zone as often as it is said", () => {
  const blocks = draw(
    [{ accessPercent: 90, size: 10 }, { accessPercent: 10, size: 90 }],
    { unit: "percent", blocks: 1000 },
  );
  const first = blocks.filter((block) => block < 100).length / 10_000;
  assert(Math.abs(first - 0.9) < 0.02, `${first}`); // sigma 0.003
  assert(blocks.every((block) => block >= 0 && block < 1000));
  assert(blocks.some((block) => block > 950));
});

Deno.test("zonedBlock() takes bytes from where the zone before ends", () => {
  const zones = [
    { accessPercent: 50, size: 40960 },
    { accessPercent: 50, size: 20480 },
  ];
  const blocks = draw(zones, { unit: "bytes", blocks: 15 });
  assertEquals(
    [...new Set(blocks)].sort((a, b) => a - b),
    Array.from({ length: 15 }, (_, block) => block),
  );
  // fio: "zoned_abs sizes exceed file size"
  assert(draw(zones, { unit: "bytes", blocks: 14 }).includes(-1));
});

Deno.test("zonedBlock() has zones for each direction", () => {
  const blocks = draw([], { unit: "percent", blocks: 100, direction: 1 });
  assertEquals(new Set(blocks), new Set([0]));
});
