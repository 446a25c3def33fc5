import { assertEquals } from "@std/assert";
import { REQ_OP } from "../../../sim/kernel/operation.ts";
import type { Stretch } from "./block_rig.ts";
import { at, heldRig } from "./scheduler_rig.ts";

/** Letters of merges, with the sector of what was merged. */
function merges(rig: ReturnType<typeof heldRig>): string[] {
  return rig.events.filter(({ event }) => /^(M|F|RM)$/.test(event))
    .map(({ event, sector }) => event + sector);
}

Deno.test("a bio tries the last merge, then ends by hash, then beginnings", () => {
  const rig = heldRig();
  rig.call(at(1000), at(2000), at(2008), at(1008), at(1992));
  assertEquals(merges(rig), ["M2008", "M1008", "F1992"]);
  assertEquals(rig.drainedRequests(), [[1000, 16], [1992, 24]]);
  assertEquals(rig.live(), 0);
});

Deno.test("front_merges=0 leaves only the request merged with last", () => {
  const rig = heldRig({ settings: { frontMerges: 0 } });
  // The first one that waits is the one merged with last, until there is one.
  rig.call(at(1000), at(2000), at(1992), at(992));
  assertEquals(merges(rig), ["F992"]);
  assertEquals(rig.drainedRequests(), [[992, 16], [1992, 8], [2000, 8]]);
});

Deno.test("nomerges=1 leaves only the request merged with last, 2 none", () => {
  const merged = (nomerges: 1 | 2) => {
    const rig = heldRig({ settings: { nomerges } });
    rig.call(at(1000), at(2000), at(2008), at(1008));
    return merges(rig);
  };
  assertEquals(merged(1), ["M1008"]);
  assertEquals(merged(2), []);
});

Deno.test("a bio that fills a hole joins the requests on both sides", () => {
  const behind = heldRig();
  behind.call(at(1000), at(1016), at(1008));
  assertEquals(merges(behind), ["M1008", "RM1016"]);
  assertEquals(behind.drainedRequests(), [[1000, 24]]);
  // In front of the one merged with last, and behind the one before it.
  const before = heldRig();
  before.call(at(1000), at(1016), at(1024), at(1008));
  assertEquals(merges(before), ["M1024", "F1008", "RM1008"]);
  assertEquals(before.drainedRequests(), [[1000, 32]]);
  assertEquals(before.live(), 0);
});

Deno.test("a plug's requests join what waits as they are inserted", () => {
  // Merged in the plug are only neighbours; inserted in order of submission,
  // 1008 joins 1000, 2008 joins 2000, and 1992 finds no way to go in front.
  const rig = heldRig();
  const { startPlug, finishPlug } = rig.layer.queue;
  startPlug(1);
  for (const sector of [1000, 2000, 1008, 2008, 1992]) rig.submit(at(sector));
  finishPlug();
  assertEquals(merges(rig), ["RM1008", "RM2008"]);
  assertEquals(rig.drainedRequests(), [[1000, 16], [1992, 8], [2000, 16]]);
  assertEquals(rig.live(), 0);
});

Deno.test("an inserted request may join two that it lies between", () => {
  const rig = heldRig();
  const { startPlug, finishPlug } = rig.layer.queue;
  startPlug(1);
  for (const sector of [1000, 1016, 2000, 1008]) rig.submit(at(sector));
  finishPlug();
  // 1008 goes behind 1000. What has grown so is tried behind others, and not
  // before 1016, which a bio would have found.
  assertEquals(merges(rig), ["RM1008"]);
  assertEquals(rig.drainedRequests(), [[1000, 16], [1016, 8], [2000, 8]]);
});

Deno.test("what takes no more is not tried first again", () => {
  // req_set_nomerge() clears last_merge, so the next request is the last one.
  const rig = heldRig({
    limits: { maxSectors: 16 },
    settings: { nomerges: 1 },
  });
  rig.call(at(1000), at(1008), at(1016), at(1024));
  assertEquals(merges(rig), ["M1008", "M1024"]);
  assertEquals(rig.drainedRequests(), [[1000, 16], [1016, 16]]);
});

Deno.test("requests join within the limits, of one operation and priority", () => {
  const sizes = (
    more: Parameters<typeof at>[1],
    limits: Parameters<typeof heldRig>[0] = {},
  ) => {
    const rig = heldRig(limits);
    rig.call(at(1000), at(1016, more), at(1008));
    return rig.drainedRequests().map(([, sectors]) => sectors);
  };
  assertEquals(sizes({}), [24]);
  assertEquals(sizes({}, { limits: { maxSectors: 16 } }), [16, 8]);
  assertEquals(sizes({}, { limits: { maxSegments: 2 } }), [16, 8]);
  assertEquals(sizes({ write: true }), [16, 8]);
  assertEquals(sizes({ priority: 4 }), [16, 8]);
});

Deno.test("requests join within the limits of their metadata", () => {
  const sizes = (maxIntegritySegments: number, virtBoundaryMask = 0) => {
    const rig = heldRig({
      metadataBytes: 8,
      limits: { maxIntegritySegments, virtBoundaryMask },
    });
    // The third bio lies between two requests, the fourth behind what they are.
    rig.call(at(1000), at(1016), at(1008), at(1024));
    // 2000 and 2008 are not neighbours in the plug.
    rig.layer.queue.startPlug(1);
    for (const sector of [2000, 3000, 2008]) rig.submit(at(sector));
    rig.layer.queue.finishPlug();
    return rig.drainedRequests().map(([, sectors]) => sectors);
  };
  // One piece each, and what has joined counts on.
  assertEquals(sizes(4), [32, 16, 8]);
  assertEquals(sizes(3), [24, 8, 16, 8]);
  assertEquals(sizes(2), [16, 16, 16, 8]);
  assertEquals(sizes(1), [8, 8, 8, 8, 8, 8, 8]);
  // 4008 makes three of two, and they are joined to the one before them.
  const rig = heldRig({
    metadataBytes: 8,
    limits: { maxIntegritySegments: 4, virtBoundaryMask: 0 },
  });
  rig.call(at(4000), at(4016), at(4024), at(4008), at(4032));
  assertEquals(rig.drainedRequests(), [[4000, 32], [4032, 8]]);
  // 64 bytes of metadata do not begin a page.
  assertEquals(sizes(4, 4095), [8, 8, 8, 8, 8, 8, 8]);
});

