import { assertEquals } from "@std/assert";
import { kernelProfiles } from "../../../sim/kernel/profile.ts";
import { at, heldRig, ISSUED, PICKED } from "./scheduler_rig.ts";

/** I/O priorities by class (include/uapi/linux/ioprio.h). */
const CLASS = { rt: 1 << 13, be: 2 << 13, idle: 3 << 13 } as const;

/** Reads at so many sectors, each 100 sectors behind the one before. */
function reads(first: number, count: number) {
  return Array.from({ length: count }, (_, i) => at(first + i * 100));
}

Deno.test("mq-deadline goes on in order of sectors, then from the oldest", () => {
  // None is behind the last one picked, so the oldest comes first, then what
  // is behind it; then the oldest again.
  for (const kernel of kernelProfiles) {
    const rig = heldRig({ kernel });
    rig.call(at(500), at(100), at(700), at(300));
    assertEquals(rig.drained(), [500, 700, 100, 300], kernel);
    assertEquals(rig.live(), 0);
  }
});

Deno.test("6.1 goes on from a request, later kernels from a position", () => {
  // What has come since the last one was picked lies behind it. 6.1 looked for
  // the next one as it picked, and there was none.
  const order = (kernel: string) => {
    const rig = heldRig({ kernel });
    rig.call(at(100), at(PICKED + 1000));
    return rig.drained();
  };
  assertEquals(order("6.1"), [100, PICKED + 1000]);
  assertEquals(order("6.12"), [PICKED + 1000, 100]);
  assertEquals(order("7.2"), [PICKED + 1000, 100]);
});

Deno.test("a batch has fifo_batch requests, writes wait for two of reads", () => {
  // The two on their way are the first batch. Reads win twice, for writes are
  // there and have not starved yet; then come a batch of writes and the rest.
  const writes = [at(10, { write: true }), at(20, { write: true })];
  const rig = heldRig({ settings: { fifoBatch: 2 } });
  rig.call(...writes, ...reads(PICKED + 1000, 6));
  assertEquals(
    rig.drained().map((sector) =>
      sector < 1000 ? sector : sector - PICKED - 1000
    ),
    [0, 100, 200, 300, 10, 20, 400, 500],
  );
  const sooner = heldRig({ settings: { fifoBatch: 2, writesStarved: 0 } });
  sooner.call(...writes, ...reads(PICKED + 1000, 2));
  assertEquals(sooner.drained(), [10, 20, PICKED + 1000, PICKED + 1100]);
});

Deno.test("sixteen in a row, where nothing else is told", () => {
  // 14 more reads complete the batch that the first two have begun; what comes
  // then is chosen again, and so a third batch only starves the write.
  const rig = heldRig();
  rig.call(at(10, { write: true }), ...reads(PICKED + 1000, 50));
  const order = rig.drained();
  assertEquals(order.indexOf(10), 14 + 16 + 16);
});

Deno.test("a class waits until all of a higher one is complete", () => {
  // Tags are left, but two of BE are at the driver when the idle one comes, and
  // one of RT when the next of BE does. No class is BE, too.
  const rig = heldRig({ settings: { driverTags: 8 } });
  rig.call(
    at(300, { priority: CLASS.idle }),
    at(600, { priority: CLASS.rt }),
    at(400, { priority: CLASS.be }),
    at(500),
  );
  rig.layer.queue.drain();
  const order = rig.events.filter(({ event, sector }) =>
    (event === "D" || event === "C") && sector < 1000
  ).map(({ event, sector }) => event + sector);
  assertEquals(order, [
    "D600",
    "C600",
    "D400",
    "D500",
    "C400",
    "C500",
    "D300",
    "C300",
  ]);
});

