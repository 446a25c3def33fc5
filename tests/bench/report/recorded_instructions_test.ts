import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  kernelInstructionsNote,
  PATCHED_KERNELS,
} from "../../../bench/report/recorded_instructions.ts";
import patched from "../../../bench/results/patched_kernels.json" with {
  type: "json",
};
import recorded from "../../data/patched/kernels.json" with { type: "json" };

Deno.test("PATCHED_KERNELS counts every comparable change of four kernels", () => {
  const kernels = Object.keys(recorded.meaning.kernels)
    .filter((name) => name !== "base" && name !== "S0");
  assertEquals(kernels, ["A", "B", "Bf", "P"]);
  // Mixed memory is not comparable between kernels.
  const workloads = Object.keys(recorded.workloads)
    .filter((name) => !name.endsWith("p2pmix"));
  assertEquals(PATCHED_KERNELS.changes, kernels.length * workloads.length);
  // The largest distance of any, but for the kernel that is mainline's.
  const off = patched.rows.filter(({ kernel }) => kernel !== "S0")
    .flatMap(({ kernelChange, labChange }) =>
      labChange === null ? [] : [Math.abs(kernelChange - labChange)]
    );
  assertEquals(PATCHED_KERNELS.changes, off.length);
  assertEquals(PATCHED_KERNELS.mostPointsOff, off.toSorted((a, b) => b - a)[0]);
  assert(PATCHED_KERNELS.mostPointsOff <= 4);
});

Deno.test("kernelInstructionsNote() gives each with its sign", () => {
  assertStringIncludes(
    kernelInstructionsNote(),
    "-0.1%, +1.8%, -0.5% (pread) and -4.7%, -4.7%, -5.2% (registered)",
  );
});
