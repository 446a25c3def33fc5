import { assertEquals } from "@std/assert";
import { nvmeQueueSettings } from "../../../sim/block/queue_settings.ts";
import { pathProfile } from "../../../sim/kernel/profile.ts";

Deno.test("a scheduler has twice the driver's requests, 256 at most", () => {
  const of = (given: Parameters<typeof nvmeQueueSettings>[0]) => {
    const { tags, driverTags, asyncDepth } = nvmeQueueSettings(
      given,
      pathProfile("7.2"),
    );
    return [tags, driverTags, asyncDepth];
  };
  // blk_mq_init_sched(): 2 * min(queue_depth, BLKDEV_DEFAULT_RQ).
  assertEquals(of({}), [1023, 1023, 1023]);
  assertEquals(of({ scheduler: "mq-deadline" }), [256, 1023, 256]);
  assertEquals(of({ scheduler: "mq-deadline", driverTags: 3 }), [6, 3, 6]);
  assertEquals(of({ driverTags: 3 }), [3, 3, 3]);
  assertEquals(of({ tags: 64 }), [64, 1023, 64]);
});

Deno.test("async_depth stays behind nr_requests before 7.2", () => {
  // blk_mq_update_nr_requests() told the scheduler before it set nr_requests.
  const depth = (kernel: string, asyncDepth?: number) =>
    nvmeQueueSettings({
      scheduler: "mq-deadline",
      driverTags: 1,
      tags: 128,
      ...(asyncDepth === undefined ? {} : { asyncDepth }),
    }, pathProfile(kernel)).asyncDepth;
  assertEquals(["6.1", "6.12", "7.2"].map((kernel) => depth(kernel)), [
    2,
    2,
    128,
  ]);
  assertEquals(depth("6.12", 40), 40);
});
