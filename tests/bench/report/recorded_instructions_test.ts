import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  kernelInstructionsNote,
  PATCHED_KERNELS,
} from "../../../bench/report/recorded_instructions.ts";
import recorded from "../../data/patched/kernels.json" with { type: "json" };

Deno.test("PATCHED_KERNELS counts every comparable change of four kernels", () => {
  const kernels = Object.keys(recorded.meaning.kernels)
    .filter((name) => name !== "base" && name !== "S0");
  assertEquals(kernels, ["A", "B", "Bf", "P"]);
  // Mixed memory is not comparable between kernels.
  const workloads = Object.keys(recorded.workloads)
    .filter((name) => !name.endsWith("p2pmix"));
  assertEquals(PATCHED_KERNELS.changes, kernels.length * workloads.length);
  assert(PATCHED_KERNELS.mostPointsOff <= 4);
});

Deno.test("kernelInstructionsNote() gives each with its sign", () => {
  assertStringIncludes(
    kernelInstructionsNote(),
    "-0.1%, +1.8%, -0.5% (pread) and -4.7%, -4.7%, -5.2% (registered)",
  );
});
