/** A page shows every figure and paragraph of a result, and draws some. */
import { assert, assertEquals } from "@std/assert";
import { markupText } from "../../../bench/draw/markup.ts";
import { footDocument } from "../../../bench/report/document.ts";
import { renderPage } from "../../../bench/report/html.ts";
import type { ResultCell } from "../../../bench/result/result.ts";
import { ALL, blocksOf, BY, FULL, tablesOf } from "./full_result.ts";

Deno.test("a page shows every figure, every paragraph and the command", async () => {
  const drawn: string[] = [];
  const page = await renderPage(ALL, { by: BY }, (block) => {
    drawn.push(block.name);
    return Promise.resolve({ widthPx: 1, heightPx: 1, body: "" });
  });
  for (const table of ALL.cells.flatMap(tablesOf)) {
    for (const { cells } of table.rows) {
      for (const cell of cells) {
        const text = markupText(cell.text(8));
        assert(page.includes(`>${text}</t`), text);
      }
    }
  }
  for (
    const block of [
      ...ALL.cells.flatMap(blocksOf),
      ...footDocument(ALL).flat(),
    ]
  ) {
    const said = block.kind === "warning"
      ? block.warning.message
      : block.kind === "command"
      ? block.words.slice(-4).join(" ")
      : block.kind === "prose" || block.kind === "heading"
      ? block.text
      : "";
    assert(page.includes(markupText(said)), said);
  }
  for (const what of ["structs", "lines", "stages", "time", "agreement"]) {
    assert(drawn.some((name) => name.includes(what)), `${what} of ${drawn}`);
  }
  assertEquals(new Set(drawn).size, drawn.length);
});

Deno.test("a page of many cells has all their tables and some pictures", async () => {
  const cells = Array.from({ length: 30 }, (_, i) => ({
    ...(FULL.cells[0] as ResultCell),
    workload: `w${i}`,
  }));
  const drawn: string[] = [];
  const page = await renderPage({ ...FULL, cells }, {}, (block) => {
    drawn.push(block.name);
    return Promise.resolve({ widthPx: 1, heightPx: 1, body: "" });
  });
  const count = (what: string) =>
    drawn.filter((name) => name.endsWith(what)).length;
  assertEquals([count("-lines"), count("-time")], [12, 12]);
  // Of the baseline and of the layout with fewest lines.
  assertEquals(count("-stages"), 10);
  for (const { workload } of cells) assert(page.includes(`${workload}, lp64`));
  assertEquals(page.split("exact, per I/O</th>").length - 1, 30);
  assertEquals(page.split("Not drawn: ").length - 1, 18);
});
