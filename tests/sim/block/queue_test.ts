import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  BLK_STS,
  errnoStatus,
  REQ_FLAG,
  STATUS_ERRNO,
  statusErrno,
} from "../../../sim/kernel/operation.ts";
import { BAR, eachLayout, type Stretch } from "./block_rig.ts";
import { page, queueRig, type RigIo } from "./queue_rig.ts";

/** Submits I/Os under one plug and lets all complete. */
function plugged(
  rig: ReturnType<typeof queueRig>,
  ios: readonly RigIo[],
): void {
  rig.layer.queue.startPlug(1);
  for (const io of ios) rig.submit(io);
  rig.layer.queue.finishPlug();
  rig.layer.queue.drain();
  assertEquals(rig.live(), 0);
}

/** So many I/Os of a page, each behind the one before. */
function sequential(count: number): RigIo[] {
  return Array.from({ length: count }, (_, i) => ({
    sector: i * 8,
    stretches: [page(i)],
  }));
}

Deno.test("sequential bios merge up to sectors or segments (T27)", () => {
  eachLayout((layout) => {
    // 256 sectors are 32 pages, one below 33 segments.
    const small = queueRig({
      layout,
      limits: { maxSectors: 256, maxSegments: 33 },
    });
    plugged(small, sequential(96));
    assertEquals(
      small.requests().map(({ sectors, segments }) => [sectors, segments]),
      [[256, 32], [256, 32], [256, 32]],
    );
  });
});

Deno.test("segments cap a request first, even of adjacent memory (T27)", () => {
  const rig = queueRig({ limits: { maxSectors: 2560, maxSegments: 128 } });
  // 128 pages are 1024 sectors. The plug is flushed by the 128 KiB of its
  // first request only when the next request comes, not by merges.
  plugged(
    rig,
    Array.from({ length: 256 }, (_, i) => ({
      sector: i * 8,
      stretches: [[i * 4096, 4096]],
    })),
  );
  assertEquals(
    rig.requests().map(({ sectors, segments }) => [sectors, segments]),
    [[1024, 128], [1024, 128]],
  );
});

Deno.test("a bio merges behind or before a request (T29)", () => {
  const found = (sector: number, sectors: number) => {
    const rig = queueRig();
    plugged(rig, [
      { sector: 100, stretches: [page(0)] },
      { sector, stretches: [[page(1)[0], sectors * 512]] },
    ]);
    return rig.requests().map(({ sector, sectors }) => [sector, sectors]);
  };
  assertEquals(found(108, 8), [[100, 16]]);
  assertEquals(found(92, 8), [[92, 16]]);
  assertEquals(found(93, 8), [[100, 8], [93, 8]]);
});

Deno.test("a bio of P2P memory stays alone in its request (T30)", () => {
  const p2p = (sector: number): RigIo => ({
    sector,
    stretches: [[BAR + sector * 512, 4096]],
    provider: 1,
  });
  const rig = queueRig();
  plugged(rig, [p2p(8), p2p(16), p2p(0), { sector: 24, stretches: [page(0)] }]);
  assertEquals(rig.requests().map(({ bios }) => bios), [1, 1, 1, 1]);
});

/** Requests of each flush of a plug. */
function flushes(ios: readonly RigIo[]): number[] {
  const rig = queueRig({ limits: { maxSectors: 256 } });
  plugged(rig, ios);
  return rig.batches.map((batch) => batch.length);
}

Deno.test("a plug is flushed at 32 requests or a head of 128 KiB (T31)", () => {
  const apart = (count: number, bytes: number): RigIo[] =>
    Array.from({ length: count }, (_, i) => ({
      sector: i * 1024,
      stretches: [[0x100000, bytes]],
    }));
  assertEquals(flushes(apart(40, 4096)), [32, 8]);
  // Each finds the one before it at the head, large enough.
  assertEquals(flushes(apart(5, 131072)), [1, 1, 1, 1, 1]);
  // The oldest is small, so only the count flushes; then each alone.
  const head: RigIo = { sector: 90000, stretches: [page(0)] };
  assertEquals(flushes([head, ...apart(40, 131072)]), [
    32,
    ...Array(9).fill(1),
  ]);
});

