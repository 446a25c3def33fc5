import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { randomStream } from "../../../sim/random/random_stream.ts";
import {
  fixedSize,
  type JobSizes,
  leastBytes,
  mostBytes,
  sizeDraw,
} from "../../../sim/workload/job_sizes.ts";

const SPLIT: fc.Arbitrary<JobSizes> = fc.array(
  fc.record({
    bytes: fc.integer({ min: 1, max: 5000 }),
    percent: fc.integer({ min: 0, max: 50 }),
  }),
  { minLength: 1, maxLength: 5 },
).map((parts) => ({ kind: "split", parts }));

const RANGE: fc.Arbitrary<JobSizes> = fc.tuple(
  fc.integer({ min: 1, max: 3000 }),
  fc.integer({ min: 0, max: 3000 }),
).map(([least, more]) => ({
  kind: "range",
  leastBytes: least,
  mostBytes: least + more,
}));

Deno.test("sizeDraw() of fio gives what fits, or nothing, and always ends", () => {
  fc.assert(fc.property(
    fc.oneof(SPLIT, RANGE),
    fc.integer({ min: 0, max: 6000 }),
    fc.boolean(),
    (sizes, room, isUnaligned) => {
      const draw = sizeDraw(sizes, {
        fit: "fitted",
        isUnaligned,
        random: randomStream(1, "sizes"),
      });
      const least = leastBytes(sizes);
      const most = mostBytes(sizes);
      for (let i = 0; i < 20; i++) {
        const bytes = draw(room);
        if (least === most) assertEquals(bytes, least);
        else if (bytes > 0) {
          assert(bytes <= room && bytes <= most, `${bytes}`);
          assert(isUnaligned || bytes % least === 0 || bytes === most);
        } else if (sizes.kind === "range") assert(room < least);
      }
    },
  ));
});

Deno.test("sizeDraw() of fio reaches both ends of a range", () => {
  const drawn = (isUnaligned: boolean) => {
    const draw = sizeDraw({ kind: "range", leastBytes: 512, mostBytes: 3000 }, {
      fit: "fitted",
      isUnaligned,
      random: randomStream(1, "sizes"),
    });
    return new Set(Array.from({ length: 2000 }, () => draw(10_000)));
  };
  // 512 plus up to 3000, cut to a multiple of 512 and to 3000.
  assertEquals(
    [...drawn(false)].sort((a, b) => a - b),
    [512, 1024, 1536, 2048, 2560, 3000],
  );
  assert(drawn(true).size > 700);
});

Deno.test("sizeDraw() of one size does not look at the room", () => {
  const draw = sizeDraw(fixedSize(4096), {
    fit: "fitted",
    isUnaligned: false,
    random: randomStream(1, "sizes"),
  });
  assertEquals([draw(0), draw(9999)], [4096, 4096]);
});

Deno.test("sizeDraw() of fio ends where only a cut of a size would fit", () => {
  // 1000 is cut to 512, but only as the largest share; 512 has none.
  const sizes: JobSizes = {
    kind: "split",
    parts: [
      { bytes: 512, percent: 0 },
      { bytes: 1000, percent: 10 },
      { bytes: 4096, percent: 90 },
    ],
  };
  const draw = sizeDraw(sizes, {
    fit: "fitted",
    isUnaligned: false,
    random: randomStream(1, "sizes"),
  });
  assertEquals([draw(600), draw(1000), draw(9000) > 0], [0, 512, true]);
});

Deno.test("sizeDraw() of fio gives a share that does not fit to the next", () => {
  // Sorted by share: 10 % do not fit, and are those of 2048, which has 40 %.
  const draw = sizeDraw({
    kind: "split",
    parts: [
      { bytes: 1024, percent: 60 },
      { bytes: 2048, percent: 30 },
      { bytes: 65536, percent: 10 },
    ],
  }, { fit: "fitted", isUnaligned: false, random: randomStream(1, "sizes") });
  const drawn = Array.from({ length: 10_000 }, () => draw(4096));
  const share = drawn.filter((bytes) => bytes === 2048).length / 10_000;
  assert(Math.abs(share - 0.4) < 0.02, `${share}`); // sigma 0.005
});
