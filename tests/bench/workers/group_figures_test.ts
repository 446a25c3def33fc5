/** Which isolates the groups of a cell are made of. */
import { assertEquals } from "@std/assert";
import { keepSpareWorkers } from "../../../bench/contender/spare_workers.ts";
import { groupFigures } from "../../../bench/workers/group_figures.ts";
import { defaultMemoryMap } from "../../../sim/memory/memory_map.ts";
import { openWorkload } from "../../../sim/workload/workload.ts";
import { setupOf } from "../contender_rig.ts";

const map = defaultMemoryMap(true);
const IOS = 32;

/** Names of the modules of all workers that are made while something is done. */
async function modulesOf(work: () => Promise<unknown>): Promise<string[]> {
  const made: string[] = [];
  const { Worker } = globalThis;
  globalThis.Worker = class extends Worker {
    constructor(module: string | URL, options?: WorkerOptions) {
      super(module, options);
      made.push(new URL(module).pathname.split("/").at(-1) ?? "");
    }
  };
  try {
    await work();
  } finally {
    globalThis.Worker = Worker;
  }
  return made;
}

Deno.test("groupFigures() checks with isolates that have checked, and observes with new ones", async () => {
  const workload = await openWorkload("4k-hot", {
    ...{ seed: 1, memoryMap: map, ios: IOS },
  });
  const before = keepSpareWorkers(0);
  keepSpareWorkers(8);
  try {
    for await (const window of workload.windows({ ios: IOS, pieces: IOS })) {
      const made = await modulesOf(() =>
        groupFigures({
          setups: new Map(
            ["page_offset", "phys_len"].map((layout) => [
              layout,
              setupOf({
                ...{ layout, recognition: "page", batch: 1, map, depth: 4 },
              }),
            ]),
          ),
          ...{ workers: 2, devices: 0, poll: false, baseline: "page_offset" },
          window: { buffer: window.buffer, capacity: window.capacity },
          ...{ builds: 1, rounds: 0, budgetNs: 0, seed: 1, clock: () => 0 },
        })
      );
      // The first layout: one alone, another beside it for the check of two;
      // two new ones are observed; one traces shared lines. The second has all
      // but the two observed ones from the first.
      assertEquals(made, [
        ...["submitter_worker.ts", "submitter_worker.ts"],
        ...["submitter_worker.ts", "submitter_worker.ts"],
        "sharing_worker.ts",
        ...["submitter_worker.ts", "submitter_worker.ts"],
      ]);
      break;
    }
  } finally {
    keepSpareWorkers(0);
    keepSpareWorkers(before);
  }
});
