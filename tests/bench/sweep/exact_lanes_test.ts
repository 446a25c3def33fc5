import { assertEquals } from "@std/assert";
import { keepSpareWorkers } from "../../../bench/contender/spare_workers.ts";
import { inLanes } from "../../../bench/sweep/exact_lanes.ts";
import type { GroupAnswer } from "../../../bench/sweep/group_worker.ts";
import { groupCells } from "../../../bench/sweep/jobs.ts";
import { expanded } from "./plan_rig.ts";

Deno.test("an isolate that another sweep has had shares nothing of it", async () => {
  const { cells } = await expanded({
    axes: { layout: ["phys_packed"], cpu: ["none", "zen4"] },
    ...{ workload: "4k-hot", ios: 2, rounds: 0 },
  });
  const swept = async () => {
    const answers: GroupAnswer[] = [];
    await inLanes(groupCells(cells), {
      lanes: 1,
      signal: new AbortController().signal,
      onStart: () => {},
      onGroup: (_, found) => {
        answers.push(found);
        return Promise.resolve();
      },
    });
    return answers;
  };
  const before = keepSpareWorkers(1);
  try {
    const first = await swept();
    assertEquals(first.length, 1);
    // With what it has read and traced for the first, it would tell of more.
    assertEquals(await swept(), first);
  } finally {
    keepSpareWorkers(0);
    keepSpareWorkers(before);
  }
});
