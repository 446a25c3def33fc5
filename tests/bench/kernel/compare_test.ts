/** What differs between results of two kernels, and how sure that is. */
import { assertEquals, assertThrows } from "@std/assert";
import { differenceOfAll, spread } from "../../../bench/kernel/difference.ts";
import type { KernelResult } from "../../../bench/kernel/result.ts";
import { comparisonOf, nine, result } from "./compared_results.ts";

Deno.test("spread() leaves out the I/Os that a tick of the clock hit", () => {
  assertEquals(spread(nine(2459, 2504)), 0);
  // 9 values, 2 cut at either end: four high ones reach the middle.
  assertEquals(spread(nine(2459, 2504, 2504, 2504, 2504)), 45);
  assertEquals(spread([]), 0);
});

Deno.test("a difference is sure only if the middle I/Os have nothing in common", () => {
  const verdict = (base: number[], patched: number[], control?: number[]) =>
    differenceOfAll("x", { base, patched, control }).verdict;
  // Of nine the two least and the two largest do not count.
  const ticked = nine(100, 145, 145, 145);
  assertEquals(verdict(nine(100), nine(101)), "exact");
  assertEquals(verdict(nine(100), nine(100)), "same");
  // Medians 100 and 152 are 52 apart, spreads are 45, but 145 is in both.
  const late = [107, 107, 107, 145, 152, 152, 152, 152, 152];
  assertEquals(verdict(ticked, late), "within noise");
  assertEquals(verdict(ticked, nine(152, 197, 197, 197)), "beyond noise");
  // What the base does in another boot counts as well.
  assertEquals(
    verdict(nine(100), nine(152), nine(140, 160, 160, 160)),
    "within noise",
  );
  assertEquals(verdict([], []), "same");
});

Deno.test("compareKernels() calls a difference without noise exact", () => {
  const { workloads } = comparisonOf(
    result("base", { core: nine(2459, 2504), bvecLines: 8, walk: 100 }),
    result("patched", { core: nine(2481), bvecLines: 6, walk: 122 }),
  );
  const [one] = workloads;
  assertEquals(one?.figures.core, {
    name: "core instructions",
    base: 2459,
    patched: 2481,
    noise: 0,
    verdict: "exact",
  });
  assertEquals(
    one?.lines.map(({ name, base, patched }) => [name, base, patched]),
    [
      ["bio_vec", 8, 6],
    ],
  );
  assertEquals(one?.functions.map(({ name }) => name), ["blk_map_iter_next"]);
});

Deno.test("compareKernels() takes a control's difference for noise", () => {
  const base = result("base", { core: nine(2459), bvecLines: 8, walk: 100 });
  const patched = result("p", { core: nine(2470), bvecLines: 8, walk: 100 });
  const verdict = (control: number) =>
    comparisonOf(
      base,
      patched,
      result("c", { core: nine(control), bvecLines: 8, walk: 100 }),
    ).workloads[0]?.figures.core.verdict;
  assertEquals(verdict(2459), "exact");
  assertEquals(verdict(2448), "within noise");
  assertEquals(verdict(2455), "beyond noise");
});

Deno.test("compareKernels() takes gcc's clones for one function", () => {
  const core = nine(2459);
  const [one] = comparisonOf(
    result("base", { core, bvecLines: 8, walk: 100, suffix: ".isra.0" }),
    result("patched", { core, bvecLines: 8, walk: 122, suffix: ".part.1" }),
  ).workloads;
  assertEquals(
    one?.functions.map(({ name, base, patched }) => [name, base, patched]),
    [["blk_map_iter_next", 100, 122]],
  );
});

Deno.test("compareKernels() warns of what makes results unlike", () => {
  const base = result("base", { core: nine(1), bvecLines: 1, walk: 1 });
  const warnings = (patched: Partial<KernelResult>) =>
    comparisonOf(base, { ...base, version: "#2", ...patched }, base).warnings;
  assertEquals(warnings({}), []);
  for (
    const [patched, warning] of [
      [{ controller: "sgl" }, "controllers differ: prp; sgl"],
      [{ warmup: 7 }, "I/Os before the nine differ: 40; 7"],
      [{ qemu: "9.2.0: qemu" }, "versions of QEMU differ: 7.2.0; 9.2.0"],
      [
        { qemu: "7.2.0: qemu -kernel b -initrd i -append x" },
        "QEMU's arguments differ: qemu; qemu -initrd i -append x",
      ],
      [{ version: "#1" }, "both results are of one build (6.1.0 #1)"],
    ] as const
  ) assertEquals(warnings(patched), [warning]);
  const other = { ...base, version: "#3" };
  assertEquals(comparisonOf(base, { ...base, version: "#2" }, other).warnings, [
    "the control is another build than the base (6.1.0 #3): its noise is not " +
    "the base's",
  ]);
});

Deno.test("compareKernels() refuses results without a common workload", () => {
  const base = result("base", { core: nine(1), bvecLines: 1, walk: 1 });
  assertThrows(
    () => comparisonOf(base, { ...base, workloads: {} }),
    RangeError,
    "one has w, the other none, expected a workload in both",
  );
});
