import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { setupOf } from "../contender_rig.ts";
import {
  keepSpareWorker,
  keepSpareWorkers,
  takeSpareWorker,
} from "../../../bench/contender/spare_workers.ts";
import { inParallel } from "../../../bench/machine/in_parallel.ts";
import { Isolates } from "../../../bench/run/isolates.ts";
import { runLab } from "../../../bench/run/run_lab.ts";

const SETUP = setupOf();

/** A worker that answers nothing at all. */
const SILENT = new URL("data:text/javascript,onmessage = () => {};");

/** A worker that answers everything at once. */
const READY = new URL(
  "data:text/javascript,onmessage = ({ data }) => " +
    "postMessage({ kind: data.kind, bytesPerSegment: 16 });",
);

Deno.test("Isolates.release() ends an isolate, or keeps it for the next cell", async () => {
  const isolates = new Isolates({ module: READY });
  try {
    const key = { setup: SETUP, role: "timed 0" };
    const first = await isolates.get(key);
    assertEquals(isolates.get(key) === isolates.get({ ...key }), true);
    await isolates.release(key, true);
    assertEquals([isolates.size, await isolates.get(key) === first], [1, true]);
    await isolates.release(key, false);
    assertEquals(isolates.size, 0);
    await assertRejects(() => first.ask({ kind: "simulation" }));
    const second = await isolates.get(key);
    assert(second !== first);
    await isolates.release(key, true);
    await isolates.endUnused();
    assertEquals([isolates.size, isolates.most], [0, 1]);
    // Given back twice, or never made.
    await isolates.release(key, false);
  } finally {
    await isolates.stop();
  }
});

Deno.test("Isolates.get() gives a worker of before to an audit, and never to what is timed", async () => {
  const module = new URL(
    "../../../bench/contender/contender_worker.ts",
    import.meta.url,
  );
  const before = keepSpareWorkers(1);
  /** Whether an isolate of a role is the worker that waits. */
  const isGiven = async (role: string): Promise<boolean> => {
    const spare = new Worker(SILENT, { type: "module" });
    keepSpareWorker(module, spare);
    const isolates = new Isolates({ startTimeoutMs: 1 });
    isolates.get({ setup: SETUP, role }).catch(() => {});
    await Promise.resolve();
    await isolates.stop();
    const left = takeSpareWorker(module);
    left?.terminate();
    spare.terminate();
    return left !== spare;
  };
  try {
    assertEquals(await isGiven("audit 0"), true);
    assertEquals(await isGiven("timed 0"), false);
  } finally {
    keepSpareWorkers(0);
    keepSpareWorkers(before);
  }
});

Deno.test("Isolates.get() ends what waits longest where there is no room", async () => {
  const room = { memoryBytes: 300, isolates: 10 };
  const isolates = new Isolates({ module: READY, room });
  const key = (role: string, sizeBytes = 100) => ({
    setup: SETUP,
    role,
    sizeBytes,
  });
  try {
    for (const role of ["a", "b", "c"]) await isolates.get(key(role));
    assertThrows(
      () => isolates.get(key("d")),
      RangeError,
      "Cannot start an isolate: found 3 in use, expected room for one more " +
        "(--memory)",
    );
    const b = await isolates.get(key("b"));
    const a = await isolates.get(key("a"));
    await isolates.release(key("b"), true);
    await isolates.release(key("a"), true);
    // 100 of c, 200 of d: b was given back before a, and both have to go.
    await isolates.get(key("d", 200));
    assertEquals(isolates.size, 2);
    await assertRejects(() => a.ask({ kind: "simulation" }));
    await assertRejects(() => b.ask({ kind: "simulation" }));
    await isolates.release(key("c"), true);
    await isolates.get(key("e"));
    assertEquals([isolates.size, isolates.most], [2, 3]);
  } finally {
    await isolates.stop();
  }
});

Deno.test("Isolates.grow() keeps an isolate that becomes larger, if it can", async () => {
  const room = { memoryBytes: 300, isolates: 10 };
  const isolates = new Isolates({ module: READY, room });
  const key = (role: string, sizeBytes: number) => ({
    ...{ setup: SETUP, role, sizeBytes },
  });
  try {
    const a = await isolates.get(key("a", 100));
    const b = await isolates.get(key("b", 100));
    await isolates.release(key("a", 100), true);
    await isolates.release(key("b", 100), true);
    await isolates.grow(key("a", 200));
    assertEquals(isolates.size, 2);
    // Smaller ones and those that do not live change nothing.
    await isolates.grow(key("a", 150));
    await isolates.grow(key("c", 300));
    assertEquals(isolates.size, 2);
    // 250 of a: b has to go for it.
    await isolates.grow(key("a", 250));
    await assertRejects(() => b.ask({ kind: "simulation" }));
    assertEquals(await isolates.get(key("a", 250)) === a, true);
    await isolates.release(key("a", 250), true);
    // There is no room for so much.
    await isolates.grow(key("a", 400));
    assertEquals(isolates.size, 0);
    await assertRejects(() => a.ask({ kind: "simulation" }));
  } finally {
    await isolates.stop();
  }
});

Deno.test("Isolates.grow() counts what an isolate has become", async () => {
  const room = { memoryBytes: 300, isolates: 10 };
  const isolates = new Isolates({ module: READY, room });
  const key = (role: string, sizeBytes: number) => ({
    ...{ setup: SETUP, role, sizeBytes },
  });
  try {
    await isolates.get(key("a", 100));
    await isolates.release(key("a", 100), true);
    await isolates.grow(key("a", 250));
    // 100 of b beside 250 of a are too much, beside 100 they would not be.
    await isolates.get(key("b", 100));
    assertEquals(isolates.size, 1);
  } finally {
    await isolates.stop();
  }
});

Deno.test("Isolates.get() ends what waits where descriptors are short", async () => {
  const room = { memoryBytes: Infinity, isolates: 1 };
  const isolates = new Isolates({ module: READY, room });
  try {
    await isolates.get({ setup: SETUP, role: "a" });
    assertThrows(() => isolates.get({ setup: SETUP, role: "b" }), RangeError);
    await isolates.release({ setup: SETUP, role: "a" }, true);
    await isolates.get({ setup: SETUP, role: "b" });
    assertEquals([isolates.size, isolates.most], [1, 1]);
  } finally {
    await isolates.stop();
  }
});

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
    'Cannot set up layout "page_offset" (P2P detection page, worker "audit"): ' +
      "its worker gave no answer for 0.03 s, expected one (--watchdog)",
  );
  assertEquals([result.complete, result.cells.length], [false, 0]);
});
