import { assertEquals, assertRejects } from "@std/assert";
import { WrongAnswerError } from "../../../bench/shell/context.ts";
import type { Contender } from "../../../bench/contender/contender.ts";
import {
  auditCell,
  type BuiltCommands,
} from "../../../bench/run/audit_cell.ts";
import { isolateBytes, MAIN_BYTES } from "../../../bench/run/isolate_room.ts";
import { runLab } from "../../../bench/run/run_lab.ts";
import { parseDeviceModel } from "../../../sim/time/device_model.ts";
import { defaultMemoryMap } from "../../../sim/memory/memory_map.ts";
import { openWorkload } from "../../../sim/workload/workload.ts";
import { setupOf } from "../contender_rig.ts";
import "../spare_audits.ts";

const ONE = isolateBytes("audit", {
  poolBytes: 64 << 20,
  depth: 32,
  isNative: false,
});

Deno.test("a cell audited layout by layout has the figures of one audited at once", async () => {
  const options = {
    layouts: ["phys_packed", "rlist_16"],
    workloads: ["randrw-70-30-4k"],
    ios: 300,
    rounds: 0,
    simulation: { model: parseDeviceModel("channels:8,det:80us") },
  };
  const stages: string[] = [];
  const whole = await runLab(options);
  const parts = await runLab({ ...options, memoryBytes: MAIN_BYTES + ONE }, {
    onProgress: (_cell, stage) => void stages.push(stage),
  });
  assertEquals([whole.failure, parts.failure], [undefined, undefined]);
  assertEquals(parts.result.cells, whole.result.cells);
  assertEquals(stages.filter((stage) => stage.startsWith("checked")), [
    "checked 300 I/Os, layout 1 of 3",
    "checked 300 I/Os, layout 2 of 3",
    "checked 300 I/Os, layout 3 of 3",
  ]);
});

/** A contender that builds commands of this digest. */
function builder(digest: string): Contender {
  return {
    setup: setupOf(),
    ask: ({ kind }: { kind: string }) =>
      Promise.resolve({
        kind,
        digest,
        counts: { ios: 1 },
        branches: {},
        prpEntries: 0,
        verifiedBytes: 0,
      }),
  } as unknown as Contender;
}

Deno.test("auditCell() holds a part against what the parts before it built", async () => {
  const built: BuiltCommands = new Map();
  const audit = async (name: string, digest: string) =>
    await auditCell(
      await openWorkload("randread-4k", {
        seed: 1,
        memoryMap: defaultMemoryMap(true),
        ios: 5,
      }),
      {
        contenders: new Map([[name, builder(digest)]]),
        traces: false,
        built,
      },
    );
  await audit("phys_packed", "1");
  await audit("phyr", "1");
  await assertRejects(
    () => audit("rlist_16", "2"),
    WrongAnswerError,
    'Cannot compare layouts "phys_packed" and "rlist_16": their commands ' +
      "differ from I/O 0 on, expected equal ones",
  );
});
