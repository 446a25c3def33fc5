import { assertEquals, assertRejects } from "@std/assert";
import { setupOf } from "../contender_rig.ts";
import { inParallel } from "../../../bench/run/in_parallel.ts";
import { Isolates } from "../../../bench/run/isolates.ts";
import { runLab } from "../../../bench/run/run_lab.ts";

const SETUP = setupOf();

/** A worker that answers nothing at all. */
const SILENT = new URL("data:text/javascript,onmessage = () => {};");

Deno.test("Isolates.stop() ends a worker that is still being set up", async () => {
  const isolates = new Isolates({ module: SILENT });
  const born = isolates.get({ setup: SETUP, role: "audit" });
  const rejected = assertRejects(() => born);
  await isolates.stop();
  await rejected;
  // A lane that went on would make a worker that nobody ends.
  await assertRejects(() => isolates.get({ setup: SETUP, role: "timed 0" }));
});

Deno.test("Isolates end a worker that does not answer after the interrupt", async () => {
  const abort = new AbortController();
  const isolates = new Isolates(
    { module: SILENT, graceMs: 20 },
    abort.signal,
  );
  const born = isolates.get({ setup: SETUP, role: "audit" });
  abort.abort(new Error("Interrupted"));
  await assertRejects(() => born, Error, "Interrupted");
  await isolates.stop();
});

Deno.test("inParallel() begins nothing new once an item has failed", async () => {
  const begun: number[] = [];
  await assertRejects(
    () =>
      inParallel(Array.from({ length: 50 }, (_, i) => i), async (item) => {
        begun.push(item);
        await Promise.resolve();
        throw new Error("no");
      }),
    Error,
    "no",
  );
  // Each lane, one for a CPU, has begun one item.
  assertEquals(begun.length <= navigator.hardwareConcurrency, true);
});

Deno.test("runLab() names the silent worker and keeps the finished cells", async () => {
  const { result, failure } = await runLab(
    { layouts: ["page_offset"], workloads: ["randrw4k"], rounds: 0 },
    { watch: { module: SILENT, startTimeoutMs: 30 } },
  );
  assertEquals(
    failure?.message,
    'Cannot set up layout "page_offset" (recognition page, worker "audit"): ' +
      "its worker gave no answer for 0.03 s, expected one (--watchdog)",
  );
  assertEquals([result.complete, result.cells.length], [false, 0]);
});
