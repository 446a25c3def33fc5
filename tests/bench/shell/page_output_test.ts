import { assert, assertEquals, assertMatch } from "@std/assert";
import { fixedCell, fixedResult } from "../report/fixed_result.ts";
import { runWith } from "../command/result_files.ts";

const RESULT = fixedResult({
  cells: [fixedCell({ workload: "64k-mixed" })],
  config: {},
});
const files = { "a.json": JSON.stringify(RESULT), "old.html": "old" };

Deno.test("lab report --html is a form, or a file beside another form", async () => {
  const printed = await runWith(files, ["report", "@a.json", "--html"]);
  const written = await runWith(files, [
    ...["report", "@a.json", "--html", "@b.html"],
  ]);
  const output = await runWith(files, [
    ...["report", "@a.json", "--html", "--output", "@b.html"],
  ]);
  const beside = await runWith(files, [
    ...["report", "@a.json", "--csv", "--html", "@b.html"],
  ]);
  assertEquals(
    [printed, written, output, beside].map(({ status, error }) =>
      `${status}${error}`
    ),
    ["0", "0", "0", "0"],
  );
  assert(printed.out.startsWith("<!DOCTYPE html>"));
  assertEquals(written.out + output.out, "");
  // The same result gives the same page, wherever it goes.
  for (const { written: found } of [written, output, beside]) {
    assertEquals(found["b.html"], printed.out);
  }
  assert(beside.out.startsWith("workload,abi,"), beside.out);
  // An I/O of a workload that the lab has is explained anew.
  assert(printed.out.includes("I/O 0 of 64k-mixed: read of 65536 bytes"));
  assert(printed.out.includes("Heat of bio_vec: 64k-mixed, page_offset"));
});

Deno.test("lab report opens no file that a stranger's result names", async () => {
  const { out, status } = await runWith({
    "a.json": JSON.stringify(fixedResult({
      cells: [fixedCell({ workload: "/dev/zero" })],
      config: {},
    })),
  }, ["report", "@a.json", "--html"]);
  assertEquals(status, 0);
  assert(out.includes("/dev/zero is a file of the run, which a report does"));
});

Deno.test("a page of a result of an older lab says what it does not know", async () => {
  const cell = fixedCell({
    abi: "lp128",
    layouts: RESULT.cells[0]?.layouts.map((layout) => ({
      ...layout,
      name: `old_${layout.name}`,
    })) ?? [],
    workload: "64k-mixed",
  });
  const older = await runWith({
    "a.json": JSON.stringify(fixedResult({
      cells: [cell, { ...cell, abi: "lp64" }],
      config: { kernel: "2.6" },
    })),
  }, ["report", "@a.json", "--html"]);
  assertEquals([older.status, older.error], [0, ""]);
  for (
    const said of [
      "This lab does not know the ABI lp128",
      "Not drawn, as this lab does not know them: old_page_offset, ",
      "Not made anew for 64k-mixed: Cannot find old_page_offset in this lab",
    ]
  ) assert(older.out.includes(said), said);
  const other = await runWith({
    "a.json": JSON.stringify({ ...RESULT, schemaVersion: 99 }),
  }, ["report", "@a.json", "--html", "@b.html"]);
  assertEquals([other.status, other.written["b.html"]], [2, undefined]);
  assertMatch(other.error, /schemaVersion/);
});

Deno.test("--html and --svg refuse what cannot be written, and spare what is there", async () => {
  for (
    const [args, said] of [
      [
        ["--html", "@old.html"],
        /^lab: Cannot write "old\.html": the file exists/,
      ],
      [["--html", "@a.json"], /is the file that is read as result/],
      [["--html", "."], /it is a directory, expected a file path/],
      [["--html", "@none/b.html"], /^lab: Cannot write ".*": /],
      [["--html", "--mail"], /found --mail and --html, expected one/],
      [["--html", "-", "--json", "-"], /--json and --html to standard output/],
      [["--svg", "-"], /found standard output, expected a folder/],
      [["--svg", "@a.json"], /it is a file, expected a folder/],
      [["--svg", "@none/b"], /^lab: Cannot make folder ".*": /],
      [["--svg", "@pictures"], /found "x\.svg" there, expected a folder/],
    ] as const
  ) {
    const { status, out, error, written } = await runWith(
      { ...files, "pictures/x.svg": "old" },
      ["report", "@a.json", ...args],
    );
    assertEquals([status, out], [2, ""], args.join(" "));
    assertMatch(error, said);
    assertEquals(error.split("\n").length, 2, error);
    assertEquals(written["old.html"] ?? "old", "old");
  }
});

Deno.test("lab report --svg writes each picture alone", async () => {
  const { status, out, error, written } = await runWith(files, [
    ...["report", "@a.json", "--svg", "@pictures"],
  ]);
  assertEquals([status, out, error], [0, "", ""]);
  const names = Object.keys(written).filter((name) => name.endsWith(".svg"))
    .map((name) => name.replace("pictures/", "")).sort();
  assertEquals(names, [
    "64k-mixed-lp64-page-js-time.svg",
    "heat-64k-mixed-lp64-page-page_offset-bio_vec.svg",
    "io-64k-mixed-lp64-page-page_offset.svg",
    "structs-lp64.svg",
  ]);
  for (const name of names) {
    const svg = written[`pictures/${name}`] ?? "";
    assert(svg.startsWith("<svg xmlns="), name);
    assert(svg.endsWith("</svg>\n"), name);
    assertEquals(/<script|href|url\((?!#)/.exec(svg), null, name);
  }
});

Deno.test("lab run and lab compare write a page and pictures as well", async () => {
  const run = await runWith({}, [
    ...["run", "--workload", "64k-mixed", "--layout", "phys_packed", "--ios"],
    ...["8", "--rounds", "0", "--cpu", "none", "--quiet", "--html", "@p.html"],
    ...["--svg", "@pictures", "--json", "@r.json"],
  ]);
  assertEquals([run.status, run.error], [0, ""]);
  const page = run.written["p.html"] ?? "";
  for (
    const part of ["Answer", "The layouts", "Data", "One I/O, step by step"]
  ) {
    assert(page.includes(`${part}</h2>`), part);
  }
  assert("pictures/64k-mixed-lp64-page-js-lines.svg" in run.written);
  const result = run.written["r.json"] ?? "";
  const compared = await runWith({ "r.json": result }, [
    ...["compare", "@r.json", "@r.json", "--html", "-"],
  ]);
  assertEquals([compared.status, compared.error], [0, ""]);
  assert(compared.out.startsWith("<!DOCTYPE html>"));
  assert(compared.out.includes("0 exact figures changed"));
  const both = await runWith({ "r.json": result }, [
    ...["compare", "@r.json", "@r.json", "--html", "-", "--json", "-"],
  ]);
  assertMatch(both.error, /Cannot write --json and --html/);
});
