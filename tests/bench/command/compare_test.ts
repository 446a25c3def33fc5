import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { LabResult } from "../../../bench/result/result.ts";
import { fixedCell, fixedLayout, fixedResult } from "../report/fixed_result.ts";
import { runWith } from "./result_files.ts";

const text = (change: Partial<LabResult> = {}) =>
  JSON.stringify(fixedResult(change));

const slower = text({
  cells: [fixedCell({
    layouts: fixedCell().layouts.map((layout) =>
      layout.name === "phys_packed"
        ? { ...layout, nsPerIo: { median: 165, low: 163, high: 167 } }
        : layout
    ),
  })],
});

const recounted = text({
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
    { "a.json": text(), "b.json": text() },
    ["compare", "@a.json", "@b.json"],
  );

  assertEquals([status, error], [0, ""]);
  assertStringIncludes(out, "0 slower with confidence, 0 exact figures");
});

Deno.test("lab compare ends with 1 on a confident regression", async () => {
  const files = { "a.json": text(), "b.json": slower };
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
    { "a.json": text(), "b.json": recounted },
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
    { "a.json": text(), "b.json": text(), "c.json": slower },
    ["compare", "@a.json", "@b.json", "@c.json"],
  );

  assertEquals(status, 1);
  assertMatch(out, /a\.json -> b\.json[^]*a\.json -> c\.json/);
});

Deno.test("lab compare refuses unlike machines unless forced", async () => {
  const files = {
    "a.json": text(),
    "b.json": text({
      environment: { ...fixedResult().environment, cpuCount: 64 },
    }),
  };
  const refused = await runWith(files, ["compare", "@a.json", "@b.json"]);
  const forced = await runWith(files, [
    "compare",
    "@a.json",
    "@b.json",
    "--force",
  ]);

  assertEquals([refused.status, refused.out], [2, ""]);
  assertEquals(
    refused.error,
    'lab: Cannot compare "a.json" with "b.json": environment.cpuCount is 8 ' +
      "and 64, expected equal ones, --across or --force\n",
  );
  assertEquals(forced.status, 0);
  assertEquals(
    forced.error,
    "lab: unlike: environment.cpuCount is 8 and 64\n",
  );
});

/** Builds of a baseline and of a layout, with times that no two of them share. */
const turned = (numbers: readonly number[], earlierBuilds = 0) => {
  const turns = ["page_offset", "phys_packed"].map((name, layout) => ({
    name,
    warm: numbers.map((build) => [100 + build, 101 + build + layout]),
    cold: numbers.map((build) => [200 + build, 202 + build + layout]),
  }));
  return text({
    cells: [fixedCell({
      ...{ turns, births: numbers.length },
      timing: {
        ...{ clock: "thread CPU", cacheState: "warm", earlierBuilds },
        sliceIos: { warm: 9, cold: 1 },
      },
    })],
  });
};

const SHARED = `\
warning (shared-builds): 2 of 3 builds are in both results, timed once, which
  hides a change of time in rand4k-hot, lp64, page; run it again without
  --repeat, and compare that
`;

Deno.test("lab compare says of a result and its repetition how many builds are the same", async () => {
  const files = { "a.json": turned([0, 1]), "b.json": turned([0, 1, 2], 2) };
  const outputs = [
    "--junit",
    "@j.xml",
    "--summary",
    "@s.md",
    "--html",
    "@p.html",
  ];
  const compare = ["compare", "@a.json", "@b.json"];
  const { out, status, written } = await runWith(files, [
    ...compare,
    ...outputs,
    ...["--json", "@c.json"],
  ]);
  assertEquals(status, 0);
  assertStringIncludes(out, SHARED);
  const words =
    "2 of 3 builds are in both results, timed once, which hides a " +
    "change of time";
  assertStringIncludes(written["s.md"] ?? "", words);
  assertStringIncludes(written["p.html"] ?? "", words);
  assertStringIncludes(written["j.xml"] ?? "", `<skipped message="${words}"/>`);
  assertEquals(
    JSON.parse(written["c.json"] ?? "").comparisons[0].cells[0].sharedBuilds,
    { shared: 2, builds: 3 },
  );
});

Deno.test("lab compare finds builds that two repetitions of one run share, and none where there are none", async () => {
  const shared = async (before: string, after: string) => {
    const { out } = await runWith(
      { "a.json": before, "b.json": after },
      ["compare", "@a.json", "@b.json"],
    );
    return /shared-builds\): ([^,]*) in both/.exec(out)?.[1];
  };
  assertEquals(
    await shared(turned([0, 1, 2], 2), turned([0, 1, 3, 4], 2)),
    "2 of 4 builds are",
  );
  assertEquals(await shared(turned([0, 1]), turned([1])), "1 of 1 build is");
  assertEquals(await shared(turned([0, 1]), turned([2, 3])), undefined);
  // A file without turns may have them all.
  assertEquals(
    await shared(text(), turned([0, 1], 1)),
    "of 2 builds some may be",
  );
  assertEquals(await shared(text(), turned([0, 1])), undefined);
});

