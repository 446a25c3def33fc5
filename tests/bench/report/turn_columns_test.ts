import { assertEquals, assertStringIncludes } from "@std/assert";
import { csv } from "../../../bench/report/csv.ts";
import { renderCell } from "../../../bench/report/text.ts";
import { turnSection } from "../../../bench/report/turn_columns.ts";
import type { ResultCell, ResultLayout } from "../../../bench/result/result.ts";
import { fixedCell, fixedLayout, fixedResult } from "./fixed_result.ts";

const NONE = "no difference shown";

/** A layout that takes `ns` by the wall and `cold` ns in the cold state. */
function turned(
  name: string,
  cold: NonNullable<ResultLayout["cold"]>["verdict"],
  change: Partial<ResultLayout> = {},
): ResultLayout {
  return fixedLayout({
    name,
    wallNsPerIo: { median: 180, low: 150, high: 260 },
    cold: {
      nsPerIo: { median: 400, low: 380, high: 425 },
      ratio: { median: 1.25, low: 1.125, high: 1.5 },
      verdict: cold,
    },
    ...change,
  });
}

const CELL: ResultCell = fixedCell({
  timing: {
    clock: "thread CPU",
    cacheState: "warm",
    sliceIos: { warm: 7000, cold: 350 },
  },
  layouts: [
    turned("page_offset", NONE),
    turned("phys_packed", "slower", { verdict: "faster" }),
    turned("phys_len", "slower", { verdict: "slower" }),
  ],
});

/** A line with one space between its words. */
function words(line: string): string {
  return line.trim().split(/ +/).join(" ");
}

Deno.test("turnSection() has wall and cold times in columns of their own", () => {
  const lines = renderCell(CELL).split("\n");
  const rendered = lines.map(words);
  const head = rendered.findIndex((line) => line.startsWith("measured, too"));
  assertEquals(rendered.slice(head, head + 4), [
    "measured, too wall ns quartiles cold ns 95% CI",
    "page_offset 180 150-260 400 380-425",
    "phys_packed 180 150-260 400 380-425",
    "phys_len 180 150-260 400 380-425",
  ]);
  // In 80 columns, what is compared goes together.
  const ratios = rendered.findIndex((line) => /too cold ratio/.test(line));
  assertEquals(rendered.slice(ratios, ratios + 4), [
    "measured, too cold ratio 95% CI difference",
    "page_offset 1 baseline",
    "phys_packed 1.250 1.125-1.500 slower",
    "phys_len 1.250 1.125-1.500 slower",
  ]);
  assertStringIncludes(
    rendered.join(" "),
    "CPU time of the thread, of 7000 I/Os at a time, on warm caches",
  );
  assertEquals(lines.every((line) => line.length <= 80), true);
  // For programs: under the names of the result file.
  for (const key of ["wallNsPerIo.median", "cold.nsPerIo.median"]) {
    assertStringIncludes(csv.render(fixedResult({ cells: [CELL] })), key);
  }
});

Deno.test("turnSection() says where warm and cold I/Os contradict each other", () => {
  const said = turnSection(CELL).flatMap((block) =>
    block.kind === "prose" && block.key === "states" ? [block.text] : []
  );
  assertEquals(said.length, 1);
  assertStringIncludes(said[0] ?? "", "each other on phys_packed:");
});

Deno.test("turnSection() is empty for results of older labs", () => {
  assertEquals(turnSection(fixedCell()), []);
});
