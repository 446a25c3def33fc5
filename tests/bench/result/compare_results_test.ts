import {
  assertAlmostEquals,
  assertEquals,
  assertStringIncludes,
} from "@std/assert";
import { compareResults } from "../../../bench/result/compare_results.ts";
import { ratioOf } from "../../../bench/result/interval_ratio.ts";
import { measuredKeys } from "../../../bench/result/to_result.ts";
import { summarise } from "../../../bench/result/summarise.ts";
import { renderComparison } from "../../../bench/report/comparison_text.ts";
import type { Interval } from "../../../bench/result/timing_types.ts";
import type { LabResult, ResultLayout } from "../../../bench/result/result.ts";
import { fixedCell, fixedLayout, fixedResult } from "../report/fixed_result.ts";
import { simulatedSamples } from "../statistics/simulated_samples.ts";

function withLayouts(...layouts: ResultLayout[]): LabResult {
  return fixedResult({ cells: [fixedCell({ layouts })] });
}

/** A result of three identical layouts on a machine of a given speed. */
function simulated(seed: number, slowdown: number): LabResult {
  const samples = simulatedSamples({
    effects: [0, 0, 0, 0].map((x, i) => i === 3 ? x + slowdown : x),
    builds: 5,
    rounds: 9,
    luck: 0.01,
    noise: 0.01,
    seed,
  });
  const summary = summarise(samples, {
    baseline: "c0",
    control: "c1",
    seed,
    resamples: 200,
    permutations: 100,
  });
  return fixedResult({
    cells: [fixedCell({
      builds: summary.builds,
      noiseFloor: summary.noiseFloor,
      layouts: summary.contenders.map((contender) =>
        fixedLayout({
          name: contender.contender,
          ...measuredKeys(contender, { samples }),
        })
      ),
    })],
  });
}

Deno.test("ratioOf() adds the distances of logarithms as squares", () => {
  // Ends at factors e^0.03 and e^0.04 give e^0.05.
  const at = (median: number, spread: number) => ({
    median,
    low: median * Math.exp(-spread),
    high: median * Math.exp(spread),
  });
  const ratio = ratioOf(at(200, 0.03), at(100, 0.04));

  assertAlmostEquals(ratio.median, 2, 1e-12);
  assertAlmostEquals(Math.log((ratio.high ?? 0) / 2), 0.05, 1e-12);
  assertAlmostEquals(Math.log((ratio.low ?? 0) / 2), -0.05, 1e-12);
  // A single measurement has no distance to add.
  const single = { median: 100, low: null, high: null };
  for (const pair of [[at(200, 0.03), single], [single, at(50, 0.03)]]) {
    const [after, before] = pair as [Interval, Interval];
    const { median, low, high } = ratioOf(after, before);
    assertAlmostEquals(median, 2, 1e-12);
    assertEquals([low, high], [null, null]);
  }
});

Deno.test("compareResults() calls no regression what was measured once", () => {
  const at = (median: number, end: number | null) =>
    withLayouts(fixedLayout({ nsPerIo: { median, low: end, high: end } }));
  // The second as older labs wrote it: an interval of no width.
  for (const ends of [[null, null], [100, 900]] as const) {
    const comparison = compareResults(at(100, ends[0]), at(900, ends[1]), {
      threshold: 0,
    });
    assertEquals(comparison.regressions, 0);
    const [layout] = comparison.cells[0]?.layouts ?? [];
    assertEquals(layout?.verdict, "no difference shown");
    assertStringIncludes(
      renderComparison("a and b", comparison),
      "page_offset        100       900  9.000       -  not shown",
    );
  }
});

Deno.test("compareResults() of a result with itself changes nothing", () => {
  const { regressions, exactChanges, cells } = compareResults(
    fixedResult(),
    fixedResult(),
    { threshold: 0 },
  );

  assertEquals([regressions, exactChanges], [0, 0]);
  assertEquals(cells[0]?.layouts.map(({ verdict }) => verdict), [
    "no difference shown",
    "no difference shown",
    "no difference shown",
  ]);
});

