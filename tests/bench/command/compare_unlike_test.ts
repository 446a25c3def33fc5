/** Results that are not of the same machine, cells or layouts, and --force. */
import { assertEquals, assertMatch } from "@std/assert";
import { fixedCell, fixedLayout, fixedResult } from "../report/fixed_result.ts";
import { resultText, runWith } from "./result_files.ts";

Deno.test("lab compare refuses unlike machines unless forced", async () => {
  const files = {
    "a.json": resultText(),
    "b.json": resultText({
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

0 slower with confidence, 0 exact figures changed, 4 layouts in only one result
in only one result: soa(phys_flags) (before) in rand4k-hot, lp64, page; phyr
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
    "a.json": resultText({
      cells: [fixedCell(), fixedCell({ abi: "ilp32", layouts: [base] })],
    }),
    "b.json": resultText({
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

Deno.test("lab compare says what its --force means", async () => {
  const { out } = await runWith({}, ["compare", "--help"]);

  assertMatch(out, /--force +also compare unlike results/);
});

Deno.test("lab compare takes a result of another set of layouts by name", async () => {
  const { error } = await runWith(
    {
      "a.json": resultText(),
      "b.json": resultText({
        cells: [fixedCell({ layouts: [fixedLayout()] })],
      }),
    },
    ["compare", "@a.json", "@b.json"],
  );

  assertMatch(error, /: layouts of .* is "phys_packed" and not given/);
});
