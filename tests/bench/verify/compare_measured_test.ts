import { assertEquals } from "@std/assert";
import { compareMeasured } from "../../../bench/verify/compare_measured.ts";
import type { Interval } from "../../../bench/result/timing_types.ts";
import type { LabResult } from "../../../bench/result/result.ts";
import { fixedCell, fixedLayout, fixedResult } from "../report/fixed_result.ts";

/** A result of the baseline and of a layout with this ratio. */
function resultOf(
  ratio: Interval | null,
  change: Parameters<typeof fixedCell>[0] = {},
): LabResult {
  const layouts = [fixedLayout(), fixedLayout({ name: "phyr", ratio })];
  return fixedResult({ cells: [fixedCell({ layouts, ...change })] });
}

const faster: Interval = { median: 0.9, low: 0.85, high: 0.95 };

Deno.test("compareMeasured() takes ratios whose intervals meet for the same", () => {
  for (
    const [low, high, isApart] of [
      [0.8, 0.84, true],
      [0.8, 0.85, false], // they meet in one point
      [0.95, 1.1, false],
      [0.951, 1.1, true],
      [0.88, 0.89, false], // one within the other
      [0.5, 2, false],
    ] as const
  ) {
    const found = compareMeasured(
      resultOf(faster),
      resultOf({ median: (low + high) / 2, low, high }),
    );
    assertEquals(found.compared, 1);
    assertEquals(found.unequal.length, isApart ? 1 : 0, `${low}-${high}`);
  }
  const { unequal: [apart] } = compareMeasured(
    resultOf(faster),
    resultOf({ median: 1.1, low: 1.05, high: 1.2 }),
  );
  assertEquals(apart, {
    figure: "rand4k-hot, lp64, page, js: phyr",
    claimed: "0.850-0.950",
    counted: "1.050-1.200",
  });
});

Deno.test("compareMeasured() compares nothing without an interval on both sides", () => {
  const open = { median: 2, low: null, high: null };
  const far = { median: 2, low: 1.9, high: 2.1 };
  for (
    const [claimed, measured] of [
      [resultOf(open), resultOf(far)],
      [resultOf(far), resultOf(open)],
      [resultOf(null), resultOf(far)],
      [resultOf(faster), resultOf(far, { engine: "native" })],
      [resultOf(faster), resultOf(far, { abi: "ilp32" })],
      [resultOf(faster), resultOf(far, { recognition: "range" })],
      [resultOf(faster), resultOf(far, { workload: "other" })],
      // The baseline beside itself says nothing.
      [
        resultOf(faster, { baseline: "phyr" }),
        resultOf(far, { baseline: "phyr" }),
      ],
    ] as const
  ) {
    const { compared, unequal } = compareMeasured(claimed, measured);
    // That of page_offset stands where phyr is the baseline.
    const isOther = claimed.cells[0]?.baseline === "phyr";
    assertEquals([compared, unequal], [isOther ? 1 : 0, []]);
  }
});
