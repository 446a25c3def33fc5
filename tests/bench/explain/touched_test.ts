import { assertEquals } from "@std/assert";
import { Touched } from "../../../bench/explain/touched.ts";

Deno.test("Touched counts bytes and lines by stage and structure", () => {
  const touched = new Touched(["submit", "map"]);
  touched.place(
    [{ structure: "bio", offset: 4096, sizeBytes: 512, strideBytes: 256 }],
    [{ of: "bio", offset: 136, structure: "bio_vec" }],
  );
  touched.sink(4096, 8, true, 0);
  touched.sink(4096, 4, false, 0); // the same bytes again
  // Inline vectors of the second bio: byte 136 + 52 = 188 begins 4 bytes
  // before a border of lines, so that 8 bytes lie in two of them.
  touched.sink(4096 + 256 + 188, 8, false, 1);
  touched.inAllocator = true;
  touched.sink(4096, 8, true, 1);
  touched.inAllocator = false;
  touched.sink(0, 4, false, 1); // no structure's
  const row = (
    stage: string,
    structure: string,
    [lines, bytes, reads, writes]: [number, number, number, number],
  ) => ({ stage, structure, lines, bytes, reads, writes });
  assertEquals(touched.touches, [
    row("submit", "bio", [1, 8, 1, 1]),
    row("map", "bio_vec", [2, 8, 1, 0]),
    row("map", "slab freelist", [1, 8, 0, 1]),
    row("map", "other", [1, 4, 1, 0]),
  ]);
  assertEquals(touched.lines, {
    "bio": 1,
    "bio_vec": 2,
    "slab freelist": 1,
    "other": 1,
  });
});