Deno.test("discards join by the first bio of the second request", () => {
  const merged = (
    firstSectors: number,
    limits: { maxDiscardSectors: number; maxDiscardSegments: number },
  ) => {
    const rig = heldRig({ limits });
    const { bios, queue } = rig.layer;
    const discard = (sector: number, sectors: number): void => {
      const bio = bios.alloc(1, REQ_OP.discard);
      rig.memory.set64(bio + bios.field.sector, sector, 0);
      rig.memory.set32(bio + bios.field.size, sectors * 512);
      queue.submitBio(bio);
    };
    // A read parts the first discard from the others, which merge in the plug.
    queue.startPlug(1);
    discard(1000, firstSectors);
    rig.submit(at(2000));
    discard(3000, 8);
    discard(4000, 8);
    queue.finishPlug();
    return merges(rig);
  };
  // blk_rq_sectors(req) + bio_sectors(next->bio), 8 + 8, though 24 come of it.
  const limits = { maxDiscardSectors: 16, maxDiscardSegments: 4 };
  assertEquals(merged(8, limits), ["M4000", "RM3000"]);
  assertEquals(merged(9, limits), ["M4000"]);
  // Nor do the ranges of the second count: one is below 2, though 3 come of it.
  const ranges = { maxDiscardSectors: 64, maxDiscardSegments: 2 };
  assertEquals(merged(8, ranges), ["M4000", "RM3000"]);
});

Deno.test("a request has as many discards as the device takes, and no more", () => {
  const merged = (maxDiscardSegments: number) => {
    const rig = heldRig({
      limits: { maxDiscardSectors: 64, maxDiscardSegments },
    });
    const { bios, queue } = rig.layer;
    queue.startPlug(1);
    for (const sector of [1000, 2000, 3000]) {
      const bio = bios.alloc(1, REQ_OP.discard);
      rig.memory.set64(bio + bios.field.sector, sector, 0);
      rig.memory.set32(bio + bios.field.size, 4096);
      queue.submitBio(bio);
    }
    queue.finishPlug();
    return merges(rig);
  };
  assertEquals(merged(1), []);
  assertEquals(merged(2), ["M2000"]);
  assertEquals(merged(3), ["M2000", "M3000"]);
});

Deno.test("the newest of several requests that end alike is the one found", () => {
  const rig = heldRig();
  rig.call(at(5000), at(1000), at(1000), at(1008));
  assertEquals(rig.drainedRequests(), [[5000, 8], [1000, 8], [1000, 16]]);
});

Deno.test("a request that begins earlier now has another place in order", () => {
  // Of two that overlap, the bio goes in front of the one that begins later.
  const rig = heldRig();
  rig.call(at(504), at(1000), at(996), at(992));
  assertEquals(rig.drainedRequests(), [[504, 8], [992, 16], [996, 8]]);
});

Deno.test("what has grown by an inserted request may meet another one", () => {
  // 992 came behind 1000, with others between them in the plug; then 1008 goes
  // behind 1000, found by its end, and what that has become behind 992.
  const rig = heldRig();
  const { startPlug, finishPlug } = rig.layer.queue;
  startPlug(1);
  for (const sector of [5000, 1000, 6000, 992, 7000, 1008]) {
    rig.submit(at(sector));
  }
  finishPlug();
  assertEquals(merges(rig), ["RM1008", "RM1000"]);
  assertEquals(rig.drainedRequests(), [
    [5000, 8],
    [6000, 8],
    [7000, 8],
    [992, 24],
  ]);
  assertEquals(rig.live(), 0);
  // The request merged with last is tried once, and that is that.
  const last = heldRig();
  last.layer.queue.startPlug(1);
  for (const sector of [1000, 6000, 992, 7000, 1008]) last.submit(at(sector));
  last.layer.queue.finishPlug();
  assertEquals(merges(last), ["RM1008"]);
});

Deno.test("requests do not join over a gap, and the least gap stays", () => {
  const page512: Stretch = [0x300200, 4096];
  const requests = (virtBoundaryMask: number) => {
    const rig = heldRig({ limits: { virtBoundaryMask } });
    rig.call(at(1000), at(1016, { stretches: [page512] }), at(1008));
    rig.layer.queue.drain();
    return rig.requests().slice(2).map(({ sectors, gapBit }) => [
      sectors,
      gapBit,
    ]);
  };
  // Page 128 of 1016 begins 512 bytes into a page: bit 10 of the gap. Pages
  // that lie apart have bit 13, and the hole of 1016 alone is one vector.
  assertEquals(requests(4095), [[16, 13], [8, 0]]);
  assertEquals(requests(0), [[24, 10]]);
  // A gap of 2048 bytes, bit 12, in the second bio of what is joined.
  const rig = heldRig();
  const halves: Stretch[] = [[0x300000, 2048], [0x304000, 2048]];
  rig.call(at(1000), at(1016), at(1024, { stretches: halves }), at(1008));
  rig.layer.queue.drain();
  const [, , joined] = rig.requests();
  assertEquals([joined?.sectors, joined?.gapBit], [32, 12]);
});
