import { assertEquals } from "@std/assert";
import { KeptArena } from "../../../sim/memory/kept_arena.ts";
import { calledApart } from "../../../sim/kernel/called_apart.ts";
import { openPath } from "../../../sim/setup/open_path.ts";
import { queueRig } from "../block/queue_rig.ts";
import { setupOf } from "../../bench/contender_rig.ts";

Deno.test("a stage that is called apart does the same, and another one does not change", () => {
  const add = (a: number, b: number) => a + b;
  assertEquals(calledApart(add, { isKept: true })(2, 3), 5);
  assertEquals(calledApart(add, { isKept: true }) === add, false);
  assertEquals(calledApart(add, { isKept: false }) === add, true);
});

Deno.test("stages are called apart in the paths that share an arena, and never in what may be timed", () => {
  const setup = setupOf({ layout: "page_offset" });
  const alone = openPath(setup);
  assertEquals(alone.path.submit.name, "submit");
  const shared = openPath(setup, {}, { kept: new KeptArena() });
  assertEquals(shared.path.submit.name, "bound submit");
});

Deno.test("and so are those of the queue that such a path has", () => {
  for (const kept of [undefined, new KeptArena()]) {
    const { queue } = queueRig({ kept }).layer;
    const { submitBio, complete, reap } = queue;
    for (const stage of [submitBio, complete, reap]) {
      assertEquals(stage.name.startsWith("bound "), kept !== undefined);
    }
  }
});
