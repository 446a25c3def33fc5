import { assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { type Place, Places } from "../../../bench/kernel/places.ts";

Deno.test("Places gives the object, and its part in front of a hidden piece", () => {
  const places = new Places();
  places.add({ from: 100, to: 200, name: "queue", type: "request_queue" });
  places.add({ from: 120, to: 140, name: "limits", type: "queue_limits" });
  assertEquals(places.find(99), undefined);
  assertEquals(places.find(119)?.name, "queue");
  assertEquals(places.find(120)?.name, "limits");
  const behind = places.find(140);
  assertEquals(behind?.name, "queue");
  // The struct still begins at 100: 140 - 40.
  assertEquals((behind?.from ?? 0) - (behind?.skippedBytes ?? 0), 100);
  assertEquals(places.find(200), undefined);
});

Deno.test("Places finds what a plain search from the last one added finds", () => {
  const interval = fc.tuple(fc.nat(60), fc.nat(20));
  fc.assert(
    fc.property(fc.array(interval, { maxLength: 12 }), (intervals) => {
      const places = new Places();
      const added: Place[] = intervals.map(([from, length], index) => ({
        from,
        to: from + length,
        name: `${index}`,
      }));
      added.forEach((place) => places.add(place));
      for (let address = 0; address < 90; address++) {
        const wanted = added.findLast(({ from, to }) =>
          address >= from && address < to
        );
        const found = places.find(address);
        assertEquals(found?.name, wanted?.name);
        if (wanted === undefined || found === undefined) continue;
        assertEquals(found.from - (found.skippedBytes ?? 0), wanted.from);
      }
    }),
    { seed: 18 },
  );
});
