import { assertEquals, assertStringIncludes } from "@std/assert";
import { harnessSection } from "../../../bench/report/harness_table.ts";
import { markdown } from "../../../bench/report/markdown.ts";
import { renderCell } from "../../../bench/report/text.ts";
import { resultSchema } from "../../../bench/result/result_schema.ts";
import { fixedCell, fixedResult } from "./fixed_result.ts";

const CELL = fixedCell({
  harness: [
    { name: "noop", nsPerIo: { median: 1.25, low: 1, high: 1.5 } },
    { name: "null_path", nsPerIo: null },
  ],
});

Deno.test("renderCell() has the harness in rows apart, with no ratio", () => {
  const lines = renderCell(CELL).split("\n");
  const head = lines.findIndex((line) => line.startsWith("harness "));

  assertEquals(lines.slice(head, head + 3).map(words), [
    "harness ns/IO 95% CI",
    "noop 1.250 1-1.500",
    "null_path - -",
  ]);
  assertStringIncludes(renderCell(CELL), "nothing subtracted");
  assertEquals(renderCell(fixedCell()).includes("harness"), false);
});

/** A line with one space between its words. */
function words(line: string): string {
  return line.trim().split(/ +/).join(" ");
}

Deno.test("markdown has the harness, too", () => {
  const result = fixedResult({ cells: [CELL] });

  assertStringIncludes(markdown.render(result), "| noop | 1.250 | 1-1.500 |");
});

Deno.test("harnessSection() is there when the harness was timed", () => {
  assertEquals(harnessSection(fixedCell()), []);
  const [, table] = harnessSection(CELL);
  assertEquals(table?.kind === "table" && table.rows.length, 2);
  // And a result file may hold it.
  assertEquals(
    resultSchema.safeParse(fixedResult({ cells: [CELL] })).success,
    true,
  );
});
