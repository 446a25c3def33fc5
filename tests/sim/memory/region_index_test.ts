import { assertEquals } from "@std/assert";
import { RegionIndex } from "../../../sim/memory/region_index.ts";

const INDEX = new RegionIndex([
  { structure: "bio", offset: 4096, sizeBytes: 400, strideBytes: 200 },
  { structure: "ring", offset: 8192, sizeBytes: 256, strideBytes: 0 },
  { structure: "table", offset: 16384, sizeBytes: 64, strideBytes: 16 },
], [
  { of: "bio", offset: 136, structure: "bio_vec" },
  { of: "table", offset: 0, structure: "bio_vec" },
]);

function at(address: number): [string | undefined, number] {
  const structure = INDEX.structures[INDEX.find(address)];
  return [structure, INDEX.offsetInObject];
}

Deno.test("RegionIndex.find() gives structure and offset in its object", () => {
  assertEquals(at(4096), ["bio", 0]);
  assertEquals(at(4096 + 135), ["bio", 135]);
  assertEquals(at(4096 + 136), ["bio_vec", 0]);
  assertEquals(at(4096 + 200 + 150), ["bio_vec", 14]);
  assertEquals(at(8192 + 255), ["ring", 255]); // one object
  // The part that begins at 0 takes the whole object.
  assertEquals(at(16384 + 17), ["bio_vec", 1]);
});

Deno.test("RegionIndex.find() calls what lies in no region other", () => {
  for (const address of [0, 4095, 4096 + 400, 8191, 8192 + 256, 1 << 20]) {
    assertEquals(at(address), ["other", address]);
  }
  assertEquals(at(4096), ["bio", 0]);
  assertEquals(INDEX.endBytes, 16384 + 64);
});

Deno.test("RegionIndex.find() knows objects that differ in size", () => {
  // Objects of two lines, one line and three; 48 bytes of each are a header.
  const objectStarts = Uint8Array.of(1, 0, 1, 1, 0, 0);
  const index = new RegionIndex([
    {
      structure: "ubuf",
      offset: 4096,
      sizeBytes: 384,
      strideBytes: 0,
      objectStarts,
    },
  ], [{ of: "ubuf", offset: 48, structure: "bio_vec" }]);
  const find = (address: number) => [
    index.structures[index.find(address)],
    index.offsetInObject,
  ];
  assertEquals(find(4096 + 47), ["ubuf", 47]);
  assertEquals(find(4096 + 64), ["bio_vec", 16]);
  assertEquals(find(4096 + 128), ["ubuf", 0]);
  assertEquals(find(4096 + 383), ["bio_vec", 191 - 48]);
  // They begin elsewhere once others are made there.
  objectStarts.set([0, 1], 1);
  assertEquals(find(4096 + 64), ["bio_vec", 16]);
  assertEquals(find(4096 + 128), ["ubuf", 0]);
});
