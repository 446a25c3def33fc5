import { assertEquals, assertThrows } from "@std/assert";
import {
  interruptOf,
  submittersByQueue,
} from "../../../sim/workers/queue_map.ts";

Deno.test("submittersByQueue() deals all submitters out, neighbours together", () => {
  for (let submitters = 1; submitters <= 20; submitters++) {
    for (let queues = 1; queues <= submitters; queues++) {
      const groups = submittersByQueue({ submitters, queues });
      assertEquals(groups.length, queues);
      assertEquals(
        groups.flat(),
        Array.from({ length: submitters }, (_, i) => i),
      );
      // group_cpus_evenly(): sizes differ by one, the larger ones first.
      const sizes = groups.map(({ length }) => length);
      assertEquals(sizes, sizes.toSorted((a, b) => b - a));
      assertEquals((sizes[0] ?? 0) - (sizes.at(-1) ?? 0) <= 1, true);
    }
  }
});

Deno.test("interruptOf() gives a CPU of the queue, or the one behind them", () => {
  const map = { submitters: 5, queues: 2 }; // 0 1 2, 3 4
  assertEquals([0, 1].map((queue) => interruptOf(map, queue, false)), [0, 3]);
  assertEquals([0, 1].map((queue) => interruptOf(map, queue, true)), [3, 0]);
  // Where one queue serves all, its interrupt comes to one of them.
  assertEquals(interruptOf({ submitters: 3, queues: 1 }, 0, true), 0);
});

Deno.test("submittersByQueue() refuses more queues than submitters, and none", () => {
  assertThrows(
    () => submittersByQueue({ submitters: 2, queues: 3 }),
    RangeError,
    "found 3 for 2 submitters, expected at most one each",
  );
  assertThrows(
    () => submittersByQueue({ submitters: 2, queues: 0 }),
    RangeError,
    "queues",
  );
});
