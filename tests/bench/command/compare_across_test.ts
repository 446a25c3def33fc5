import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { fixedCell, fixedResult } from "../report/fixed_result.ts";
import { resultText, runWith } from "./result_files.ts";

const older = resultText({
  config: { ...fixedResult().config, kernel: "6.1" },
  cells: [fixedCell({
    kernel: "6.1",
    digest: "other",
    layouts: fixedCell().layouts.slice(0, 2),
  })],
});
const files = {
  "a.json": resultText({ config: { ...fixedResult().config, kernel: "7.2" } }),
  "b.json": older,
};

Deno.test("lab compare --across compares what differs on purpose", async () => {
  const compare = ["compare", "@a.json", "@b.json"];
  assertEquals((await runWith(files, compare)).status, 2);
  const { status, out, error } = await runWith(files, [
    ...compare,
    ...["--across", "kernel", "--force", "--quiet", "--json", "-"],
  ]);

  // Other commands and a layout of one side alone are no regression.
  assertEquals([status, error], [0, ""]);
  const [found] = JSON.parse(out).comparisons;
  assertEquals(found.exactChanges, 1);
  assertEquals(found.oneSided, 1);
  assertEquals(found.cells[0].layouts[2].only, "before");
  assertMatch(found.cells[0].cell, /, 7\.2 -> 6\.1, /);
});

Deno.test("lab compare --across refuses what it cannot tell apart", async () => {
  const both = resultText({
    cells: [fixedCell(), fixedCell({ kernel: "6.1" })],
  });
  const twice = await runWith(
    { ...files, "a.json": both },
    [
      "compare",
      "@a.json",
      "@b.json",
      "--across",
      "kernel",
      "--force",
      "--quiet",
    ],
  );
  assertEquals(twice.status, 2);
  assertMatch(twice.error, /of one result differ in nothing else/);
  const unknown = await runWith(
    files,
    ["compare", "@a.json", "@b.json", "--across", "kernels"],
  );
  assertEquals(unknown.status, 2);
  assertMatch(unknown.error, /"kernels".*expected one of: kernel, abi/);
});

const slower = resultText({
  cells: [fixedCell({
    layouts: fixedCell().layouts.map((layout) =>
      layout.name === "phys_packed"
        ? { ...layout, nsPerIo: { median: 165, low: 163, high: 167 } }
        : layout
    ),
  })],
});

Deno.test("lab compare writes JUnit XML and adds a job summary", async () => {
  const { status, written } = await runWith(
    { "a.json": resultText(), "b.json": slower, "summary.md": "before\n" },
    [
      ...["compare", "@a.json", "@b.json", "--force"],
      ...["--junit", "@junit.xml", "--summary", "@summary.md"],
    ],
  );

  assertEquals(status, 1);
  const xml = written["junit.xml"] ?? "";
  // Three layouts and the exact figures of one cell.
  assertStringIncludes(
    xml,
    '<testsuites name="bvec-lab" tests="4" failures="1"',
  );
  assertStringIncludes(xml, 'name="time of phys_packed">');
  assertStringIncludes(xml, '<failure message="slower: 1.500 (95% CI ');
  const summary = written["summary.md"] ?? "";
  assertMatch(summary, /^before\n### .*a\.json/);
  assertStringIncludes(summary, "| phys\\_packed | 110 | 165 |");
});

Deno.test("lab compare --junit escapes names of a stranger", async () => {
  const cells = [fixedCell({ workload: 'a"<b>&\u0001' })];
  const { out } = await runWith(
    { "a.json": resultText({ cells }), "b.json": resultText({ cells }) },
    ["compare", "@a.json", "@b.json", "--junit", "-"],
  );

  assertStringIncludes(out, "a&quot;&lt;b&gt;&amp;?");
});

Deno.test("lab compare --baseline compares ratios, so that a slow machine is none", async () => {
  // Everything takes twice as long.
  const half = resultText({
    cells: [fixedCell({
      layouts: fixedCell().layouts.map((layout) => ({
        ...layout,
        nsPerIo: layout.nsPerIo && {
          median: 2 * layout.nsPerIo.median,
          low: 2 * (layout.nsPerIo.low ?? 0),
          high: 2 * (layout.nsPerIo.high ?? 0),
        },
      })),
    })],
  });
  const own = { "a.json": resultText(), "b.json": half };
  const compare = ["compare", "@a.json", "@b.json"];

  assertEquals((await runWith(own, compare)).status, 1);
  const relative = await runWith(own, [
    ...compare,
    "--baseline",
    "page_offset",
  ]);
  assertEquals([relative.status, relative.error], [0, ""]);
  const unknown = await runWith(own, [...compare, "--baseline", "phyr"]);
  assertEquals(unknown.status, 2);
  assertMatch(unknown.error, /Cannot compare with "phyr".*does not have it/);
});
