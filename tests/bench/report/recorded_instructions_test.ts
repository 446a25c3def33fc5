import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  kernelInstructionsNote,
  RECORDED_INSTRUCTIONS,
} from "../../../bench/report/recorded_instructions.ts";
import recorded from "../../data/patched/core_instructions.json" with {
  type: "json",
};

/** How many percent more than unpatched, to a tenth. */
function percent(
  workload: keyof typeof recorded,
  kernel: "B" | "Bf" | "P",
): number {
  const { base, [kernel]: patched } = recorded[workload];
  return Math.round((patched / base - 1) * 1000) / 10;
}

Deno.test("RECORDED_INSTRUCTIONS are the percentages of what was counted", () => {
  for (
    const [own, workload] of [
      ["pread", "c_128k_pread_scattered"],
      ["registered", "c3_128k_uring_fixed_scattered"],
    ] as const
  ) {
    assertEquals(
      RECORDED_INSTRUCTIONS[own],
      {
        physFlagsByPage: percent(workload, "B"),
        physFlagsByFlag: percent(workload, "Bf"),
        packed: percent(workload, "P"),
      } as typeof RECORDED_INSTRUCTIONS[typeof own],
    );
  }
});

Deno.test("kernelInstructionsNote() gives each with its sign", () => {
  assertStringIncludes(
    kernelInstructionsNote(),
    "-0.1%, +1.8%, -0.5% (pread) and -4.7%, -4.7%, -5.2% (registered)",
  );
});
