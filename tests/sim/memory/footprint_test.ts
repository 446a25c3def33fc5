import { assertEquals } from "@std/assert";
import { Footprint } from "../../../sim/memory/footprint.ts";

const STAGES = ["submit", "map"];

function footprint(): Footprint {
  return new Footprint({
    regions: [
      { structure: "bio", offset: 4096, sizeBytes: 512, strideBytes: 256 },
      { structure: "page", offset: 8192, sizeBytes: 4096, strideBytes: 64 },
    ],
    parts: [{ of: "bio", offset: 128, structure: "bio_vec" }],
    stages: STAGES,
  });
}

Deno.test("Footprint counts a byte and a line once an I/O", () => {
  const count = footprint();
  for (let io = 0; io < 300; io++) { // more than the 255 epochs
    count.sink(4096, 8, true, 0);
    count.sink(4096, 8, false, 1);
    count.sink(4100, 8, false, 1); // 4 bytes more, the same line
    count.endIo();
  }
  assertEquals(count.ios, 300);
  assertEquals(Object.fromEntries(count.structures), {
    bio: {
      accesses: 900,
      writes: 300,
      straddles: 0,
      bytes: 300 * 12,
      lines: 300,
    },
  });
  assertEquals(Object.fromEntries(count.stages), { submit: 300, map: 300 });
});

Deno.test("Footprint counts an access that straddles for both lines", () => {
  const count = footprint();
  count.sink(8192 + 60, 8, false, 0);
  count.endIo();
  assertEquals(count.structures.get("page"), {
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
  const accesses = [...count.structures].map((
    [name, { accesses }],
  ) => [name, accesses]);
  assertEquals(Object.fromEntries(accesses), { other: 1, bio: 2, bio_vec: 2 });
});

Deno.test("Footprint.overrideWith() leaves the bytes to their structure", () => {
  const count = footprint();
  count.overrideWith("slab freelist");
  count.sink(4096, 8, false, 0);
  count.overrideWith(undefined);
  count.sink(4096, 8, true, 0);
  count.endIo();
  assertEquals(count.structures.get("bio")?.bytes, 8);
  assertEquals(count.structures.get("slab freelist")?.bytes, 8);
});
