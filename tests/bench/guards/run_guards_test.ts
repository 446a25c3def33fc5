/**
 * The guards of a run, each made to fire by a fault in one of its workers.
 */
import { assertEquals } from "@std/assert";
import { WrongAnswerError } from "../../../bench/shell/context.ts";
import type { LabRunOptions } from "../../../bench/run/options.ts";
import { runLab } from "../../../bench/run/run_lab.ts";
import { readFaultPlan } from "../../../sim/fault/plan_file.ts";
import { Contender } from "../../../bench/contender/contender.ts";
import { lab } from "../lab_in_process.ts";
import { faulty } from "./faulty_module.ts";
import { patched } from "./patched.ts";

/** Runs two layouts, one of them in workers with a fault; what ended the run. */
async function failureOf(
  fault: string,
  given: Partial<LabRunOptions> = {},
  where = "phys_packed",
): Promise<{ message: string; cells: number }> {
  const { result, failure } = await runLab({
    layouts: ["phys_packed"],
    workloads: ["128k-scattered"],
    recognitions: ["page"],
    ios: 8,
    rounds: 0,
    cpu: "none",
    ...given,
  }, { watch: { module: faulty(fault, where) } });
  assertEquals(failure?.name, new WrongAnswerError("").name, failure?.message);
  return { message: failure?.message ?? "", cells: result.cells.length };
}

Deno.test("runLab() finds layouts whose commands differ, and names the I/O", async () => {
  assertEquals(await failureOf("short requests"), {
    message: 'Cannot compare layouts "page_offset" and "phys_packed": their ' +
      "commands differ at I/O 0, expected equal ones",
    cells: 0,
  });
});

Deno.test("lab run ends with 1 where layouts differ", async () => {
  await patched(
    Contender,
    "start",
    (real) => (setup, options) =>
      real.call(Contender, setup, {
        ...options,
        module: faulty("short requests", "phys_packed"),
      }),
    async () => {
      const { status, err } = await lab([
        ...["run", "--rounds", "0", "--layout", "phys_packed", "--cpu", "none"],
        ...["--workload", "128k-scattered", "--ios", "8"],
        ...["--recognise", "page", "--quiet"],
      ]);
      assertEquals([status, err], [
        1,
        'lab: Cannot compare layouts "page_offset" and "phys_packed": their ' +
        "commands differ at I/O 0, expected equal ones\n",
      ]);
    },
  );
});

Deno.test("runLab() finds commands that differ although each I/O alone is right", async () => {
  assertEquals(await failureOf("short requests where audited"), {
    message: 'Cannot compare layouts "page_offset" and "phys_packed": their ' +
      "commands differ from I/O 0 on, expected equal ones",
    cells: 0,
  });
});

Deno.test("runLab() finds layouts that end I/Os differently where faults are planned", async () => {
  const plan = readFaultPlan(
    '{"schemaVersion": 1, "faults": [{"kind": "status", "every": 5, ' +
      '"status": "read_error", "retry": false}]}',
    "plan.json",
  );
  assertEquals(
    await failureOf("no faults planned", { simulation: { plan } }),
    {
      message:
        'Cannot compare layouts "page_offset" and "phys_packed": I/O 0 ' +
        "ended with ENODATA and OK, expected the same",
      cells: 0,
    },
  );
});

Deno.test("runLab() finds that the path in C builds other commands", async () => {
  // Both paths of that worker have the other limits, so that they agree.
  const { message, cells } = await failureOf("short requests in C", {
    engine: "both",
    layouts: ["page_offset"],
  }, "page_offset");
  assertEquals(
    [message.replaceAll(/[0-9a-f]{16}/g, "X"), cells],
    [
      'Cannot compare engines js and native of "128k-scattered": their ' +
      "commands differ (digests X and X), expected equal ones",
      1,
    ],
  );
});

Deno.test("runLab() finds that the DataView path builds others than C in a worker", async () => {
  const { message, cells } = await failureOf("other descriptors", {
    engine: "native",
    machine: { sgl: true, iommu: false, sglThresholdBytes: 4096 },
  });
  // CMD_SGL_METABUF in the command's flags: one has an SGL, one PRPs.
  assertEquals(
    [message.replace(/^layout "phys_packed" \(.*?\): /, ""), cells],
    [
      "Cannot trust engine native at I/O 0: byte 0 of its descriptors holds " +
      "0x4002, expected 0x2 as in the DataView path",
      0,
    ],
  );
});
