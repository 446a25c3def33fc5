import { assertEquals } from "@std/assert";
import { placesOf } from "../../../bench/native/places.ts";
import { QUEUE_LIMIT_PRESETS } from "../../../sim/block/queue_limits.ts";
import { PLAIN_MACHINE } from "../../../sim/setup/machine_setup.ts";
import { openPath } from "../../../sim/setup/open_path.ts";
import { smallMap } from "../../sim/small_map.ts";

Deno.test("placesOf() finds a path's places whatever is reserved before them", () => {
  const options = {
    layout: "page_offset",
    abi: "lp64",
    kernel: "7.2",
    recognition: "page",
    limits: QUEUE_LIMIT_PRESETS.nvme_prp,
    map: smallMap(true),
    depth: 4,
    machine: PLAIN_MACHINE,
  } as const;
  const assembly = openPath(options);
  const { regions } = assembly.memory;
  const places = (shown: typeof regions) =>
    placesOf({
      assembly: {
        ...assembly,
        memory: Object.create(assembly.memory, { regions: { value: shown } }),
      },
      options: { ...options, layout: assembly.codec.layout } as never,
    });
  assertEquals(places(regions.toReversed()), places(regions));
});
