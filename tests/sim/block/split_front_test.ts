/** The front of a bio that is split off, and where that leaves the rest. */
import { assertEquals } from "@std/assert";
import { createSplitFront } from "../../../sim/block/split_front.ts";
import { REQ_OP } from "../../../sim/kernel/operation.ts";
import { eachLayout, makeRig, type RigOptions } from "./block_rig.ts";

function frontRig(options: RigOptions = {}) {
  const rig = makeRig(options);
  const { memory: { get32, get64Lo, get64Hi }, bios: { field } } = rig;
  return {
    ...rig,
    splitFront: createSplitFront(rig.context, true),
    /** Sector, bytes, and where in its vectors a bio begins. */
    iterOf: (bio: number) => ({
      sector: (get64Hi(bio + field.sector) >>> 0) * 2 ** 32 +
        (get64Lo(bio + field.sector) >>> 0),
      bytes: get32(bio + field.size) >>> 0,
      idx: get32(bio + field.idx),
      done: get32(bio + field.done),
    }),
  };
}

Deno.test("a front that is split off ends inside a vector, at one's end, and at the end of several", () => {
  eachLayout((layout) => {
    for (
      const [sectors, idx, done] of [
        [1, 0, 512],
        [8, 1, 0],
        [9, 1, 512],
        [16, 2, 0],
        [17, 2, 512],
      ] as const
    ) {
      const { bioOf, splitFront, iterOf } = frontRig({ layout });
      const bio = bioOf([[0x1000, 4096], [0x5000, 4096], [0x9000, 4096]], {
        sector: 100,
      });
      const front = splitFront(bio, sectors);
      const bytes = sectors * 512;
      assertEquals(iterOf(front), { sector: 100, bytes, idx: 0, done: 0 });
      assertEquals(iterOf(bio), {
        ...{ sector: 100 + sectors, bytes: 12288 - bytes },
        ...{ idx, done },
      });
    }
  });
});

Deno.test("what is left behind a front begins behind 2^32 sectors, too", () => {
  for (const sector of [2 ** 32 - 9, 2 ** 32 - 8, 2 ** 33 - 1]) {
    const { bioOf, splitFront, iterOf } = frontRig();
    const bio = bioOf([[0x1000, 8192]], { sector });
    assertEquals(iterOf(splitFront(bio, 8)).sector, sector);
    assertEquals(iterOf(bio).sector, sector + 8);
  }
});

Deno.test("a discard has no vectors that a front could end in", () => {
  for (
    const [opf, idx] of [
      [REQ_OP.write, 1],
      [REQ_OP.discard, 0],
      [REQ_OP.writeZeroes, 0],
    ] as const
  ) {
    const { bioOf, splitFront, iterOf } = frontRig();
    const bio = bioOf([[0x1000, 4096], [0x5000, 4096]], { opf });
    splitFront(bio, 8);
    assertEquals(iterOf(bio), { sector: 8, bytes: 4096, idx, done: 0 });
  }
});
