import { assert, assertEquals } from "@std/assert";
import { BatchBuilder } from "../../../sim/workload/batch.ts";
import {
  fixedSize,
  type IoJob,
  JOB_DEFAULTS,
  type JobSizes,
  runJobs,
} from "../../../sim/workload/io_job.ts";

function run(
  jobs: readonly (Partial<Omit<IoJob, "sizes">> & { size?: JobSizes })[],
  seed = 1,
): { rows: number[][]; builder: BatchBuilder } {
  const builder = new BatchBuilder();
  const whole = jobs.map(({ size, ...job }) => ({
    ...JOB_DEFAULTS,
    ...job,
    sizes: Array(3).fill(size ?? fixedSize(4096)) as [
      JobSizes,
      JobSizes,
      JobSizes,
    ],
  }));
  const rows: number[][] = [];
  for (const batch of runJobs(whole, { seed, rows: builder })) {
    for (let i = 0; i < batch.count; i++) {
      rows.push(
        [batch.op, batch.offsetBytes, batch.lengthBytes]
          .map((column) => column[i] ?? NaN),
      );
    }
  }
  return { rows, builder };
}

Deno.test("runJobs() reads in order, wraps, and ends after its bytes", () => {
  const { rows } = run([{
    sizeBytes: 10240, // two blocks and a half
    ioBytes: 5 * 4096,
    offsetBytes: 512,
  }]);
  assertEquals(rows.map((row) => row[1]), [512, 4608, 512, 4608, 512]);
});

Deno.test("runJobs() visits each block once in a random job", () => {
  const blocks = 10_000; // more than two batches
  const size = blocks * 4096;
  const { rows } = run([{
    pattern: "randwrite",
    sizeBytes: size,
    ioBytes: size,
  }]);
  assertEquals(new Set(rows.map((row) => row[1])).size, blocks);
  assert(rows.every(([op, at = -1]) => op === 1 && at % 4096 === 0));
});

Deno.test("runJobs() mixes as rwmixread says, each direction in order", () => {
  const { rows, builder } = run([{
    pattern: "rw",
    readPercent: 70,
    ios: 10_000,
    sizeBytes: 2 ** 30,
    ioBytes: 2 ** 40,
  }]);
  // Binomial, sigma 46.
  assert(Math.abs(builder.tally.reads - 7000) < 230, `${builder.tally.reads}`);
  for (const op of [0, 1]) {
    rows.filter((row) => row[0] === op).forEach((row, i) =>
      assertEquals(row[1], i * 4096)
    );
  }
});

Deno.test("runJobs() draws sizes by their shares and ranges by their unit", () => {
  const { rows } = run([{
    pattern: "randread",
    ios: 10_000,
    ioBytes: 2 ** 50,
    size: {
      kind: "split",
      parts: [{ bytes: 512, percent: 10 }, { bytes: 65536, percent: 90 }],
    },
  }]);
  const small = rows.filter((row) => row[2] === 512).length;
  assert(Math.abs(small - 1000) < 150, `${small}`); // sigma 30
  const ranged = run([{
    ios: 1000,
    size: { kind: "range", leastBytes: 1024, mostBytes: 4096 },
  }]).rows;
  assertEquals(
    [...new Set(ranged.map((row) => row[2]))].toSorted(),
    [1024, 2048, 3072, 4096],
  );
});

Deno.test("runJobs() trims a block, then writes it", () => {
  const { rows } = run([{ pattern: "randtrimwrite", ios: 6 }]);
  assertEquals(rows.map((row) => row[0]), [3, 1, 3, 1, 3, 1]);
  for (let i = 0; i < 6; i += 2) assertEquals(rows[i]?.[1], rows[i + 1]?.[1]);
});

Deno.test("runJobs() takes turns by batches, and waits where asked", () => {
  const at = (offsetBytes: number, more: Partial<IoJob>) => ({
    name: String(offsetBytes),
    offsetBytes,
    sizeBytes: 2 ** 20,
    ...more,
  });
  const { rows } = run([
    at(0, { ios: 4, batch: 2 }),
    at(2 ** 30, { ios: 2, batch: 1 }),
    at(2 ** 31, { ios: 1, waits: true }),
  ]);
  assertEquals(
    rows.map(([, offset = 0]) => Math.floor(offset / 2 ** 30)),
    [0, 0, 1, 0, 0, 1, 2],
  );
});

Deno.test("runJobs() starts a job when those that it waits for have ended", () => {
  const at = (name: string, more: Partial<IoJob>) => ({
    name,
    group: name.slice(0, 1),
    sizeBytes: 2 ** 20,
    ios: 2,
    ...more,
  });
  const order = (jobs: Parameters<typeof run>[0]) =>
    run(jobs.map((job, i) => ({ ...job, offsetBytes: i * 2 ** 30 }))).rows
      .map(([, offset = 0]) => Math.floor(offset / 2 ** 30)).join("");
  // b waits for both copies of a; c does not wait.
  assertEquals(
    order([
      at("a.0", {}),
      at("a.1", { ios: 3 }),
      at("b", { waitsFor: "a" }),
      at("c", { ios: 4 }),
    ]),
    // Turns 013, 013, 13, 3; then both of a have ended.
    "01301313322",
  );
  // A wall holds back what stands behind it, too.
  assertEquals(
    order([at("a", {}), at("b", { waits: true }), at("c", {})]),
    "001212",
  );
  assertEquals(order([at("b", { waitsFor: "nobody" })]), "00");
});

Deno.test("runJobs() flushes as fio's fsync does", () => {
  const { builder } = run([{
    pattern: "randrw",
    readPercent: 60,
    flushEvery: 32,
    ios: 2000,
    ioBytes: 2 ** 40,
  }]);
  // bench/data/mixedbs.iolog has 64 syncs by fio from the same options: 25
  // times 32 writes, and 1 + 0.6 / 0.4 flushes each on average.
  const { others } = builder.tally;
  assert(others > 40 && others < 90, `${others}`);
});

Deno.test("runJobs() depends on the seed, or on a job's own", () => {
  const job = { pattern: "randread", ios: 50 } as const;
  assertEquals(run([job], 1).rows, run([job], 1).rows);
  assert(String(run([job], 1).rows) !== String(run([job], 2).rows));
  const seeded = { ...job, seed: 42 };
  assertEquals(run([seeded], 1).rows, run([seeded], 2).rows);
});
