import { assertAlmostEquals, assertEquals } from "@std/assert";
import { agreementOf, kendallTau } from "../../../bench/result/agreement.ts";
import type { ResultCell } from "../../../bench/result/result.ts";
import type { Verdict } from "../../../bench/result/timing_types.ts";
import { fixedCell, fixedLayout } from "../report/fixed_result.ts";

const NONE = "no difference shown";

function cell(
  engine: string,
  layouts: Record<string, [ratio: number, verdict: Verdict]>,
): ResultCell {
  return fixedCell({
    engine,
    layouts: [
      fixedLayout(),
      ...Object.entries(layouts).map(([name, [median, verdict]]) =>
        fixedLayout({
          name,
          verdict,
          ratio: { median, low: median, high: median },
        })
      ),
    ],
  });
}

Deno.test("kendallTau() agrees with hand-counted pairs", () => {
  // Of 6 pairs 5 are in order and 1 is not: (5 - 1) / 6.
  assertAlmostEquals(
    kendallTau([[1, 1], [2, 3], [3, 2], [4, 4]]) ?? 0,
    4 / 6,
    1e-12,
  );
  assertEquals(kendallTau([[1, 2], [2, 1]]), -1);
  // One tie on the left: 2 / sqrt(2 x 3).
  assertAlmostEquals(
    kendallTau([[1, 1], [1, 2], [2, 3]]) ?? 0,
    2 / Math.sqrt(6),
    1e-12,
  );
});

Deno.test("kendallTau() is null where there is no order", () => {
  assertEquals(kendallTau([]), null);
  assertEquals(kendallTau([[1, 2]]), null);
  assertEquals(kendallTau([[1, 1], [1, 2]]), null);
});

Deno.test("agreementOf() says that engines agree", () => {
  const one = cell("js", { a: [0.9, "faster"], b: [1.2, "slower"] });
  const other = cell("native", { a: [0.8, "faster"], b: [1.1, "slower"] });

  assertEquals(agreementOf(one, other), {
    tau: 1,
    opposed: [],
    oneSided: [],
    words: "js and native both find a faster; both find b slower; Kendall's " +
      "tau of their ratios is 1.00, over 2 layouts",
  });
});

Deno.test("agreementOf() names the layouts on which engines part", () => {
  const one = cell("js", { a: [0.9, "faster"], b: [1.2, "slower"] });
  const opposed = cell("native", { a: [1.1, "slower"], b: [1, NONE] });
  const silent = cell("native", { a: [1, NONE], b: [1.1, "slower"] });

  assertEquals(agreementOf(one, opposed).opposed, ["a"]);
  assertEquals(agreementOf(one, opposed).oneSided, ["b"]);
  assertEquals(
    agreementOf(one, opposed).words,
    "js and native contradict each other on a: do not quote these without " +
      "saying which engine; only one of them shows a difference for b; " +
      "Kendall's tau of their ratios is -1.00, over 2 layouts",
  );
  assertEquals(agreementOf(one, silent).oneSided, ["a"]);
  assertEquals(agreementOf(one, silent).opposed, []);
  assertEquals(
    agreementOf(one, silent).words,
    "js and native do not contradict each other, but only one of them shows " +
      "a difference for a; both find b slower; Kendall's tau of their ratios " +
      "is 1.00, over 2 layouts",
  );
});

Deno.test("agreementOf() says what was computed, and no more", () => {
  const one = cell("js", { a: [0.99, NONE], b: [1.01, NONE] });
  const other = cell("native", { a: [1.02, NONE], b: [0.98, NONE] });

  assertEquals(
    agreementOf(one, other).words,
    "js and native both show no difference for any layout; Kendall's tau of " +
      "their ratios is -1.00, over 2 layouts",
  );
  // One layout has a sign and no rank, and this one has no sign either.
  const [shown, silent] = ["js", "native"].map((engine) =>
    cell(engine, { a: [0.9, NONE] })
  ) as [ResultCell, ResultCell];
  assertEquals(agreementOf(shown, silent).tau, null);
  assertEquals(
    agreementOf(shown, silent).words,
    "js and native both show no difference for any layout; no order of " +
      "ratios to compare",
  );
  // A tau of 0 is said as that.
  const mixed = agreementOf(
    cell("js", { a: [0.8, "faster"], b: [0.9, NONE], c: [1, NONE] }),
    cell("native", { a: [0.8, "faster"], b: [1, NONE], c: [0.7, NONE] }),
  );
  assertEquals(
    mixed.words,
    "js and native both find a faster; both show no difference for 2 layouts; " +
      "Kendall's tau of their ratios is -0.33, over 3 layouts",
  );
  assertEquals(
    agreementOf(cell("js", {}), cell("native", {})).words,
    "js and native: no layout but the baseline was timed in both",
  );
});
