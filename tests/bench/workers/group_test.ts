/**
 * Groups of workers: whatever their number, the same commands and the same
 * bytes.
 */
import { assert, assertEquals } from "@std/assert";
import type {
  ContenderSetup,
  WindowHandle,
} from "../../../bench/contender/contender_protocol.ts";
import { setupOf } from "../contender_rig.ts";
import type { GroupShape } from "../../../bench/setup/group_shape.ts";
import { WorkerGroup } from "../../../bench/workers/group.ts";
import { defaultMemoryMap } from "../../../sim/memory/memory_map.ts";
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
    poll: false,
    decode: true,
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
  const shape = { workers: 3, devices: 0, poll: false };
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
  } finally {
    group.stop();
  }
});
