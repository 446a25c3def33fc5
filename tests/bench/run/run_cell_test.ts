import { assertEquals } from "@std/assert";
import { findAbi } from "../../../layouts/abi.ts";
import { findLayout } from "../../../layouts/registry.ts";
import { AuditLanes } from "../../../bench/run/audit_pool.ts";
import { cellMachine } from "../../../bench/run/cell_machine.ts";
import {
  isolateBytes,
  type IsolateRoom,
  NO_LIMIT,
} from "../../../bench/run/isolate_room.ts";
import { Isolates } from "../../../bench/run/isolates.ts";
import { completeOptions } from "../../../bench/run/options.ts";
import type { CellPlan } from "../../../bench/run/cell_plan.ts";
import { runCell } from "../../../bench/run/run_cell.ts";
import { RunCounter } from "../../../bench/run/run_counter.ts";

const PLAN: CellPlan = {
  workload: "4k-hot",
  abi: findAbi("lp64"),
  recognition: "page",
  engine: "js",
  contenders: ["page_offset", "phys_len"].map((name) => ({
    layout: findLayout(name),
    recognition: "page",
  })),
  leftOut: [],
};

async function isolatesOf(
  isKept: boolean,
  room: IsolateRoom = NO_LIMIT,
): Promise<[number, number]> {
  const run = completeOptions({
    workloads: ["4k-hot"],
    ...{ ios: 100, builds: 2, rounds: 1, cpu: "none" },
  });
  const isolates = new Isolates({
    module: new URL("./answering_worker.ts", import.meta.url),
  });
  try {
    const cell = await runCell(PLAN, {
      run,
      isolates,
      auditLanes: new AuditLanes(),
      room,
      isKept,
      cell: cellMachine(PLAN, run),
      budgetNs: 1e9,
      clock: () => performance.now() * 1e6,
      counter: await RunCounter.start({ run, abis: [] }),
    });
    assertEquals([cell.builds, cell.rounds], [2, 1]);
    return [isolates.most, isolates.size];
  } finally {
    await isolates.stop();
  }
}

Deno.test("runCell() has one build alive where there is no room, and ends what it made", async () => {
  // Two layouts, the control, and two that carry out no path.
  const memoryBytes = 5 * isolateBytes("timed", {
        ...{ poolBytes: 0, depth: 32, isNative: false },
      }) + (96 << 20);
  assertEquals(
    await isolatesOf(false, { memoryBytes, isolates: Infinity }),
    [5, 0],
  );
});

Deno.test("runCell() has those of the next build beside it that a CPU has time for", async () => {
  const cpus = navigator.hardwareConcurrency;
  const ahead = 3 % cpus === 0 ? 0 : Math.min(3, cpus - 3 % cpus);
  assertEquals(await isolatesOf(false), [5 + ahead, 0]);
});

Deno.test("runCell() keeps all of them for a cell that needs the same", async () => {
  // Three of each build, two without a path, and those that counted.
  const counting = Math.min(2, navigator.hardwareConcurrency);
  assertEquals(await isolatesOf(true), [8 + counting, 8 + counting]);
});
