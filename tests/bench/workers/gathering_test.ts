import { assertEquals } from "@std/assert";
import { gatheringOf } from "../../../bench/workers/gathering.ts";

Deno.test("gatheringOf() waits for a quarter of the depth, 8 at most, and no longer for several queues", () => {
  assertEquals(gatheringOf(32, 1), { commands: 8, pauses: 48 });
  assertEquals(gatheringOf(256, 1), { commands: 8, pauses: 48 });
  assertEquals(gatheringOf(16, 1), { commands: 4, pauses: 24 });
  assertEquals(gatheringOf(32, 4), { commands: 8, pauses: 12 });
  // More queues than there are pauses: it looks again at once.
  assertEquals(gatheringOf(8, 16), { commands: 2, pauses: 0 });
});

Deno.test("gatheringOf() never makes a submitter wait that has few I/Os in flight", () => {
  for (const depth of [1, 2, 4, 7]) {
    assertEquals(gatheringOf(depth, 1), undefined);
  }
});
