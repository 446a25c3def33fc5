import { assertEquals, assertThrows } from "@std/assert";
import { findAbi } from "../../../layouts/abi.ts";
import type { CellPlan } from "../../../bench/run/cell_plan.ts";
import { finishedCells, resumeWarnings } from "../../../bench/run/resume.ts";
import { runLab } from "../../../bench/run/run_lab.ts";
import type { LabResult, ResultCell } from "../../../bench/result/result.ts";
import { fixedCell, fixedResult } from "../report/fixed_result.ts";
import "../spare_audits.ts";

const PLAN: CellPlan = {
  workload: "rand4k-hot",
  abi: findAbi("lp64"),
  recognition: "page",
  engine: "js",
  contenders: [],
  leftOut: [],
};

/** An unfinished result whose one cell is that of the plan. */
function unfinished(change: Partial<ResultCell> = {}): LabResult {
  const cell = fixedCell({ ...change });
  const { placement: _, ...withoutPlacement } = cell;
  return {
    ...fixedResult(),
    config: { kernel: "7.2", depth: 32 },
    complete: false,
    cells: [withoutPlacement],
  };
}

Deno.test("finishedCells() gives the cell of the same plan and no other", () => {
  const result = unfinished();
  const cellOf = finishedCells({ result, name: "a.json" }, result);
  assertEquals(cellOf(PLAN), result.cells[0]);
  assertEquals(cellOf({ ...PLAN, workload: "seq128k" }), undefined);
  assertEquals(cellOf({ ...PLAN, recognition: "segment" }), undefined);
  assertEquals(cellOf({ ...PLAN, abi: findAbi("ilp32") }), undefined);
});

Deno.test("finishedCells() leaves out a cell whose timing was interrupted", () => {
  const result = unfinished({ complete: false });
  assertEquals(
    finishedCells({ result, name: "a.json" }, result)(PLAN),
    undefined,
  );
});

Deno.test("finishedCells() refuses another run and names the key", () => {
  const result = unfinished();
  const refuses = (now: LabResult, key: string) =>
    assertThrows(
      () => finishedCells({ result, name: "a.json" }, now),
      RangeError,
      `Cannot resume "a.json": ${key}`,
    );
  refuses(
    { ...result, config: { kernel: "7.2", depth: 8 } },
    "--depth is 32 in it and 8 now, expected the same run",
  );
  refuses(
    { ...result, config: { ...result.config, submitter: "registered" } },
    '--submitter is not given in it and "registered" now',
  );
  refuses({ ...result, seed: 2 }, "seed is 1 in it and 2 now");
  refuses(
    { ...result, tool: { name: "bvec-lab", version: "9.9.9" } },
    "tool.version is ",
  );
  refuses(
    { ...result, environment: { ...result.environment, commit: "0123" } },
    "environment.commit is ",
  );
  refuses(
    { ...result, environment: { ...result.environment, cpuModel: "other" } },
    "environment.cpuModel is ",
  );
});

Deno.test("finishedCells() takes no notice of where the output went", () => {
  const result = unfinished();
  const now = { ...result, config: { ...result.config, command: "other" } };
  assertEquals(
    finishedCells({ result, name: "a.json" }, now)(PLAN),
    result.cells[0],
  );
});

Deno.test("resumeWarnings() warns only if a cell was kept", () => {
  assertEquals(resumeWarnings(0), []);
  assertEquals(resumeWarnings(2).map(({ code }) => code), ["resumed"]);
});

Deno.test("runLab() resumed after each cell gives what a whole run gives", async () => {
  const options = {
    layouts: ["page_offset"],
    workloads: ["randrw4k", "seq128k"],
    cpu: "none",
    rounds: 0,
  } as const;
  const whole = await runLab(options);
  assertEquals([whole.failure, whole.result.complete], [undefined, true]);

  const abort = new AbortController();
  const states: (boolean | undefined)[] = [];
  const cut = await runLab(options, {
    signal: abort.signal,
    onCell: (_cell, soFar) => {
      states.push(soFar.complete);
      abort.abort(new Error("stopped by the test"));
    },
  });
  assertEquals(cut.failure?.message, "stopped by the test");
  assertEquals(states, [false]);
  assertEquals([cut.result.complete, cut.result.cells.length], [false, 1]);

  const seen: string[] = [];
  const resumed = await runLab(options, {
    // As a file gives it back.
    resume: { result: JSON.parse(JSON.stringify(cut.result)), name: "cut" },
    onCell: ({ workload }) => void seen.push(workload),
    onProgress: ({ workload }) => {
      if (workload === "randrw4k") throw new Error("it was run again");
    },
  });
  assertEquals(resumed.failure, undefined);
  assertEquals(seen, ["randrw4k", "seq128k"]);
  assertEquals(resumed.result.complete, true);
  assertEquals(
    JSON.stringify(resumed.result.cells),
    JSON.stringify(whole.result.cells),
  );
});

Deno.test("runLab() ends with what a failing onCell threw, and keeps the cell", async () => {
  const { result, failure } = await runLab({
    layouts: ["page_offset"],
    workloads: ["randrw4k", "seq128k"],
    cpu: "none",
    rounds: 0,
  }, {
    onCell: () => Promise.reject(new Error("disk full")),
  });
  assertEquals(failure?.message, "disk full");
  assertEquals(result.cells.length, 1);
});
