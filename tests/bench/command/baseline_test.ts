import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { ResultCell } from "../../../bench/result/result.ts";
import { inFolder, lab } from "../lab_in_process.ts";
import { fixedCell, fixedLayout, fixedResult } from "../report/fixed_result.ts";
import { runWith } from "./result_files.ts";

const EXACT = ["--workload", "4k-hot", "--ios", "8", "--rounds", "0"]
  .concat(["--cpu", "none", "--quiet"]);

Deno.test("lab run --baseline compares with that layout, in result, screen and mail", async () => {
  await inFolder(async (folder) => {
    const json = `${folder}/result.json`;
    const { status, out, err } = await lab([
      ...["run", "--layout", "rlist_16,phys_packed", "--baseline", "rlist_16"],
      ...[...EXACT, "--json", json],
    ]);
    assertEquals([status, err], [0, ""]);
    const result = JSON.parse(await Deno.readTextFile(json));
    assertEquals(result.config.baseline, "rlist_16");
    assertEquals(
      result.cells.map(({ baseline }: ResultCell) => baseline),
      ["rlist_16"],
    );
    // Its row is the first, and has figures that are no differences.
    const [first = "", ...others] = out.split("\n").filter((line) =>
      /^(page_offset|phys_packed|rlist_16) +\d+ /.test(line)
    );
    assertMatch(first, /^rlist_16 +18 +\d/);
    assertEquals(others.length, 2);
    for (const row of others) assertMatch(row, /^\w+ +\d+ +(-\d|0)/);
    assertStringIncludes(out, "vs rlist_16");
    // A report of it, and one beside another layout.
    const mail = await lab(["report", json, "--mail"]);
    assertStringIncludes(mail.out, "vs rlist_16");
    const other = await lab(
      ["report", json, "--baseline", "page_offset", "--answer"],
    );
    assertStringIncludes(other.out, "vs page_offset");
    assertMatch(other.out, /^rlist_16 +18 +\+/m);
  });
});

Deno.test("lab report --baseline has ratios of that layout, the other way round", async () => {
  const layouts = [
    fixedLayout(),
    fixedLayout({
      name: "phyr",
      nsPerIo: { median: 60, low: 48, high: 96 },
      ratio: { median: 0.5, low: 0.4, high: 0.8 },
      verdict: "faster",
    }),
  ];
  const files = {
    "a.json": JSON.stringify(
      fixedResult({ cells: [fixedCell({ layouts, leftOut: [] })] }),
    ),
  };
  const { status, out } = await runWith(files, [
    ...["report", "@a.json", "--baseline", "phyr", "--json", "-"],
  ]);
  assertEquals(status, 0);
  const { cells: [cell] } = JSON.parse(out);
  assertEquals(cell.baseline, "phyr");
  // The reference first.
  const [phyr, mainline] = cell.layouts;
  assertEquals(phyr.ratio.median, 1);
  assertEquals(mainline.ratio.median, 2);
});

Deno.test("a baseline that is not there is refused by name", async () => {
  const run = await lab([
    ...["run", "--layout", "phyr", "--baseline", "phys_len", ...EXACT],
  ]);
  assertEquals([run.status, run.out], [2, ""]);
  assertStringIncludes(run.err, 'Cannot use baseline "phys_len": it is not ');
  const files = { "a.json": JSON.stringify(fixedResult()) };
  const report = await runWith(files, [
    ...["report", "@a.json", "--baseline", "phyr"],
  ]);
  assertEquals(report.status, 2);
  assertMatch(report.error, /^lab: Cannot [^\n]*phyr[^\n]*\n$/);
});
