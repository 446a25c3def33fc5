import { assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { shardCells } from "../../../bench/sweep/jobs.ts";
import { expanded, SMALL } from "./plan_rig.ts";

const ids = async (plan: object) =>
  (await expanded(plan)).cells.map(({ id }) => id);

Deno.test("cells have one order and one id, however the file orders its axes", async () => {
  const { axes, ...others } = SMALL;
  const plan = await expanded(SMALL);
  // 2 ABIs x 2 workloads x 2 CPUs, without P2P memory on 32 bits.
  assertEquals(plan.cells.length, 6);
  assertEquals(plan.leftOut.length, 2);
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray(Object.entries(axes), { minLength: 4 }),
      async (shuffled) => {
        const other = await expanded({
          ...others,
          axes: Object.fromEntries(shuffled),
        });
        assertEquals(other.cells, plan.cells);
        assertEquals(other.digest, plan.digest);
      },
    ),
    { numRuns: 8 },
  );
});

Deno.test("an id is made from the setup alone", async () => {
  // Written down: a change of it loses every folder of a sweep.
  assertEquals(
    await ids({ axes: { workload: ["4k-hot"] }, ios: 8, rounds: 0 }),
    await ids({
      axes: { workload: ["4k-hot", "128k-scattered"], seed: [1, 2] },
      rounds: 0,
      ios: 8,
      include: [{ workload: "4k-hot", seed: 1 }],
    }),
  );
  const [one] = await ids({ workload: "4k-hot", ios: 8 });
  const [other] = await ids({ workload: "4k-hot", ios: 9 });
  assertEquals(one?.slice(0, 21), "4k-hot-lp64-page-7.2-");
  assertEquals(one === other, false);
  // Where memory is short changes no figure.
  assertEquals(await ids({ workload: "4k-hot", ios: 8, memory: "2G" }), [one]);
  // How it would be timed changes nothing where nothing is.
  const timing = { budget: 90, builds: 7, width: 1, time: ["4k-hot"] };
  for (const [name, value] of Object.entries(timing)) {
    const cell = { workload: "4k-hot", ios: 8 };
    const exact = { ...cell, rounds: 0 };
    assertEquals(await ids({ ...exact, [name]: value }), await ids(exact));
    if (name === "time") continue;
    assertEquals((await ids({ ...cell, [name]: value }))[0] === one, false);
  }
});

Deno.test("include keeps and exclude drops; what goes without saying is matched", async () => {
  const count = async (rules: object) =>
    (await expanded({ ...SMALL, ...rules })).cells.length;
  assertEquals(await count({ exclude: [{ cpu: "zen4" }] }), 3);
  assertEquals(await count({ exclude: [{ kernel: "6.1" }] }), 6);
  assertEquals(await count({ include: [{ kernel: "7.2", abi: "lp64" }] }), 4);
  assertEquals(
    await count({ include: [{ workload: ["4k-hot", "1m-p2p"] }] }),
    6,
  );
  await assertRejects(
    () => count({ exclude: [{ abi: ["lp64", "ilp32_pae"] }] }),
    RangeError,
    "found no cell that can be run (include and exclude drop all 8)",
  );
});

Deno.test("a cell that contradicts itself is left out with the reason", async () => {
  const { cells, leftOut } = await expanded({
    axes: {
      workload: ["4k-hot"],
      api: ["pread", "io_uring"],
      depth: [1, 4],
    },
    ios: 8,
  });
  assertEquals(cells.map(({ axes }) => [axes["api"], axes["depth"]]), [
    ["pread", "1"],
    ["io_uring", "1"],
    ["io_uring", "4"],
  ]);
  assertEquals(leftOut, [{
    axes: { workload: "4k-hot", ios: "8", api: "pread", depth: "4" },
    reason: "Cannot use --api pread with --depth 4: found a system call that " +
      "waits for its I/O, expected --depth 1, or --api aio or io_uring",
  }]);
});

Deno.test("two sub-plans with one cell have it once", async () => {
  const plan = await expanded({
    workload: "4k-hot",
    ios: 8,
    plans: [{ abi: "lp64" }, { axes: { abi: ["ilp32", "lp64"] } }],
  });
  assertEquals([plan.cells.length, plan.repeated], [2, 1]);
});

Deno.test("shards are disjoint and complete, whatever their number", async () => {
  const { cells } = await expanded(SMALL);
  for (let count = 1; count <= 9; count++) {
    const all = Array.from(
      { length: count },
      (_, at) => shardCells(cells, { index: at + 1, count }),
    ).flat().map(({ id }) => id);
    assertEquals(all.toSorted(), cells.map(({ id }) => id).toSorted());
  }
});
