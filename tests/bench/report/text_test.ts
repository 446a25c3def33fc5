import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { renderCell, text } from "../../../bench/report/text.ts";
import type { LabResult } from "../../../bench/result/result.ts";
import {
  extremeLayout,
  fixedCell,
  fixedLayout,
  fixedResult,
} from "./fixed_result.ts";

const EXPECTED = `\
rand4k-hot: 4 KiB random reads over a hot pool
lp64, P2P detection page, engine js, kernel 7.2; 100000 I/Os (60000 reads, 40000
writes, 3 skipped), 391 MiB
placement: scattered 4 KiB pages

exact, per I/O   B/seg  bvec B  lines   bios  reqs  segs  PRPs
page_offset         16   512.5      8  1.031     1    32    33
phys_packed         12   384.5      6  1.031     1    32    33
soa(phys_flags)     16   512.5      8  1.031     1    32    33

measured         ns/IO       95% CI  kIOPS  ratio       95% CI  difference
page_offset        120  117.5-122.3   8333      1               baseline
phys_packed        110    108-111.5   9091  0.917  0.902-0.938  faster
soa(phys_flags)    121      118-123   8333  1.008  0.992-1.032  not shown

3 builds x 20 rounds per layout: with fewer than 5 an interval says little of
the next ones.
A ratio is the median of the ratios in each round, its interval a bootstrap over
builds, then rounds; it need not be the quotient of two times.
page_offset differed from itself by 0.40%.
Builds of one layout vary by 0.50% to 1.2%.
"not shown": a difference below 3.1% could not be seen.
len56_p2p left out: its flag needs a 64-bit type

warning (busy-machine): the load was 3.1 on 2 CPUs before the start; stop other
  work on the machine and run it again

bvec-lab 0.1.0, seed 1
Example CPU 9000, 8 CPUs, Deno 2.9.6

deno task lab run --layout page_offset,phys_packed --abi lp64 --workload \\
      rand4k-hot --recognise page --kernel 7.2 --rounds 20 --builds 3 --seed 1
`;

Deno.test("text.render() prints exact and measured figures apart", () => {
  assertEquals(text.render(fixedResult()), EXPECTED);
});

Deno.test("renderCell() stays in 80 columns for any name and number", () => {
  for (const value of [0.001, 0.999, 12345.678, 9_999_999, 1e7]) {
    const layouts = [fixedLayout(), extremeLayout(value)];
    const lines = renderCell(fixedCell({ layouts })).split("\n");

    assert(lines.every((line) => line.length <= 80), lines.join("\n"));
    // No column goes: the heads are those of the narrow case.
    assertEquals(lines.filter((line) => /kIOPS/.test(line)).length, 1);
    assertEquals(lines.filter((line) => /B\/seg .*PRPs/.test(line)).length, 1);
  }
});

Deno.test("renderCell() calls no two times of identical code the same", () => {
  const noiseFloor = {
    ratio: { median: 1, low: 0.9, high: 1.2 },
    difference: 0,
  };
  assert(
    renderCell(fixedCell({ noiseFloor }))
      .includes("page_offset differed from itself by <0.01%."),
  );
});

Deno.test("renderCell() leaves out what was not measured", () => {
  const layouts = [
    fixedLayout({ nsPerIo: null, ratio: null, verdict: null }),
  ];
  const rendered = renderCell(fixedCell({ layouts, noiseFloor: null }));

  assertEquals(rendered.includes("measured"), false);
  assertEquals(rendered.includes("exact"), true);
  assertEquals(/NaN|undefined|null/.test(rendered), false);
});

Deno.test("renderCell() names the setting and why entries were skipped", () => {
  const { ios } = fixedCell();
  const rendered = renderCell(fixedCell({
    setting: "device nvme_prp, depth 32, user memory",
    ios: { ...ios, skipped: 5780 },
    skippedByReason: { header: 1, "no data": 3000, Q: 2770, blank: 9, none: 0 },
  }));

  assertStringIncludes(
    rendered,
    "5780 skipped), 391 MiB; device nvme_prp, depth 32, user memory\n" +
      "5780 skipped: 3000 no data, 2770 Q, 9 blank, ...\n",
  );
  assertEquals(renderCell(fixedCell()).includes("skipped:"), false);
});

