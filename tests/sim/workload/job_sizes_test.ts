import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { randomStream } from "../../../sim/random.ts";
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
