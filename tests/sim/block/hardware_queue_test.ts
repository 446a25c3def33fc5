import { assertEquals, assertThrows } from "@std/assert";
import { createHardwareQueue } from "../../../sim/block/hardware_queue.ts";
import { queueRig } from "./queue_rig.ts";
import { requestRig } from "./request_rig.ts";
import { at, heldRig } from "./scheduler_rig.ts";

const SETTINGS = {
  scheduler: "mq-deadline",
  tags: 64,
  asyncDepth: 64,
} as const;

/** Submits reads under one plug. */
function plug(rig: ReturnType<typeof queueRig>, sectors: readonly number[]) {
  rig.layer.queue.startPlug(1);
  for (const sector of sectors) rig.submit(at(sector));
  rig.layer.queue.finishPlug();
}

Deno.test("picking ends with the first request that gets no tag", () => {
  // 0 has the tag, 1000 is picked without one, and 2000 still merges.
  const rig = queueRig({ settings: { ...SETTINGS, driverTags: 1 } });
  plug(rig, [0, 1000, 2000]);
  rig.submit(at(1008));
  rig.submit(at(2008));
  rig.layer.queue.drain();
  assertEquals(
    rig.requests().map(({ sector, sectors }) => [sector, sectors]),
    [[0, 8], [1000, 8], [1008, 8], [2000, 16]],
  );
  assertEquals(rig.live(), 0);
});

Deno.test("a queue that was busy issues one request at a time for a while", () => {
  // Doorbells: four have a tag, and the fifth has none, which makes the queue
  // busy: 16 / 8 = 2. It goes alone (2 * 7 / 8 = 1), so does the next (0), and
  // then two more are picked before the tags are gone again.
  const rig = queueRig({ settings: { ...SETTINGS, driverTags: 4 } });
  plug(rig, Array.from({ length: 12 }, (_, i) => i * 1000));
  rig.layer.queue.drain();
  assertEquals(
    rig.batches.map((batch) => batch.length),
    [4, 1, 1, 2, 1, 1, 2],
  );
});

Deno.test("completions let what waits go on", () => {
  // For a tag: the queue is marked to be run again.
  const held = heldRig();
  held.call(at(0));
  held.layer.queue.reap();
  held.layer.queue.reap();
  assertEquals(held.requests().length, 3);
  held.layer.queue.drain();
  // For a higher class to be complete: it is run again after a while.
  const classes = heldRig({ settings: { driverTags: 8 } });
  classes.call(at(600, { priority: 1 << 13 }), at(400));
  assertEquals(classes.requests().length, 3);
  classes.layer.queue.reap();
  assertEquals(classes.requests().length, 4);
  classes.layer.queue.drain();
  assertEquals(held.live() + classes.live(), 0);
});

Deno.test("a synchronous I/O waits until the scheduler has let it go", () => {
  const rig = heldRig();
  rig.submit(at(0));
  rig.layer.queue.wait();
  assertEquals(rig.ended.size, 3);
  assertEquals(rig.live(), 0);
});

Deno.test("another task's flush leaves the submitter's plug alone", () => {
  // 6.12 gives each bio a plug where the task has none; aio fsync's bio comes
  // from a work queue, while the submitter goes on plugging.
  const rig = queueRig({
    kernel: "6.12",
    settings: { ...SETTINGS, driverTags: 8, fua: false },
  });
  rig.layer.queue.startPlug(1);
  rig.submit(at(0, { write: true }));
  rig.layer.rangeIo.flush(99);
  rig.submit(at(8, { write: true }));
  rig.layer.queue.finishPlug();
  rig.layer.queue.drain();
  assertEquals(rig.requests().map(({ sectors }) => sectors), [16]);
  assertEquals(rig.ended.size, 3);
  assertEquals(rig.live(), 0);
});

Deno.test("createHardwareQueue() needs tags of the driver", () => {
  const { memory, requests } = requestRig();
  assertThrows(
    () =>
      createHardwareQueue({
        memory,
        requests,
        scheduler: {} as never,
        mostAtOnce: 1,
        start: () => {},
        commit: () => {},
      }),
    RangeError,
    "Cannot make a hardware queue: requests have no tags of the driver, " +
      "expected a request table with both",
  );
});