Deno.test("6.1 flushes by the newest request and issues it first (T31)", () => {
  const rig = queueRig({ kernel: "6.1" });
  plugged(rig, [
    { sector: 0, stretches: [page(0)] },
    { sector: 5000, stretches: [[0x100000, 131072]] },
    { sector: 9000, stretches: [page(1)] },
  ]);
  assertEquals(
    rig.batches.map((batch) => batch.map(({ sector }) => sector)),
    [[5000, 0], [9000]],
  );
});

Deno.test("merging keeps all bytes and asks for one kind (T32)", () => {
  const two = (other: Partial<RigIo>) => {
    const rig = queueRig();
    plugged(rig, [
      { sector: 0, stretches: [page(0)] },
      { sector: 8, stretches: [page(1)], ...other },
    ]);
    return rig.requests().map(({ sectors }) => sectors);
  };
  assertEquals(two({}), [16]);
  assertEquals(two({ write: true }), [8, 8]);
  assertEquals(two({ priority: 4 }), [8, 8]);
});

Deno.test("nomerges=2 keeps bios apart, 1 still merges in the plug (T32)", () => {
  for (const [nomerges, wanted] of [[0, 1], [1, 1], [2, 4]] as const) {
    const rig = queueRig({ settings: { nomerges } });
    plugged(rig, sequential(4));
    assertEquals(rig.requests().length, wanted);
  }
});

Deno.test("a submitter out of tags sends its plug out in order", () => {
  // Four tags, so the fifth request sleeps and flushes the plug from schedule;
  // all of it completes, and later bios begin anew.
  const rig = queueRig({ settings: { tags: 4 } });
  plugged(
    rig,
    Array.from({ length: 10 }, (_, i) => ({
      sector: i * 100,
      stretches: [page(i)],
    })),
  );
  assertEquals(
    rig.requests().map(({ sector }) => sector),
    Array.from({ length: 10 }, (_, i) => i * 100),
  );
  assertEquals(rig.batches.map((batch) => batch.length), [4, 4, 2]);
});

Deno.test("NOWAIT without a tag is BLK_STS_AGAIN and leaves nothing", () => {
  const rig = queueRig({ settings: { tags: 2 } });
  for (let i = 0; i < 3; i++) {
    rig.submit({
      sector: i * 100,
      stretches: [page(i)],
      flags: REQ_FLAG.nowait,
    });
  }
  rig.layer.queue.drain();
  assertEquals([...rig.ended], [
    [2, BLK_STS.again],
    [0, BLK_STS.ok],
    [1, BLK_STS.ok],
  ]);
  assertEquals(rig.live(), 0);
});

Deno.test("a driver's refusal ends all bios of a request and frees it", () => {
  const rig = queueRig({ refuse: () => BLK_STS.target });
  plugged(rig, sequential(3));
  assertEquals([...rig.ended.values()], Array(3).fill(BLK_STS.target));
});

Deno.test("the gap of a merged request is the least of all (T62)", () => {
  const gapOf = (stretches: readonly (readonly Stretch[])[]) => {
    const rig = queueRig();
    let sector = 0;
    plugged(
      rig,
      stretches.map((list) => {
        const at = sector;
        sector += list.reduce((sum, [, bytes]) => sum + bytes, 0) / 512;
        return { sector: at, stretches: list };
      }),
    );
    assertEquals(rig.requests().length, 1);
    return rig.requests()[0]?.gapBit;
  };
  // Two pages apart: the join's end is a multiple of 4096, bit 12, from one 13.
  assertEquals(gapOf([[page(0)], [page(1)]]), 13);
  // Adjacent pages without a gap of their own add none.
  assertEquals(gapOf([[[0x4000, 4096]], [[0x5000, 4096]]]), 0);
  // A join in the middle of a page: 0x200, bit 9, from one 10.
  assertEquals(gapOf([[[0x4000, 512]], [[0x8000, 4096]]]), 10);
  // The bio's own gap 13 stays, whatever adjacent memory follows.
  assertEquals(
    gapOf([[[0x4000, 4096], [0x8000, 4096]], [[0x9000, 4096]]]),
    13,
  );
});

