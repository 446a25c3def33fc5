/** What lab compare finds between results, and the status that it ends with. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { fixedCell } from "../report/fixed_result.ts";
import { resultText, runWith } from "./result_files.ts";

const slower = resultText({
  cells: [fixedCell({
    layouts: fixedCell().layouts.map((layout) =>
      layout.name === "phys_packed"
        ? { ...layout, nsPerIo: { median: 165, low: 163, high: 167 } }
        : layout
    ),
  })],
});

const recounted = resultText({
  cells: [fixedCell({
    layouts: fixedCell().layouts.map((layout) => ({
      ...layout,
      counts: { ...layout.counts, biosPerIo: 1.0625 },
    })),
  })],
});

const EXPECTED = `\
a.json -> b.json

rand4k-hot, lp64, page, js, 7.2, scattered 4 KiB pages
measured         ns before  ns after  ratio       95% CI  difference
page_offset            120       120      1  0.972-1.028  not shown
phys_packed            110       165  1.500  1.473-1.533  slower
soa(phys_flags)        121       121      1  0.970-1.030  not shown
exact: no figure changed

1 slower with confidence, 0 exact figures changed
slower: phys_packed +50% in rand4k-hot, lp64, page
`;

Deno.test("lab compare of equal results ends with 0", async () => {
  const { status, out, error } = await runWith(
    { "a.json": resultText(), "b.json": resultText() },
    ["compare", "@a.json", "@b.json"],
  );

  assertEquals([status, error], [0, ""]);
  assertStringIncludes(out, "0 slower with confidence, 0 exact figures");
});

Deno.test("lab compare ends with 1 on a confident regression", async () => {
  const files = { "a.json": resultText(), "b.json": slower };
  const compare = ["compare", "@a.json", "@b.json"];
  const { status, out } = await runWith(files, compare);

  assertEquals(out, EXPECTED);
  assertEquals(status, 1);
  // The other way round it is an improvement.
  assertEquals(
    (await runWith(files, ["compare", "@b.json", "@a.json"])).status,
    0,
  );
  assertEquals(
    (await runWith(files, [...compare, "--threshold", "60"])).status,
    0,
  );
});

Deno.test("lab compare ends with 1 on any changed count", async () => {
  const { status, out } = await runWith(
    { "a.json": resultText(), "b.json": recounted },
    ["compare", "@a.json", "@b.json", "--threshold", "900"],
  );

  assertEquals(status, 1);
  assertStringIncludes(
    out,
    "changed: page_offset.counts.biosPerIo: 1.03125 -> 1.0625",
  );
});

Deno.test("lab compare compares each further file with the first", async () => {
  const { status, out } = await runWith(
    { "a.json": resultText(), "b.json": resultText(), "c.json": slower },
    ["compare", "@a.json", "@b.json", "@c.json"],
  );

  assertEquals(status, 1);
  assertMatch(out, /a\.json -> b\.json[^]*a\.json -> c\.json/);
});

Deno.test("lab compare compares simulated time exactly", async () => {
  const layout = {
    layout: "page_offset",
    recognition: "page",
    ios: 10,
    verifiedBytes: 40960,
    elapsedNs: 1000,
    iosPerSecond: 1e7,
    utilisation: 0.5,
    latency: null,
    rules: [],
    statuses: { OK: 10 },
    statusDigest: "00",
    counts: {},
    leaks: 0,
  };
  const simulated = (elapsedNs: number) =>
    resultText({
      cells: [fixedCell({
        simulated: {
          device: "null",
          arrivals: "depth 32",
          plan: null,
          planSeed: null,
          layouts: [{ ...layout, elapsedNs }],
        },
      })],
    });
  const files = { "a.json": simulated(1000), "b.json": simulated(1010) };
  const { status, out } = await runWith(files, [
    ...["compare", "@a.json", "@b.json"],
  ]);
  assertEquals(status, 1);
  assertStringIncludes(
    out,
    "changed: page_offset.simulated.elapsedNs: 1000 -> 1010",
  );
});

Deno.test("lab compare --json - prints nothing but JSON", async () => {
  const { out, status } = await runWith(
    { "a.json": resultText(), "b.json": slower },
    ["compare", "@a.json", "@b.json", "--json", "-"],
  );
  const json = JSON.parse(out);

  assertEquals(status, 1);
  assertEquals(json.comparisons[0].regressions, 1);
  assertEquals(json.comparisons[0].cells[0].layouts[1].verdict, "slower");
});

Deno.test("lab compare has one line and status 2 for bad input", async () => {
  const files = {
    "a.json": resultText(),
    "cut.json": resultText().slice(0, 300),
    "new.json": resultText({ schemaVersion: 7 }),
    "other.json": '{"benchmarks": []}',
    "apart.json": resultText({ cells: [fixedCell({ abi: "ilp32" })] }),
    "nan.json": resultText().replace('"total":100000', '"total":NaN'),
  };
  const cases: [args: string[], error: RegExp][] = [
    [
      ["@cut.json"],
      /^lab: Cannot read "cut\.json": line 1, column 301: .*truncated/,
    ],
    [["@new.json"], /^lab: .*new\.json.*schemaVersion is 7/],
    [["@other.json"], /^lab: .*other\.json.*no key "tool"/],
    [
      ["@nan.json"],
      /^lab: Cannot read "nan\.json": line 1, column \d+: found "NaN"/,
    ],
    [["@none.json"], /^lab: .*none\.json.*no such file/],
    [["@apart.json"], /^lab: .*cell rand4k-hot, lp64/],
    [["@apart.json", "--force", "--quiet"], /^lab: .*no cell in common/],
    [
      ["@a.json", "--threshold", "-3"],
      /^lab: Cannot use --threshold: found "-3", expected a percentage/,
    ],
    [
      ["@a.json", "--threshold", "x"],
      /^lab: Cannot use --threshold: .*a percentage from 0/,
    ],
    [[], /^lab: Cannot run lab compare: found no after\.json/],
  ];
  for (const [args, pattern] of cases) {
    const { status, out, error } = await runWith(files, [
      "compare",
      "@a.json",
      ...args,
    ]);
    assertEquals([status, out], [2, ""], error);
    assertMatch(error, pattern);
    assertEquals(error.trim().split("\n").length, 1, error);
  }
});
