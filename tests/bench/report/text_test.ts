import { assert, assertEquals } from "@std/assert";
import { renderCell, text } from "../../../bench/report/text.ts";
import {
  extremeLayout,
  fixedCell,
  fixedLayout,
  fixedResult,
} from "./fixed_result.ts";

const EXPECTED = `\
rand4k-hot: 4 KiB random reads over a hot pool
lp64, recognition page, engine js, kernel 7.2; 100000 I/Os (60000 reads, 40000
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

3 births x 20 rounds per layout.
page_offset against itself: +0.40%.
Births of one layout scatter by 0.50% to 1.2%.
"not shown": a difference below 3.1% could not be seen.
len56_p2p left out: its flag needs a 64-bit type

warning (busy-machine): the load was 3.1 on 2 CPUs before the start; stop other
  work on the machine and run it again

bvec-lab 0.1.0, seed 1
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

Deno.test("renderCell() leaves out what was not measured", () => {
  const layouts = [
    fixedLayout({ nsPerIo: null, ratio: null, verdict: null }),
  ];
  const rendered = renderCell(fixedCell({ layouts, noiseFloor: null }));

  assertEquals(rendered.includes("measured"), false);
  assertEquals(rendered.includes("exact"), true);
  assertEquals(/NaN|undefined|null/.test(rendered), false);
});
