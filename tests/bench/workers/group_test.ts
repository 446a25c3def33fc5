/**
 * Groups of workers: whatever their number, the same commands and the same
 * bytes.
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { findAbi } from "../../../layouts/abi.ts";
import type { Layout } from "../../../layouts/layout.ts";
import { layouts } from "../../../layouts/registry.ts";
import { ContenderError } from "../../../bench/contender/asked_worker.ts";
import {
  type Recognition,
  recognitions,
  requireRecognition,
} from "../../../sim/recognition/recognition_registry.ts";
import type {
  ContenderSetup,
  WindowHandle,
} from "../../../bench/contender/contender_protocol.ts";
import { setupOf } from "../contender_rig.ts";
import type { GroupShape } from "../../../bench/setup/group_shape.ts";
import { WorkerGroup } from "../../../bench/workers/group.ts";
import { defaultMemoryMap } from "../../../sim/memory/memory_map.ts";
import "../spare_audits.ts";
import { openWorkload } from "../../../sim/workload/workload.ts";
import type { IoWindow } from "../../../sim/workload/window.ts";

const map = defaultMemoryMap(true);

async function windowOf(
  name: string,
  ios: number,
): Promise<{ window: IoWindow; handle: WindowHandle }> {
  const workload = await openWorkload(name, { seed: 1, memoryMap: map, ios });
  for await (const window of workload.windows({ ios, pieces: ios * 256 })) {
    return {
      window,
      handle: { buffer: window.buffer, capacity: window.capacity },
    };
  }
  throw new Error("no window");
}

async function commandsOf(
  handle: WindowHandle,
  setup: ContenderSetup,
  shape: Omit<GroupShape, "poll">,
): Promise<{ digest: string; requests: number; ios: number; bytes: number }> {
  const group = await WorkerGroup.start(setup, {
    ...shape,
    ...{ poll: false, decode: true, isSpare: true },
  });
  try {
    await group.open(handle);
    const bytes = await group.verify({ ios: 24, firstIo: 0 });
    const before = (await group.replay()).counts;
    const { digest, counts } = await group.replay();
    return {
      digest,
      requests: counts.requests - before.requests,
      ios: counts.ios - before.ios,
      bytes,
    };
  } finally {
    group.stop();
  }
}

/** Layouts, what they carry out, and groups that do it. */
const CASES = [
  {
    layout: "page_offset",
    recognition: "page",
    workload: "1m-p2p",
    batch: 1,
    shapes: [
      { workers: 1, devices: 1 },
      { workers: 3, devices: 2, completeOn: "other" },
    ],
  },
  {
    layout: "phys_flags",
    recognition: "segment",
    workload: "1m-p2p",
    batch: 1,
    shapes: [{ workers: 3, devices: 0 }, { workers: 2, devices: 2 }],
  },
  {
    // Neighbours merge under a plug: batches must stay together.
    layout: "phys_packed",
    recognition: "page",
    workload: "seqread-128k",
    batch: 4,
    shapes: [
      { workers: 3, devices: 1 },
      { workers: 2, devices: 1, completeOn: "other" },
    ],
  },
  {
    layout: "rlist_16",
    recognition: "page",
    workload: "128k-scattered",
    batch: 1,
    shapes: [{ workers: 2, devices: 1 }],
  },
] as const;

for (const { layout, recognition, workload, batch, shapes } of CASES) {
  Deno.test(`WorkerGroup builds the same commands of ${layout} for any number of workers (${workload}, ${batch} a plug)`, async () => {
    const setup = setupOf({ layout, recognition, batch, map, depth: 8 });
    const { handle } = await windowOf(workload, 60);
    const one = await commandsOf(handle, setup, { workers: 1, devices: 0 });
    assertEquals(one.ios, 60);
    assert(one.bytes > 0);
    for (const shape of shapes) {
      const many = await commandsOf(handle, setup, shape);
      assertEquals(many, one, JSON.stringify(shape));
    }
  });
}

Deno.test("WorkerGroup.sustain() has some of its submitters work, and all of them afterwards", async () => {
  const setup = setupOf({
    ...{ layout: "page_offset", recognition: "page", batch: 1, map, depth: 8 },
  });
  const { handle } = await windowOf("4k-hot", 64);
  const shape = { workers: 3, devices: 0, poll: false, isSpare: true };
  const group = await WorkerGroup.start(setup, shape);
  try {
    await group.open(handle);
    for (const active of [[1], [0, 2], [0, 1, 2]]) {
      const { perSecond } = await group.sustain(1, active);
      assert(perSecond > 0, `${active}`);
    }
    // The barrier is that of all three again.
    assertEquals((await group.time(1)).perWorker.length, 3);
    const { perSecond } = await group.sustain(1, []);
    assert(Number.isNaN(perSecond));
    // Of one I/O two have none, and come to the start nevertheless.
    await group.open((await windowOf("4k-hot", 1)).handle);
    assert((await group.sustain(1, [0, 1, 2])).perSecond > 0);
  } finally {
    group.stop();
  }
});

/** The first detection that a layout can serve. */
function detectionOf(layout: Layout): Recognition | undefined {
  return recognitions.find((recognition) => {
    try {
      requireRecognition(layout, { abi: findAbi("lp64"), recognition });
      return true;
    } catch {
      return false;
    }
  });
}

