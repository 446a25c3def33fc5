import { assertEquals, assertThrows } from "@std/assert";
import { ALLOCATOR_FLAG } from "../../../sim/trace/access_batch.ts";
import { HeatMap } from "../../../sim/trace/heat_map.ts";

const OPTIONS = {
  regions: [
    { structure: "bio", offset: 4096, sizeBytes: 512, strideBytes: 256 },
  ],
  parts: [{ of: "bio", offset: 136, structure: "bio_vec" }],
  stages: ["submit", "map"],
};

Deno.test("HeatMap adds up all objects, on both sides of a border", () => {
  const heat = new HeatMap({ ...OPTIONS, structure: "bio" });
  heat.add(4096 + 60, 8, true, 0); // bytes 60..67
  heat.add(4096 + 256 + 64, 4, false, 1); // the second bio
  heat.add(4096 + 136, 8, true, 0); // its vectors
  heat.add(4096, 8, true, ALLOCATOR_FLAG);
  assertEquals(heat.cells(64), [
    { offsetBytes: 0, accesses: 1, writes: 1, stages: { submit: 1 } },
    { offsetBytes: 64, accesses: 2, writes: 1, stages: { submit: 1, map: 1 } },
  ]);
  assertEquals(
    heat.cells(8).map(({ offsetBytes, accesses }) => [offsetBytes, accesses]),
    [[56, 1], [64, 2]],
  );
});

Deno.test("HeatMap counts a part from its own beginning", () => {
  const heat = new HeatMap({ ...OPTIONS, structure: "bio_vec" });
  heat.add(4096 + 136 + 12, 8, false, 1); // bytes 12..19
  assertEquals(
    heat.cells(8).map(({ offsetBytes }) => offsetBytes),
    [8, 16],
  );
});

Deno.test("new HeatMap() names the structures that there are", () => {
  assertThrows(
    () => new HeatMap({ ...OPTIONS, structure: "inode" }),
    RangeError,
    'Cannot find structure "inode", expected one of: bio, bio_vec',
  );
});
