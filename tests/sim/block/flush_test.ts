/** Flushes before and behind data (block/blk-flush.c blk_insert_flush). */
import { assert, assertEquals } from "@std/assert";
import { END_IO } from "../../../sim/block/bio.ts";
import { DIO } from "../../../sim/block/blkdev_dio.ts";
import { REQ_FLAG, REQ_OP } from "../../../sim/kernel/operation.ts";
import type { QueueSettings } from "../../../sim/block/queue_settings.ts";
import { kernelProfiles, pathProfile } from "../../../sim/kernel/profile.ts";
import { page, type QueueRig, queueRig } from "./queue_rig.ts";

const { preflush, fua } = REQ_FLAG;

/** What the driver saw of bios of a page with these flags, in order. */
function seen(
  flags: readonly number[],
  options: {
    kernel: string;
    settings?: Partial<QueueSettings>;
    plugs?: boolean;
  },
): string[] {
  const order: string[] = [];
  const rig: QueueRig = queueRig({
    ...options,
    onFlush: () => order.push("flush"),
    refuse: (request) => {
      const { requests } = rig.layer;
      const opf = rig.memory.get32(request + requests.field.opf);
      assertEquals(opf & preflush, 0); // the driver never sees it
      // Below a scheduler, it is the driver's tag that each has there.
      assert(rig.memory.get32(request + requests.field.tag) >= 0);
      const sector = rig.memory.get64Lo(request + requests.field.sector);
      order.push(`${(opf & fua) !== 0 ? "fua " : ""}data ${sector / 8}`);
      return 0;
    },
  });
  const { queue, bios, addTo } = rig.layer;
  // The I/O of all bios, one reference more than they have: it never ends.
  const dio = rig.memory.reserve("dio", 64);
  rig.memory.set32(dio + DIO.ref, flags.length + 1);
  rig.memory.set32(dio + DIO.status, 0);
  if (options.plugs) queue.startPlug(1);
  for (const [index, flag] of flags.entries()) {
    const bio = bios.alloc(1, REQ_OP.write | flag);
    const [phys, bytes] = page(index);
    assert(addTo.addPage(bio, phys, 0, bytes, 0));
    rig.memory.set64(bio + bios.field.sector, index * 8, 0);
    rig.memory.setLong(bio + bios.field.endIo, END_IO.directIo);
    rig.memory.setPointer(bio + bios.field.private, dio);
    queue.submitBio(bio);
  }
  if (options.plugs) queue.finishPlug();
  queue.drain();
  assertEquals(rig.live(), 0);
  assertEquals(rig.memory.get32(dio + DIO.ref), 1);
  assertEquals(rig.memory.get32(dio + DIO.status), 0);
  return order;
}

Deno.test("a flush goes before the data that asks for one", () => {
  for (const kernel of kernelProfiles) {
    for (const plugs of [false, true]) {
      assertEquals(seen([preflush], { kernel, plugs }), ["flush", "data 0"]);
      assertEquals(seen([preflush | fua], { kernel, plugs }), [
        "flush",
        "fua data 0",
      ]);
    }
  }
});

Deno.test("without FUA of the device a flush follows the data, too", () => {
  const settings = { fua: false };
  for (const kernel of kernelProfiles) {
    assertEquals(seen([fua], { kernel, settings }), ["data 0", "flush"]);
    assertEquals(seen([preflush | fua], { kernel, settings }), [
      "flush",
      "data 0",
      "flush",
    ]);
  }
});

Deno.test("data before a flush waits in the plug, or goes past it, as the kernel has it", () => {
  const settings = { fua: false };
  for (const kernel of kernelProfiles) {
    const isIssued = pathProfile(kernel).flushedData === "issue";
    assertEquals(
      seen([0, fua], { kernel, settings, plugs: true }),
      isIssued ? ["data 1", "data 0", "flush"] : ["data 0", "data 1", "flush"],
      kernel,
    );
    // Kernels that issue it empty their plug from the last one on: behind that
    // one it would come last.
    assertEquals(
      seen([fua, 0], { kernel, settings, plugs: true }),
      ["data 0", "data 1", "flush"],
      kernel,
    );
  }
  const both = new Set(
    kernelProfiles.map((kernel) => pathProfile(kernel).flushedData),
  );
  assertEquals(both.size, 2);
});

Deno.test("one flush serves all that wait for one", () => {
  assertEquals(seen([preflush, 0, preflush], { kernel: "7.2" }), [
    "data 1",
    "flush",
    "data 0",
    "data 2",
  ]);
});

Deno.test("flushes and their data go past a scheduler", () => {
  for (const kernel of kernelProfiles) {
    for (const driverTags of [1, 4]) {
      const settings = { scheduler: "mq-deadline", tags: 8, driverTags };
      const order = (flags: readonly number[], fua = true) =>
        seen(flags, { kernel, settings: { ...settings, fua } });
      assertEquals(order([preflush, 0, preflush, preflush]), [
        "data 1",
        "flush",
        "data 0",
        "data 2",
        "data 3",
      ]);
      assertEquals(order([preflush | fua], false), [
        "flush",
        "data 0",
        "flush",
      ]);
    }
  }
});

Deno.test("without a write cache nothing is flushed", () => {
  const settings = { writeCache: false };
  for (const flags of [preflush, fua, preflush | fua]) {
    assertEquals(seen([flags], { kernel: "7.2", settings }), ["data 0"]);
  }
});