Deno.test("renderCell() says which I/Os are behind the exact table", () => {
  const traced = (tracedIos: number) =>
    renderCell(fixedCell({
      layouts: [fixedLayout({ footprint: { tracedIos } })],
    }));

  assertStringIncludes(
    traced(256),
    "33\nbvec B and lines: first 256 I/Os; the rest: all 100000 reads and " +
      "writes\n\n",
  );
  assertEquals(traced(100000).includes("bvec B and lines"), false);
});

Deno.test("renderCell() writes one I/O in the singular", () => {
  const ios = {
    total: 1,
    reads: 1,
    writes: 0,
    others: 0,
    bytes: 4096,
    skipped: 0,
  };

  assertStringIncludes(
    renderCell(fixedCell({ ios })),
    "1 I/O (1 read), 4 KiB\n",
  );
});

Deno.test("renderCell() claims no limit above 20 % of difference", () => {
  const shown = (detectable: number) =>
    renderCell(fixedCell({
      layouts: [fixedLayout(), fixedLayout({ name: "phyr", detectable })],
    }));

  assertStringIncludes(shown(0.2), "a difference below 20% could not be seen");
  assertStringIncludes(shown(1.3), '"not shown": the run is too noisy to tell');
  assertEquals(shown(1.3).includes("130%"), false);
});

Deno.test("renderCell() says why all ends of modelled cycles are equal", () => {
  const rendered = (high: number) =>
    renderCell(fixedCell({
      layouts: [fixedLayout({
        modelled: {
          cpu: "zen4",
          depth: 32,
          warmUpIos: 64,
          ...stretch(high),
          cold: stretch(high),
        },
      })],
    })).replaceAll("\n", " ");
  const stretch = (high: number) => ({
    ios: 32,
    referencesPerIo: 10,
    levels: [{
      name: "L1D",
      missesPerIo: 2,
      readMissesPerIo: 1,
      writeMissesPerIo: 1,
      writebacksPerIo: 0,
    }],
    stallCyclesPerIo: { cycles: 10, low: 10, high },
  });

  assertStringIncludes(rendered(12), "low, high: assumed latencies moved by");
  assertStringIncludes(
    rendered(10),
    "low and high equal them, no level that was hit has an assumed latency",
  );
});

Deno.test("text.render() says how much of an interrupted run there is", () => {
  const foot = (config: LabResult["config"]) =>
    text.render(fixedResult({ interrupted: true, config })).split("\n")
      .find((line) => line.startsWith("interrupted"));

  assertEquals(
    foot({
      abis: ["lp64", "llp64"],
      workloads: ["a", "b", "c"],
      recognitions: ["page"],
    }),
    "interrupted: 1 of 6 cells",
  );
  assertEquals(foot({}), "interrupted: 1 cell");
  assertEquals(text.render(fixedResult()).includes("interrupted"), false);
  // Ended while its only cell was timed: none is whole.
  const [cell] = fixedResult().cells;
  assert(cell !== undefined);
  const lists = { abis: ["lp64"], workloads: ["a"], recognitions: ["page"] };
  const cut = fixedResult({
    interrupted: true,
    complete: false,
    config: lists,
    cells: [{ ...cell, complete: false }],
  });
  assertEquals(
    text.render(cut).split("\n")
      .find((line) => line.startsWith("interrupted")),
    "interrupted: 0 of 1 cell, and 1 cell without all of its timings",
  );
  // Ended when all was done: nothing is missing.
  const late = fixedResult({
    interrupted: true,
    complete: true,
    config: lists,
  });
  assertEquals(text.render(late).includes("interrupted"), false);
});

Deno.test("text.render() says that a run was killed before its end", () => {
  const config = {
    abis: ["lp64"],
    workloads: ["a", "b"],
    recognitions: ["page"],
  };
  const foot = text.render(fixedResult({ complete: false, config }));
  assertStringIncludes(foot, "\nunfinished: 1 of 2 cells\nbvec-lab ");
});
