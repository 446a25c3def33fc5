import { assertEquals, assertMatch } from "@std/assert";
import { answer } from "../../../bench/report/answer.ts";
import { csv } from "../../../bench/report/csv.ts";
import { mail } from "../../../bench/report/mail.ts";
import { markdown } from "../../../bench/report/markdown.ts";
import { text } from "../../../bench/report/text.ts";
import { fixedResult } from "../report/fixed_result.ts";
import { inFolder, lab } from "../lab_in_process.ts";
import { runWith } from "./result_files.ts";

const files = { "a.json": JSON.stringify(fixedResult()) };

Deno.test("lab report prints the form that was asked for", async () => {
  for (
    const [args, exporter] of [
      [[], answer],
      [["--text"], text],
      [["--mail"], mail],
      [["--markdown"], markdown],
      [["--csv"], csv],
    ] as const
  ) {
    const { status, out, error } = await runWith(files, [
      "report",
      "@a.json",
      ...args,
    ]);
    assertEquals([status, error], [0, ""]);
    assertEquals(out, exporter.render(fixedResult()), exporter.name);
  }
});

Deno.test("lab report --json - prints the result and nothing else", async () => {
  const { out, status } = await runWith(files, [
    "report",
    "@a.json",
    "--json",
    "-",
  ]);

  assertEquals(status, 0);
  assertEquals(JSON.parse(out), fixedResult());
});

Deno.test("lab report --output writes a file and spares an old one", async () => {
  const args = ["report", "@a.json", "--csv", "--output"];
  const written = await runWith(files, [...args, "@b.csv"]);
  const spared = await runWith({ ...files, "b.csv": "old" }, [
    ...args,
    "@b.csv",
  ]);
  const forced = await runWith({ ...files, "b.csv": "old" }, [
    ...args,
    "@b.csv",
    "--force",
  ]);

  assertEquals([written.status, written.out], [0, ""]);
  assertEquals(written.written["b.csv"], csv.render(fixedResult()));
  assertEquals(spared.status, 2);
  assertMatch(spared.error, /^lab: Cannot write "b\.csv": the file exists/);
  assertEquals(forced.status, 0);
  assertEquals(forced.written["b.csv"], csv.render(fixedResult()));
});

Deno.test("lab report has one line and status 2 for wrong use", async () => {
  const cases: [args: string[], error: RegExp][] = [
    [["@a.json", "--csv", "--mail"], /2 forms at once: found --mail and --csv/],
    [["@none.json"], /^lab: Cannot read "none\.json": no such file/],
    [
      ["@a.json", "--cvs"],
      /^lab: Cannot use --cvs: found no such option \(nearest: --csv\)/,
    ],
    [[], /^lab: Cannot run lab report: found no result\.json, expected one/],
  ];
  for (const [args, pattern] of cases) {
    const { status, out, error } = await runWith(files, ["report", ...args]);
    assertEquals([status, out], [2, ""], error);
    assertMatch(error, pattern);
    assertEquals(/\n\s+at /.test(error), false, error);
  }
});

Deno.test("lab report and lab compare read a result from standard input", async () => {
  const result = JSON.stringify(fixedResult());
  const piped = (args: string[]) =>
    lab(args, undefined, new Blob([result]).stream());
  const report = await piped(["report", "-", "--csv"]);
  assertEquals([report.status, report.err], [0, ""]);
  assertEquals(report.out, csv.render(fixedResult()));

  await inFolder(async (folder) => {
    const path = `${folder}/a.json`;
    await Deno.writeTextFile(path, result);
    const compared = await piped(["compare", path, "-"]);
    assertEquals([compared.status, compared.err], [0, ""]);
    assertMatch(compared.out, /^\S+a\.json -> -\n/);
  });
  const twice = await piped(["compare", "-", "-"]);
  assertEquals(twice.status, 2);
  assertMatch(twice.err, /Cannot read standard input twice: found - for two/);
});
