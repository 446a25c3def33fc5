import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { BatchBuilder, type IoBatch } from "../../../sim/workload/batch.ts";
import { openIoSource } from "../../../sim/workload/open_io_source.ts";
import { iologText } from "../../../sim/workload/write_iolog.ts";
import { traceRows } from "./trace_rows.ts";

/** Writes rows of [op, offset, length, time] and gives the text. */
async function written(
  rows: readonly (readonly [number, number, number, number])[],
  hasTimes = true,
) {
  const batches = function* (): Generator<IoBatch> {
    const builder = new BatchBuilder();
    for (const row of rows) {
      builder.add(...row);
      if (!builder.isFull) continue;
      yield builder;
      builder.clear();
    }
    if (builder.count > 0) yield builder;
  };
  let text = "";
  for await (const part of iologText(batches(), { hasTimes })) text += part;
  return text;
}

Deno.test("iologText() writes every operation with fio's word", async () => {
  assertEquals(
    await written([
      [0, 1048576, 4096, 41_999],
      [1, 8192, 131072, 57_000],
      [2, 0, 0, 57_000],
      [3, 4194304, 65536, 60_000],
    ]),
    `fio version 3 iolog
41 bvec-lab add
41 bvec-lab open
41 bvec-lab read 1048576 4096
57 bvec-lab write 8192 131072
57 bvec-lab sync 0 0
60 bvec-lab trim 4194304 65536
60 bvec-lab close
`,
  );
});

Deno.test("iologText() cuts what the lab cuts: reads at 8 MiB, discards at 1 GiB", async () => {
  const { rows } = await traceRows(
    await written([
      [0, 512, 2 ** 23 + 512, 0],
      [3, 0, 2 ** 31, 0],
    ]),
  );
  assertEquals(rows, [
    [0, 512, 2 ** 23, 0],
    [0, 512 + 2 ** 23, 512, 0],
    [3, 0, 2 ** 30, 0],
    [3, 2 ** 30, 2 ** 30, 0],
  ]);
});

Deno.test("iologText() never lets time go back, and makes one where there is none", async () => {
  const rows = [[0, 0, 512, 9000], [0, 512, 512, 3000], [0, 0, 512, 9999]];
  const times = async (hasTimes: boolean) =>
    (await traceRows(
      await written(
        rows as unknown as [number, number, number, number][],
        hasTimes,
      ),
    )).rows.map((row) => row[3]);
  assertEquals(await times(true), [9000, 9000, 9000]);
  assertEquals(await times(false), [0, 1000, 2000]);
});

Deno.test("iologText() names a file for each device, so that none look adjacent", async () => {
  // The third device of a trace begins at 2 * 64 TiB; the second one must be
  // added before it, or a reader would take the third for the second.
  const text = await written([[0, 0, 512, 0], [1, 2 * 2 ** 46 + 512, 512, 0]]);
  assertEquals(text.split("\n").slice(3, 9), [
    "0 bvec-lab read 0 512",
    "0 bvec-lab.1 add",
    "0 bvec-lab.1 open",
    "0 bvec-lab.2 add",
    "0 bvec-lab.2 open",
    "0 bvec-lab.2 write 512 512",
  ]);
});

Deno.test("iologText() is read back as it was, whatever the I/Os", async () => {
  const sectors = (most: number) =>
    fc.integer({ min: 1, max: most }).map((n) => n * 512);
  const io = fc.oneof(
    fc.tuple(
      fc.constantFrom(0, 1, 3),
      sectors(2 ** 30),
      sectors(2 ** 14),
      fc.nat(),
    ),
    fc.tuple(fc.constant(2), fc.constant(0), fc.constant(0), fc.nat()),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(io, { minLength: 1 }), async (given) => {
      let now = 0;
      const rows = given.map(([op, offset, length, wait]) => {
        now += wait * 1000;
        return [op, offset, length, now] as [number, number, number, number];
      });
      assertEquals((await traceRows(await written(rows))).rows, rows);
    }),
    { numRuns: 100 },
  );
});

Deno.test("iologText() hands a long workload on in parts", async () => {
  const { batches } = await openIoSource("4k-hot", { seed: 1, ios: 50_000 });
  let parts = 0;
  let longest = 0;
  for await (const part of iologText(batches, { hasTimes: false })) {
    parts++;
    longest = Math.max(longest, part.length);
  }
  // 4096 I/Os a batch: 13 batches and the closing line, each within 256 KiB
  // and a line.
  assertEquals(parts, 14);
  assertEquals(longest < 2 ** 18 + 64, true);
});

Deno.test("iologText() is read back as it was, with a hundred devices", async () => {
  const rows = Array.from({ length: 100 }, (_, device) => {
    const base = device < 64
      ? device * 2 ** 46
      : 2 ** 52 + (device - 64) * 2 ** 41;
    return [1, base + 512, 4096, 1000] as [number, number, number, number];
  });
  assertEquals((await traceRows(await written(rows))).rows, rows);
  // An offset where no device of the trace can be is one of the first device.
  const far = [[0, 2 ** 52 + 2 ** 51, 512, 0]] as [
    number,
    number,
    number,
    number,
  ][];
  assertEquals((await traceRows(await written(far))).rows, far);
});