Deno.test("reads and writes expire by simulated time, and only by it", () => {
  let now = 0;
  const order = (settings = {}) => {
    now = 0;
    const rig = heldRig({ settings, jiffies: () => now });
    rig.call(at(100), at(PICKED + 1000));
    return { rig, drained: rig.drained };
  };
  // Half a second is 125 jiffies. A batch goes on whatever has expired.
  const batch = order();
  now = 125;
  assertEquals(batch.drained(), [PICKED + 1000, 100]);
  const young = order({ fifoBatch: 1 });
  now = 124;
  assertEquals(young.drained(), [PICKED + 1000, 100]);
  const old = order({ fifoBatch: 1 });
  now = 125;
  assertEquals(old.drained(), [100, PICKED + 1000]);
});

Deno.test("joined requests keep the earlier deadline, not of one jiffy", () => {
  // 1016 came first and is joined to 1000, which came last.
  const order = (ticks: number) => {
    let now = 0;
    const rig = heldRig({ jiffies: () => now });
    rig.call(at(1016), at(56));
    now = ticks;
    rig.call(at(1000), at(1008));
    return rig.drained();
  };
  assertEquals(order(1), [1000, 56]);
  assertEquals(order(0), [56, 1000]);
});

Deno.test("6.1 forgets the next request where another one takes its bios", () => {
  // 304 is picked with 512 as the next one; then 496 comes, grows and takes it.
  const rig = heldRig({ kernel: "6.1" });
  rig.call(at(304), at(512), at(704));
  rig.layer.queue.reap();
  rig.call(at(496), at(504));
  assertEquals(rig.drainedRequests(), [[304, 8], [704, 8], [496, 24]]);
  assertEquals(rig.live(), 0);
});

Deno.test("after ten seconds a lower class goes first", () => {
  let now = 0;
  const order = (seconds: number) => {
    now = 0;
    const rig = heldRig({ jiffies: () => now });
    rig.call(at(300, { priority: CLASS.idle }));
    now = seconds * 250;
    rig.call(at(400, { priority: CLASS.rt }));
    return rig.drained();
  };
  assertEquals(order(9), [400, 300]);
  assertEquals(order(10), [300, 400]);
});

Deno.test("writes leave tags to reads: async_depth", () => {
  // Of 128 tags a limit of 2 is 2; up to 6.16 it is one of each of 4 words. The
  // next write sleeps until one of them is complete.
  const waits = (kernel: string) => {
    const rig = heldRig({ kernel, settings: { tags: 128, asyncDepth: 2 } });
    for (let i = 0; i < 6; i++) rig.submit(at(i * 1000, { write: true }));
    const letters = rig.events.filter(({ event, sector }) =>
      (event === "G" || event === "C") && sector < 10_000
    ).map(({ event }) => event).join("");
    return letters.indexOf("C");
  };
  assertEquals(waits("6.12"), 2);
  assertEquals(waits("7.2"), 2);
  assertEquals(waits("6.1"), 4);
});

Deno.test("a request without a tag of the driver merges no more", () => {
  const rig = heldRig();
  rig.call(at(PICKED + 8), at(ISSUED + 8));
  assertEquals(rig.drained(), [PICKED + 8, ISSUED + 8]);
});

Deno.test("two I/Os of one system call meet only where workers wait", () => {
  // Unplugged, as io_submit() has two: 6.1 lets a worker issue the first at
  // once, 6.12 gives each bio a plug, 7.2 comes back to user space first.
  const sizes = (kernel: string) => {
    const rig = heldRig({ kernel, settings: { driverTags: 8 } });
    rig.submit(at(0));
    rig.submit(at(8));
    rig.layer.queue.yieldCpu();
    const plugs = rig.events.filter(({ event }) => event === "U").length;
    return { sizes: rig.drainedRequests().map(([, size]) => size), plugs };
  };
  assertEquals(sizes("6.1"), { sizes: [8, 8], plugs: 0 });
  assertEquals(sizes("6.12"), { sizes: [8, 8], plugs: 4 });
  assertEquals(sizes("7.2"), { sizes: [16], plugs: 0 });
});
