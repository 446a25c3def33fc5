import { assertEquals, assertRejects } from "@std/assert";
import { WrongAnswerError } from "../../../bench/shell/context.ts";
import type { Contender } from "../../../bench/contender/contender.ts";
import { runLab } from "../../../bench/run/run_lab.ts";
import { simulateCell } from "../../../bench/run/simulate_cell.ts";
import { parseDeviceModel } from "../../../sim/time/device_model.ts";
import { readFaultPlan } from "../../../sim/fault/plan_file.ts";
import { defaultMemoryMap } from "../../../sim/memory/memory_map.ts";
import { openWorkload } from "../../../sim/workload/workload.ts";
import "../spare_audits.ts";

/** A contender that ends all I/Os with 0, but for one. */
function pretender(
  recognition: string,
  wrong: { io: number; status: number } = { io: 0, status: 0 },
): Contender {
  return {
    setup: { recognition },
    ask: (request: { kind: string; statuses: SharedArrayBuffer }) => {
      if (request.kind === "simulate") {
        new Int16Array(request.statuses)[wrong.io] = wrong.status;
      }
      return Promise.resolve({ kind: request.kind });
    },
  } as unknown as Contender;
}

async function simulate(contenders: Record<string, Contender>) {
  const workload = await openWorkload("randrw-70-30-4k", {
    seed: 1,
    memoryMap: defaultMemoryMap(true),
    ios: 50,
  });
  return simulateCell(workload, {
    contenders: new Map(Object.entries(contenders)),
    setup: {},
    seed: 1,
    depth: 32,
  });
}

Deno.test("simulateCell() names the I/O that layouts ended differently", async () => {
  await assertRejects(
    () =>
      simulate({
        a: pretender("page"),
        b: pretender("page", { io: 17, status: 10 }),
      }),
    WrongAnswerError,
    'Cannot compare layouts "a" and "b": I/O 17 ended with OK and EIO, ' +
      "expected the same",
  );
});

Deno.test("simulateCell() compares only layouts that recognise alike", async () => {
  const { layouts, device, arrivals, plan } = await simulate({
    a: pretender("page"),
    b: pretender("segment", { io: 17, status: 10 }),
  });
  assertEquals(layouts.map(({ layout }) => layout), ["a", "b"]);
  assertEquals([device, arrivals, plan], ["null", "closed:32", null]);
});

Deno.test("runLab() simulates every layout with faults, and all end alike", async () => {
  const plan = readFaultPlan(
    `{"schemaVersion": 1, "name": "test", "seed": 7, "faults": [
      {"kind": "mapping", "every": 50},
      {"kind": "status", "every": 40, "status": "internal", "times": 6},
      {"kind": "timeout", "io": 10},
      {"kind": "completion", "io": 77, "how": "unknown_id"}
    ]}`,
    "plan.json",
  );
  const { result, failure } = await runLab({
    layouts: ["phys_packed", "phys_packed_aligned4"],
    workloads: ["randrw-70-30-4k"],
    ios: 400,
    rounds: 0,
    cpu: "none",
    simulation: { plan, model: parseDeviceModel("channels:8,det:80us") },
  });
  assertEquals(failure, undefined);
  const simulated = result.cells[0]?.simulated;
  assertEquals(simulated?.plan, "test");
  assertEquals(simulated?.device, "channels:8,det:80us");
  const [first, ...others] = simulated?.layouts ?? [];
  // 10 of 400 fail six times; of 4 KiB each.
  assertEquals(first?.statuses, { EIO: 10, OK: 390 });
  assertEquals(first?.leaks, 0);
  assertEquals(first?.verifiedBytes, 390 * 4096);
  assertEquals(first?.rules.map(({ injected }) => injected), [8, 10, 1, 1]);
  assertEquals(first?.latency?.percentilesNs["p99.9"], null);
  assertEquals(others.length, 2);
  for (const { layout: _layout, ...other } of others) {
    const { layout: _first, ...same } = first ?? { layout: "" };
    assertEquals(other, same);
  }
});