const ONE_SIDED = `\
a.json -> b.json

rand4k-hot, lp64, page, js, 7.2, scattered 4 KiB pages
measured         ns before  ns after  ratio       95% CI  difference
page_offset            120       120      1  0.972-1.028  not shown
phys_packed            110       110      1  0.977-1.023  not shown
soa(phys_flags)        121         -      -            -  only before
phyr                     -       119      -            -  only after
exact: no figure changed

rand4k-hot, ilp32, page, js, 7.2, scattered 4 KiB pages: only before
measured     ns before  ns after  ratio  95% CI  difference
page_offset        120         -      -       -  only before

rand4k-hot, lp64, page, js, 6.1, scattered 4 KiB pages: only after
only after: page_offset

0 slower with confidence, 0 exact figures changed, 4 layouts in one result alone
in one result alone: soa(phys_flags) (before) in rand4k-hot, lp64, page; phyr
(after) in rand4k-hot, lp64, page; page_offset (before) in rand4k-hot, ilp32,
page; 1 more
`;

Deno.test("lab compare shows what one result has alone, and ends with 1", async () => {
  const [base, packed, soa] = fixedCell().layouts;
  if (!base || !packed || !soa) throw new Error("no layouts");
  const phyr = fixedLayout({
    name: "phyr",
    nsPerIo: { median: 119, low: 117, high: 121 },
  });
  const untimed = { ...base, nsPerIo: null, ratio: null, verdict: null };
  const files = {
    "a.json": text({
      cells: [fixedCell(), fixedCell({ abi: "ilp32", layouts: [base] })],
    }),
    "b.json": text({
      cells: [
        fixedCell({ layouts: [base, packed, phyr] }),
        fixedCell({ kernel: "6.1", layouts: [untimed] }),
      ],
    }),
  };
  const compare = ["compare", "@a.json", "@b.json", "--quiet"];
  assertEquals((await runWith(files, compare)).status, 2);
  const { status, out, error } = await runWith(files, [...compare, "--force"]);
  assertEquals(out, ONE_SIDED);
  assertEquals([status, error], [1, ""]);
  const json = JSON.parse(
    (await runWith(files, [...compare, "--force", "--json", "-"])).out,
  );
  assertEquals(json.comparisons[0].oneSided, 4);
  assertEquals(
    json.comparisons[0].cells.map(({ only }: { only?: string }) => only),
    [undefined, "before", "after"],
  );
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
    text({
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
    { "a.json": text(), "b.json": slower },
    ["compare", "@a.json", "@b.json", "--json", "-"],
  );
  const json = JSON.parse(out);

  assertEquals(status, 1);
  assertEquals(json.comparisons[0].regressions, 1);
  assertEquals(json.comparisons[0].cells[0].layouts[1].verdict, "slower");
});

Deno.test("lab compare has one line and status 2 for bad input", async () => {
  const files = {
    "a.json": text(),
    "cut.json": text().slice(0, 300),
    "new.json": text({ schemaVersion: 7 }),
    "other.json": '{"benchmarks": []}',
    "apart.json": text({ cells: [fixedCell({ abi: "ilp32" })] }),
    "nan.json": text().replace('"total":100000', '"total":NaN'),
  };
  const cases: [args: string[], error: RegExp][] = [
    [["@cut.json"], /^lab: .*cut\.json:1:301.*truncated/],
    [["@new.json"], /^lab: .*new\.json.*schemaVersion is 7/],
    [["@other.json"], /^lab: .*other\.json.*no key "tool"/],
    [["@nan.json"], /^lab: .*nan\.json:1:\d+.*found "NaN,/],
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

Deno.test("lab compare says what its --force means", async () => {
  const { out } = await runWith({}, ["compare", "--help"]);

  assertMatch(out, /--force +compare unlike results, too/);
});

Deno.test("lab compare takes a result of another set of layouts by name", async () => {
  const { error } = await runWith(
    {
      "a.json": text(),
      "b.json": text({ cells: [fixedCell({ layouts: [fixedLayout()] })] }),
    },
    ["compare", "@a.json", "@b.json"],
  );

  assertMatch(error, /: layouts of .* is "phys_packed" and not given/);
});
