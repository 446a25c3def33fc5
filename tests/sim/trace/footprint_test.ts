import { assertEquals, assertThrows } from "@std/assert";
import { createReferenceBatch } from "../../../sim/cache/reference.ts";
import {
  type AccessBatch,
  ALLOCATOR_FLAG,
} from "../../../sim/trace/access_batch.ts";
import { Footprint } from "../../../sim/trace/footprint.ts";

const STAGES = ["submit", "map"];

const OPTIONS = {
  regions: [
    { structure: "bio", offset: 4096, sizeBytes: 512, strideBytes: 256 },
    { structure: "page", offset: 8192, sizeBytes: 4096, strideBytes: 64 },
  ],
  parts: [{ of: "bio", offset: 128, structure: "bio_vec" }],
  stages: STAGES,
};

function footprint(): Footprint {
  return new Footprint(OPTIONS);
}

Deno.test("Footprint counts a byte and a line once an I/O", () => {
  const count = footprint();
  for (let io = 0; io < 300; io++) {
    count.sink(4096, 8, true, 0);
    count.sink(4096, 8, false, 1);
    count.sink(4100, 8, false, 1); // 4 bytes more, the same line
    count.endIo();
  }
  assertEquals(count.ios, 300);
  const { structures, stages, structuresInStages, total } = count.totals();
  const all = {
    accesses: 900,
    writes: 300,
    straddles: 0,
    bytes: 300 * 12,
    lines: 300,
  };
  assertEquals(structures, { bio: all });
  assertEquals(total, all);
  const submit = {
    accesses: 300,
    writes: 300,
    straddles: 0,
    bytes: 300 * 8,
    lines: 300,
  };
  const map = { ...all, accesses: 600, writes: 0 };
  assertEquals(stages, { submit, map });
  assertEquals(structuresInStages, [
    { structure: "bio", stage: "submit", ...submit },
    { structure: "bio", stage: "map", ...map },
  ]);
});

Deno.test("Footprint counts anew in each of very many groups", () => {
  const count = footprint();
  for (let io = 0; io < 70_000; io++) {
    count.sink(4096, 2, false, 0);
    count.endIo();
  }
  assertEquals(count.totals().total.bytes, 140_000);
});

Deno.test("Footprint counts a line of a group of I/Os once", () => {
  const count = new Footprint({ ...OPTIONS, groupIos: 4 });
  for (let io = 0; io < 8; io++) {
    count.sink(4096, 8, true, 0); // all of them
    count.sink(8192 + io * 64, 8, true, 0); // each its own
    count.endIo();
  }
  const { structures, total, groupIos } = count.totals();
  assertEquals(groupIos, 4);
  // Two groups: the shared line in each, and one line an I/O.
  assertEquals(structures.bio?.lines, 2);
  assertEquals(structures.page?.lines, 8);
  assertEquals(total.lines, 10);
});

Deno.test("Footprint.totals() leaves out a group that has not ended, and lets it go on", () => {
  const count = new Footprint({ ...OPTIONS, groupIos: 2 });
  const found = () => {
    const { total: { accesses, bytes, lines } } = count.totals();
    return [accesses, bytes, lines];
  };
  for (let io = 0; io < 4; io++) {
    assertEquals(found(), io < 2 ? [0, 0, 0] : [2, 8, 1]);
    count.sink(4096, 8, true, 0);
    count.endIo();
  }
  assertEquals(found(), [4, 16, 2]);
});

Deno.test("Footprint counts a line that two structures share once in all", () => {
  const count = footprint();
  count.sink(4096 + 120, 8, true, 0);
  count.sink(4096 + 128, 8, true, 0); // the inline vectors: the next line
  count.sink(4096 + 124, 8, true, 0); // begins in the bio, straddles
  count.endIo();
  const { structures, total } = count.totals();
  // An access is of the structure that it begins in, a byte of its own.
  assertEquals(structures.bio?.accesses, 2);
  assertEquals([structures.bio?.lines, structures.bio_vec?.lines], [1, 1]);
  assertEquals([structures.bio?.bytes, structures.bio_vec?.bytes], [8, 8]);
  assertEquals(total.lines, 2);
  assertEquals(total.bytes, 16);
});

Deno.test("Footprint counts an access that straddles for both lines", () => {
  const count = footprint();
  count.sink(8192 + 60, 8, false, 0);
  count.endIo();
  assertEquals(count.totals().structures.page, {
    accesses: 1,
    writes: 0,
    straddles: 1,
    bytes: 8,
    lines: 2,
  });
});

Deno.test("Footprint tells the inline vectors from the bio before them", () => {
  const count = footprint();
  count.sink(4096 + 127, 1, false, 0);
  count.sink(4096 + 128, 1, false, 0);
  count.sink(4096 + 256, 1, false, 0); // the next bio
  count.sink(4096 + 256 + 200, 1, false, 0); // its vectors
  count.sink(100, 1, false, 0); // no region
  count.endIo();
  const { structures } = count.totals();
  const accesses = Object.entries(structures).map((
    [name, { accesses }],
  ) => [name, accesses]);
  assertEquals(Object.fromEntries(accesses), { other: 1, bio: 2, bio_vec: 2 });
});

Deno.test("Footprint leaves the allocator's bytes to their structure", () => {
  const count = footprint();
  count.sink(4096, 8, false, ALLOCATOR_FLAG);
  count.sink(4096, 8, true, 0);
  count.endIo();
  const { structures, total } = count.totals();
  assertEquals(structures.bio?.bytes, 8);
  assertEquals(structures["slab freelist"]?.bytes, 8);
  assertEquals([total.bytes, total.lines], [8, 1]);
});

Deno.test("Footprint takes a batch as it takes single accesses", () => {
  const batch: AccessBatch = {
    ...createReferenceBatch(2),
    stage: new Uint8Array([0, 1]),
  };
  batch.addressLo.set([4096, 4100]);
  batch.sizeAndKind.set([8 << 2 | 1, 4 << 2]);
  batch.length = 2;
  const taken = footprint();
  taken.take(batch);
  taken.endIo();
  const single = footprint();
  single.sink(4096, 8, true, 0);
  single.sink(4100, 4, false, 1);
  single.endIo();
  assertEquals(taken.totals(), single.totals());
});

Deno.test("new Footprint() refuses a line that is no power of two", () => {
  assertThrows(
    () => new Footprint({ ...OPTIONS, lineBytes: 48 }),
    RangeError,
    "Cannot count lines of 48 bytes, expected a power of two",
  );
});
