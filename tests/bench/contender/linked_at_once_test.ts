/** Memory whose links a path in C reads, or whose first touch would be timed. */
import { assertEquals } from "@std/assert";
import { findAbi } from "../../../layouts/abi.ts";
import { makeTimed } from "../../../bench/contender/contender_timing.ts";
import { preparePath } from "../../../bench/native/count/dump.ts";
import { openPath } from "../../../sim/setup/open_path.ts";
import { createWindow } from "../../../sim/workload/window.ts";
import { readsOf, setupOf } from "../contender_rig.ts";
import { abiOptions } from "../native/count/counted_paths.ts";

Deno.test("a path that is timed has all free objects linked before", async () => {
  const { memory } = await makeTimed(setupOf());
  assertEquals(memory?.linksAtOnce, true);
  // One that nobody times has not, unless it is asked to.
  assertEquals(openPath(setupOf()).memory.linksAtOnce, false);
});

Deno.test("memory that becomes a file for C has all free objects linked", () => {
  const options = abiOptions(findAbi("lp64"), "page_offset");
  const window = readsOf(2);
  const { assembly } = preparePath(
    options,
    createWindow(window.capacity, window.buffer),
  );
  assertEquals(assembly.memory.linksAtOnce, true);
});
