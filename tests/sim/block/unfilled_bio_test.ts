/**
 * I/O one of whose bios cannot be filled (block/fops.c): memory that changes
 * kind inside a block leaves less than a block on either side of the change.
 */
import { assertEquals } from "@std/assert";
import { BLK_STS, ERRNO } from "../../../sim/kernel/operation.ts";
import { BAR, type Stretch } from "./block_rig.ts";
import { type QueueRig, queueRig, type RigIo } from "./queue_rig.ts";

/** Host pages from page `first` on, one stretch each, no two neighbours. */
function pages(first: number, count: number): Stretch[] {
  return Array.from({ length: count }, (_, i) => [
    (first + 2 * i) * 4096,
    4096,
  ]);
}

/** What came of one I/O: answer, status if told, requests, what is left. */
function outcome(rig: QueueRig, io: RigIo) {
  const answer = rig.submit(io);
  rig.layer.queue.drain();
  return {
    answer,
    ended: [...rig.ended.values()],
    requests: rig.requests().map(({ sector, sectors }) => [sector, sectors]),
    live: rig.live(),
  };
}

/** 3840 bytes up to the end of a page, a P2P page, 256 bytes: 16 sectors. */
const SMALLEST: RigIo = {
  sector: 0,
  stretches: [[4096 + 256, 3840], [BAR, 4096], [3 * 4096, 256]],
  provider: [0, 1, 0],
};

Deno.test("a later bio that cannot be filled ends async I/O with EIO, once", () => {
  for (const api of ["aio", "io_uring"] as const) {
    for (const write of [false, true]) {
      // 3840 bytes are 7 blocks and 256 bytes, which begin the second bio: the
      // P2P page ends it before it has a block (bio_iov_iter_align_down).
      assertEquals(outcome(queueRig(), { ...SMALLEST, api, write }), {
        answer: 0,
        ended: [BLK_STS.ioerr],
        requests: [[0, 7]],
        live: 0,
      });
    }
  }
});

Deno.test("a synchronous I/O returns what filling the bio returned", () => {
  assertEquals(outcome(queueRig(), { ...SMALLEST, api: "pread" }), {
    answer: -ERRNO.fault,
    ended: [],
    requests: [[0, 7]],
    live: 0,
  });
});

Deno.test("the only bio of an I/O that cannot be filled refuses it", () => {
  // 256 bytes of host memory, then P2P: not one block is of one kind.
  for (const api of ["aio", "pread"] as const) {
    const io: RigIo = {
      sector: 0,
      stretches: [[4096 + 3840, 256], [BAR, 3840]],
      provider: [0, 1],
      api,
    };
    assertEquals(outcome(queueRig(), io), {
      answer: -ERRNO.fault,
      ended: [],
      requests: [],
      live: 0,
    });
  }
});

Deno.test("of an I/O of several bios even the first one ends it with EIO", () => {
  // More than 256 pages: __blkdev_direct_IO() has no way to refuse.
  const io: RigIo = {
    sector: 0,
    stretches: [[4096 + 3840, 256], [BAR, 3840], ...pages(3, 300)],
    provider: [0, 1],
  };
  const nothing = { requests: [], live: 0 };
  assertEquals(outcome(queueRig(), io), {
    answer: 0,
    ended: [BLK_STS.ioerr],
    ...nothing,
  });
  assertEquals(outcome(queueRig(), { ...io, api: "pread" }), {
    answer: -ERRNO.fault,
    ended: [],
    ...nothing,
  });
});

Deno.test("bios of 256 vectors that went before are waited for", () => {
  const io: RigIo = {
    sector: 0,
    stretches: [...pages(3, 256), [4096 + 3840, 256], [BAR, 3840]],
    provider: [...pages(3, 256).map(() => 0), 0, 1],
  };
  assertEquals(outcome(queueRig(), io), {
    answer: 0,
    ended: [BLK_STS.ioerr],
    requests: [[0, 2048]],
    live: 0,
  });
});

Deno.test("I/O that changes kind between blocks ends well", () => {
  const aligned: RigIo = {
    sector: 0,
    stretches: [[4096 + 512, 3584], [BAR, 4096], [3 * 4096, 512]],
    provider: [0, 1, 0],
  };
  assertEquals(outcome(queueRig(), aligned), {
    answer: 8192,
    ended: [BLK_STS.ok],
    requests: [[0, 7], [7, 8], [15, 1]],
    live: 0,
  });
});

Deno.test("a submitter waits for bios where the pool is empty", () => {
  // Each page of another kind is a bio of its own: 1200 of a pool of 600.
  const stretches = Array.from(
    { length: 1200 },
    (_, i): Stretch => i % 2 === 0 ? [4096 * i, 4096] : [BAR, 4096],
  );
  const io = { sector: 0, stretches, provider: stretches.map((_, i) => i % 2) };
  const found = outcome(queueRig(), io);
  assertEquals([found.answer, found.ended, found.live], [
    1200 * 4096,
    [BLK_STS.ok],
    0,
  ]);
  assertEquals(found.requests.length, 1200);
  // A split waits for clones just so. 250 pages are 2000 blocks, of which the
  // last 8 are one vector of a page: no split is looked for (T26).
  const cut = outcome(
    queueRig({ limits: { maxSectors: 1 } }),
    { sector: 0, stretches: pages(1, 250) },
  );
  assertEquals([cut.answer, cut.ended, cut.live], [
    250 * 4096,
    [BLK_STS.ok],
    0,
  ]);
  assertEquals(cut.requests.length, 2000 - 7);
});