Deno.test("WorkerGroup builds the commands of one worker on a shared hardware queue, whatever the layout", async () => {
  const { handle } = await windowOf("128k-scattered", 24);
  const setupFor = (layout: string, recognition: Recognition) =>
    setupOf({ layout, recognition, batch: 1, map, depth: 4 });
  const shape = { workers: 2, devices: 1, hwQueues: 1 };
  /** What one worker builds, by detection. */
  const expected = new Map<string, unknown>();
  for (const layout of layouts) {
    const recognition = detectionOf(layout);
    // One with a length of 24 bits exists on 32-bit kernels alone.
    if (recognition === undefined) continue;
    const setup = setupFor(layout.name, recognition);
    if (!expected.has(recognition)) {
      const alone = { workers: 1, devices: 0 };
      expected.set(recognition, await commandsOf(handle, setup, alone));
    }
    assertEquals(
      await commandsOf(handle, setup, shape),
      expected.get(recognition),
      layout.name,
    );
  }
});

Deno.test("WorkerGroup carries each command out once where tags are fewer than I/Os in flight", async () => {
  // 1 MiB of whole segments is several requests, and there are 3 tags for all.
  const base = setupOf({
    ...{ layout: "page_offset", recognition: "page", batch: 1, map, depth: 8 },
  });
  const setup = {
    ...base,
    machine: { ...base.machine, settings: { tags: 3 } },
  };
  const { handle } = await windowOf("1m-segment", 40);
  const one = await commandsOf(handle, setup, { workers: 1, devices: 0 });
  for (
    const shape of [
      { workers: 4, devices: 1, hwQueues: 1 },
      { workers: 4, devices: 2, hwQueues: 2 },
      { workers: 3, devices: 1, hwQueues: 2, completeOn: "ipi" },
      { workers: 2, devices: 2, completeOn: "ipi" },
    ] as const
  ) {
    const many = await commandsOf(handle, setup, shape);
    assertEquals(many, one, JSON.stringify(shape));
  }
});

Deno.test("WorkerGroup counts one lock for each request, or each plug, and all that goes back", async () => {
  const { handle } = await windowOf("4k-hot", 32);
  for (const [batch, locks] of [[1, 32], [8, 4]] as const) {
    const setup = setupOf({
      ...{ layout: "page_offset", recognition: "page", batch, map, depth: 8 },
    });
    const group = await WorkerGroup.start(setup, {
      ...{ workers: 2, devices: 1, poll: false, hwQueues: 1, observe: true },
      isSpare: true,
    });
    try {
      await group.open(handle);
      // What was done before is not counted again.
      await group.observe(2);
      const { queueLock, sent, ios } = await group.observe(1);
      assertEquals(ios, 32);
      // 32 reads are 32 requests; of 4 plugs, all 8 of each go out under one
      // lock (nvme_submit_cmds).
      assertEquals(queueLock?.acquisitions, locks);
      // The interrupt comes to the first of the two, which sends the requests
      // of the other one back: half of them.
      assertEquals(sent?.requests, 16);
      // One interrupt stands for one request at least.
      const interrupts = sent?.interrupts ?? 0;
      assert(interrupts >= 1 && interrupts <= 16, `${interrupts}`);
    } finally {
      group.stop();
    }
  }
});

Deno.test("WorkerGroup ends what it was asked when it is stopped amid shared queues", async () => {
  const setup = setupOf({
    ...{ layout: "page_offset", recognition: "page", batch: 1, map, depth: 8 },
  });
  const { handle } = await windowOf("4k-hot", 64);
  const shape = { workers: 3, devices: 1, poll: false, hwQueues: 1 };
  const group = await WorkerGroup.start(setup, shape);
  await group.open(handle);
  const asked = assertRejects(
    () => group.sustain(60_000, [0, 1, 2]),
    ContenderError,
    "its worker was stopped",
  );
  await new Promise((resolve) => setTimeout(resolve, 50));
  group.stop();
  await asked;
  // Another group has queues of its own, and is not affected.
  const one = await commandsOf(handle, setup, { workers: 1, devices: 0 });
  assertEquals(await commandsOf(handle, setup, shape), one);
});

Deno.test("WorkerGroup observes latencies wherever I/Os end", async () => {
  const setup = setupOf({
    ...{ layout: "page_offset", recognition: "page", batch: 1, map, depth: 8 },
  });
  const { handle } = await windowOf("4k-hot", 64);
  for (const completeOn of ["submitter", "other", "ipi"] as const) {
    const group = await WorkerGroup.start(setup, {
      ...{ workers: 2, devices: 1, poll: false, completeOn, observe: true },
      isSpare: true,
    });
    try {
      await group.open(handle);
      const { latency, sent } = await group.observe(2);
      // One I/O in 16 of 64, twice; a clock does not go back.
      assertEquals(latency?.samples, 2 * 64 / 16, completeOn);
      assert((latency?.leastNs ?? 0) > 0, completeOn);
      // Every request is found done by the other one, and goes back.
      const expected = completeOn === "ipi" ? 2 * 64 : undefined;
      assertEquals(sent?.requests, expected, completeOn);
    } finally {
      group.stop();
    }
  }
});
