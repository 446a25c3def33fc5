/** What a layout changes in a real kernel, beside the path in C. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { comparePatchedKernels } from "../../../bench/patched/compare_kernels.ts";
import {
  KERNEL_LAYOUTS,
  withKernelLayouts,
} from "../../../bench/patched/kernel_layouts.ts";
import { REASON_FROM_POINTS } from "../../../bench/patched/reasons.ts";
import { readKernels } from "../../../bench/patched/recorded_kernels.ts";
import {
  isWithin,
  patchedResultSchema,
} from "../../../bench/patched/result.ts";
import { patchedLines } from "../../../bench/patched/text.ts";
import committed from "../../../bench/results/patched_kernels.json" with {
  type: "json",
};
import { counterOrTell, tell } from "../native/count/counted_paths.ts";
import { findAbi } from "../../../layouts/abi.ts";

const KERNELS =
  new URL("../../data/patched/kernels.json", import.meta.url).pathname;
const RECORDED = await readKernels(KERNELS);
const COMMITTED = patchedResultSchema.parse(committed);

Deno.test("every change of the path in C is within 4 points of the kernel's, with its sign", () => {
  const counted = COMMITTED.rows.filter(({ within }) => within !== null);
  // 9 workloads that can be compared, 5 kernels beside the unpatched one.
  assertEquals(counted.length, 45);
  for (const row of counted) {
    assert(row.within, `${row.workload} ${row.kernel}`);
  }
});

Deno.test("the committed comparison is of the recorded kernels", () => {
  assertEquals(
    COMMITTED.rows.map(({ workload, kernel, kernelInstructions }) => [
      ...[workload, kernel, kernelInstructions],
    ]),
    RECORDED.flatMap(({ workload, coreInstructions }) =>
      [...coreInstructions].filter(([kernel]) => kernel !== "base")
        .map(([kernel, instructions]) => [workload, kernel, instructions])
    ),
  );
  for (const { kernel, layout, recognition } of COMMITTED.rows) {
    const of = KERNEL_LAYOUTS[kernel];
    assertEquals([layout, recognition], [of?.layout.name, of?.recognition]);
  }
});

Deno.test("each difference of a point and more has its reason", () => {
  for (const { workload, kernel, reason, ...row } of COMMITTED.rows) {
    const isFar = row.labChange === null ||
      Math.abs(row.labChange - row.kernelChange) >= REASON_FROM_POINTS;
    assertEquals(reason !== undefined, isFar, `${workload} ${kernel}`);
  }
});

Deno.test("the committed comparison is counted again", async () => {
  const counter = await counterOrTell({
    choice: "valgrind",
    abi: findAbi("lp64"),
  });
  const [build] = counter?.variants ?? [];
  if (`${build?.compiler}, ${build?.title}` !== COMMITTED.build) {
    tell("the comparison with patched kernels is of another compiler");
    return;
  }
  // Two of its workloads: registered buffers and P2P memory.
  const some = RECORDED.filter(({ workload }) => /^(c3|f2)_/.test(workload));
  assertEquals(some.length, 2);
  const again = await comparePatchedKernels(some, { choice: "valgrind" });
  for (const { workload, kernel, labInstructions } of again.rows) {
    const row = COMMITTED.rows.find((one) =>
      one.workload === workload && one.kernel === kernel
    );
    assertAlmostEquals(
      labInstructions ?? NaN,
      row?.labInstructions ?? NaN,
      // valgrind counts those around what it counts, too.
      1,
      `${workload} ${kernel}`,
    );
  }
});

Deno.test("isWithin() wants the sign of what is above 2 %, and 4 points", () => {
  assert(isWithin(3.2, 0.1));
  assert(!isWithin(3.2, -0.1));
  assert(isWithin(1.9, -0.1));
  assert(isWithin(13.5, 9.5));
  assert(!isWithin(13.5, 9.4));
  assert(!isWithin(-4.7, 0));
});

Deno.test("an unknown kernel has a row that says so", async () => {
  const counter = await counterOrTell({
    choice: "valgrind",
    abi: findAbi("lp64"),
  });
  if (counter === undefined) return;
  const result = await comparePatchedKernels([{
    workload: "a_4k_uring_fixed",
    coreInstructions: new Map([["base", 1806], ["C", 1809], ["E", 1900]]),
  }], { choice: "valgrind", layouts: withKernelLayouts("C=phys_len") });
  const [known, unknown] = result.rows;
  assertEquals(known?.layout, "phys_len");
  assert(known?.within);
  assertEquals(unknown?.labChange, null);
  assertEquals(
    unknown?.reason,
    'the lab does not know the layout of kernel "E"',
  );
  assert(patchedLines(result).every((line) => line.length <= 80));
});

Deno.test("the table fits 80 columns and names each reason once", () => {
  const lines = patchedLines(COMMITTED);
  assert(lines.every((line) => line.length <= 80));
  const reasons = new Set(COMMITTED.rows.flatMap(({ reason }) => reason ?? []));
  assertEquals(
    lines.filter((line) => /^[a-z]: /.test(line)).length,
    reasons.size,
  );
});