Deno.test("what a split leaves behind has no gap of the front (T62)", () => {
  const rig = queueRig({ limits: { maxSectors: 16 } });
  plugged(rig, [
    { sector: 0, stretches: [page(0), page(1), [0x40000, 4096]] },
    { sector: 24, stretches: [[0x41000, 4096]] },
  ]);
  assertEquals(
    rig.requests().map(({ sectors, gapBit }) => [sectors, gapBit]),
    [[16, 13], [16, 0]],
  );
});

Deno.test("a request of so many bios holds at least its DMA segments (T28)", () => {
  // nr_phys_segments adds up; adjacent junctions are not discounted.
  const rig = queueRig();
  plugged(rig, [
    { sector: 0, stretches: [[0x4000, 4096]] },
    { sector: 8, stretches: [[0x5000, 4096]] },
  ]);
  assertEquals(rig.requests()[0]?.segments, 2);
});

const someIos = fc.array(
  fc.record({
    sector: fc.integer({ min: 0, max: 60 }).map((n) => n * 8),
    pages: fc.integer({ min: 1, max: 24 }),
    write: fc.boolean(),
  }),
  { minLength: 1, maxLength: 60 },
);

Deno.test("the events obey blktrace's identities (T61)", () => {
  fc.assert(
    fc.property(
      someIos,
      fc.constantFrom("6.1", "6.12", "7.2"),
      fc.constantFrom(8, 64),
      (ios, kernel, maxSectors) => {
        const rig = queueRig({ kernel, limits: { maxSectors } });
        plugged(
          rig,
          ios.map(({ sector, pages, write }, i) => ({
            sector,
            write,
            stretches: Array.from({ length: pages }, (_, k) => page(i + k)),
          })),
        );
        const count = (letter: string) =>
          rig.events.filter(({ event }) => event === letter).length;
        const sectors = (letter: string) =>
          rig.events.filter(({ event }) => event === letter).reduce(
            (sum, event) => sum + event.sectors,
            0,
          );
        // Q + X = G + M + F, for no bio fails; D = G; C = D when drained.
        assertEquals(
          count("Q") + count("X"),
          count("G") + count("M") + count("F"),
        );
        assertEquals(count("D"), count("G"));
        assertEquals(count("C"), count("D"));
        assertEquals(count("Q"), ios.length);
        assertEquals(sectors("C"), sectors("Q"));
        // Each plug begins empty and its flush tells all that is in it.
        const unplugged = rig.events.filter(({ event }) => event === "U")
          .reduce((sum, { extra }) => sum + extra, 0);
        const zoned = count("G") - unplugged;
        assert(zoned === 0 && count("P") === count("U"));
        // A split names the first sector of the rest.
        for (const { event, sector, sectors, extra } of rig.events) {
          if (event === "X") assertEquals(extra, sector + sectors);
        }
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("statuses become the errnos of the kernel's table (T63)", () => {
  assertEquals(
    [...STATUS_ERRNO].map(([status, name]) => [name, statusErrno(status)]),
    [
      ["EREMOTEIO", 121],
      ["EINVAL", 22],
      ["EAGAIN", 11],
      ["ENOMEM", 12],
      ["EOPNOTSUPP", 95],
      ["EIO", 5],
    ],
  );
  // And back (errno_to_blk_status), from an errno as functions return it.
  for (const status of STATUS_ERRNO.keys()) {
    assertEquals(errnoStatus(-statusErrno(status)), status);
  }
  assertEquals(errnoStatus(0), BLK_STS.ok);
  assertEquals(errnoStatus(-14), BLK_STS.ioerr);
});
