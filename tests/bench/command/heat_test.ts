import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { lab } from "../lab_in_process.ts";

Deno.test("lab heat draws the lines of a structure in 80 columns", async () => {
  for (const structure of ["bio", "request", "page", "nvme_iod"]) {
    const { status, out } = await lab([
      ...["heat", "--structure", structure, "--ios", "20"],
    ]);
    assertEquals(status, 0);
    assertStringIncludes(out, `${structure} of page_offset, randrw4k, lp64`);
    assert(out.split("\n").every((line) => line.length <= 80), out);
    assert(/^byte +\+0 +\+8 .* line/m.test(out), out);
  }
});

Deno.test("lab heat --json counts words, lines and stages alike", async () => {
  const { status, out } = await lab([
    ...["heat", "--workload", "seq128k", "--structure", "bio_vec"],
    ...["--layout", "phys_packed", "--ios", "10", "--json", "-"],
  ]);
  assertEquals(status, 0);
  const heat = JSON.parse(out);
  assertEquals([heat.schemaVersion, heat.ios], [1, 10]);
  // 32 segments of 12 bytes: 384 bytes, 48 words, 6 lines, all of them used.
  const offsets = (cells: { offsetBytes: number }[]) =>
    cells.map(({ offsetBytes }) => offsetBytes);
  assertEquals(
    offsets(heat.words),
    Array.from({ length: 48 }, (_, i) => i * 8),
  );
  assertEquals(offsets(heat.lines), [0, 64, 128, 192, 256, 320]);
  for (const { accessesPerIo, stages } of [...heat.words, ...heat.lines]) {
    const sum = Object.values<number>(stages).reduce((a, b) => a + b, 0);
    assertEquals(sum.toFixed(6), accessesPerIo.toFixed(6));
  }
});

Deno.test("lab heat says which structures there are", async () => {
  const { status, err } = await lab(["heat", "--structure", "inode"]);
  assertEquals(status, 2);
  assertStringIncludes(err, 'Cannot find structure "inode"');
  assertStringIncludes(err, "bio_vec");
});

Deno.test("lab heat refuses a layout that cannot hold the workload", async () => {
  const { status, err } = await lab([
    ...["heat", "--layout", "rlist_8", "--placement", "unaligned"],
  ]);
  assertEquals(status, 2);
  assertStringIncludes(err, 'Cannot use layout "rlist_8" here:');
});