Deno.test("compareResults() finds 15 % and not the noise of 60 reruns", () => {
  // Machines whose speed wanders by 5 % between rounds; two runs are not
  // paired, so the wandering does not cancel as it does within a run.
  const before = simulated(1000, 0);
  let alarms = 0;
  let found = 0;
  for (let seed = 0; seed < 60; seed++) {
    const options = { threshold: 0.02 };
    const same = compareResults(before, simulated(seed, 0), options);
    const slower = compareResults(
      before,
      simulated(seed, Math.log(1.15)),
      options,
    );
    if (same.regressions > 0) alarms++;
    if (slower.cells[0]?.layouts[3]?.verdict === "slower") found++;
  }

  assertEquals(alarms <= 3, true, String(alarms)); // 5 % of 60
  assertEquals(found >= 54, true, String(found));
});

Deno.test("compareResults() asks more of one among many layouts", () => {
  // 3 % slower with ends 2 % away: clear of 1 alone, and not clear as the
  // largest of 20, where t(4) at 0.125 % is twice t(4) at 2.5 %.
  const layouts = (count: number, factor: number) =>
    withLayouts(...Array.from({ length: count }, (_, i) => {
      const median = i === 0 ? 100 * factor : 100;
      return fixedLayout({
        name: `l${i}`,
        nsPerIo: { median, low: median / 1.0142, high: median * 1.0142 },
      });
    }));
  const verdict = (count: number) =>
    compareResults(layouts(count, 1), layouts(count, 1.03), { threshold: 0 })
      .cells[0]?.layouts[0]?.verdict;

  assertEquals(verdict(1), "slower");
  assertEquals(verdict(20), "no difference shown");
});

Deno.test("compareResults() lets pass what identical code differed by in either run", () => {
  const of = (ns: number, difference: number) =>
    fixedResult({
      cells: [fixedCell({
        builds: 20,
        noiseFloor: {
          ratio: { median: 1, low: 0.9, high: 1.1 },
          difference,
        },
        layouts: [fixedLayout({
          nsPerIo: { median: ns, low: 0.999 * ns, high: 1.001 * ns },
        })],
      })],
    });
  const regressions = (before: number, after: number) =>
    compareResults(of(100, before), of(120, after), { threshold: 0.05 })
      .regressions;
  assertEquals(regressions(0.01, 0.01), 1); // 20 % slower
  assertEquals(regressions(0.3, 0.01), 0);
  assertEquals(regressions(0.01, 0.3), 0);
});

Deno.test("compareResults() lets pass what the threshold lets pass", () => {
  const at = (median: number) =>
    withLayouts(fixedLayout({
      nsPerIo: { median, low: median * 0.999, high: median * 1.001 },
    }));
  const verdict = (threshold: number, median: number) =>
    compareResults(at(100), at(median), { threshold }).cells[0]?.layouts[0]
      ?.verdict;

  assertEquals(verdict(0.1, 105), "no difference shown");
  assertEquals(verdict(0.01, 105), "slower");
  assertEquals(verdict(0.01, 95), "faster");
});

Deno.test("compareResults() compares counts, digests and footprints exactly", () => {
  const layout = fixedLayout({ footprint: { stageLinesPerIo: { bio: 2 } } });
  const changed = fixedLayout({
    footprint: { stageLinesPerIo: { bio: 3 } },
    bytesPerSegment: 12,
    counts: {
      ...layout.counts,
      segmentsPerIo: 32.000001,
      addedByNewerLab: 1,
    },
  });
  const after = fixedResult({
    cells: [fixedCell({ digest: "0", layouts: [changed] })],
  });
  const { exactChanges, cells } = compareResults(withLayouts(layout), after, {
    threshold: 1,
  });

  assertEquals(exactChanges, 4);
  assertEquals(cells[0]?.exactChanges.map(({ key }) => key), [
    "digest",
    "page_offset.counts.segmentsPerIo",
    "page_offset.bytesPerSegment",
    "page_offset.footprint.stageLinesPerIo.bio",
  ]);
});

Deno.test("compareResults() says null of what was not timed", () => {
  const untimed = withLayouts(fixedLayout({ nsPerIo: null }));
  const { cells, regressions } = compareResults(untimed, fixedResult(), {
    threshold: 0,
  });

  assertEquals(cells[0]?.layouts[0]?.ratio, null);
  assertEquals(cells[0]?.layouts[0]?.verdict, null);
  assertEquals(regressions, 0);
});
