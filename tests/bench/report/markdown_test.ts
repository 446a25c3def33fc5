import { assertEquals, assertStringIncludes } from "@std/assert";
import { markdown } from "../../../bench/report/markdown.ts";
import { fixedCell, fixedLayout, fixedResult } from "./fixed_result.ts";

/** Reads GitHub tables back: header, then rows, with escapes undone. */
function tablesOf(text: string): string[][][] {
  const tables: string[][][] = [];
  let open = false;
  for (const line of text.split("\n")) {
    if (!line.startsWith("|")) {
      open = false;
      continue;
    }
    const cells = line.replace(/^\| ?/, "").replace(/ ?\|$/, "")
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim().replaceAll(/\\(.)/g, "$1"));
    if (!open) tables.push([]);
    open = true;
    if (cells.every((cell) => /^:?-+:?$/.test(cell))) continue;
    tables.at(-1)?.push(cells);
  }
  return tables;
}

Deno.test("markdown.render() gives tables that read back", () => {
  const [exact, measured] = tablesOf(markdown.render(fixedResult()));

  assertEquals(exact, [
    ["exact, per I/O", "B/seg", "bvec B", "lines", "bios", "reqs", "segs"]
      .concat("PRPs"),
    ["page_offset", "16", "512.5", "8", "1.031", "1", "32", "33"],
    ["phys_packed", "12", "384.5", "6", "1.031", "1", "32", "33"],
    ["soa(phys_flags)", "16", "512.5", "8", "1.031", "1", "32", "33"],
  ]);
  assertEquals(measured?.[2], [
    "phys_packed",
    "110",
    "108-111.5",
    "9091",
    "0.917",
    "0.902-0.938",
    "faster",
  ]);
  assertEquals(measured?.map((row) => row.length), [7, 7, 7, 7]);
});

Deno.test("markdown.render() lets no text become markup", () => {
  const name = "a|b*c_<i>`\n|";
  const cell = fixedCell({
    workload: "<script>\n# x",
    layouts: [fixedLayout({ name })],
  });
  const rendered = markdown.render(fixedResult({ cells: [cell] }));

  assertEquals(tablesOf(rendered)[0]?.[1]?.[0], "a|b*c_<i>` |");
  assertEquals(rendered.split("\n")[0]?.startsWith("### \\<script\\>"), true);
});

Deno.test("markdown.render() leaves out the table of what was not measured", () => {
  const layouts = [
    fixedLayout({ nsPerIo: null, ratio: null, verdict: null }),
  ];
  const rendered = markdown.render(
    fixedResult({ cells: [fixedCell({ layouts })] }),
  );

  assertEquals(tablesOf(rendered).length, 1);
});

Deno.test("markdown.render() has the notes that the text has", () => {
  const rendered = markdown.render(fixedResult({
    interrupted: true,
    config: {},
    cells: [fixedCell({
      setting: "depth 32",
      skippedByReason: { header: 3 },
      layouts: [fixedLayout({ footprint: { tracedIos: 256 } })],
    })],
  }));

  assertStringIncludes(rendered, "391 MiB; depth 32\n\n3 skipped: 3 header\n");
  assertStringIncludes(
    rendered,
    "|\n\nbvec B and lines: first 256 I/Os; the rest: all 100000 reads",
  );
  assertStringIncludes(rendered, "\ninterrupted: 1 cell\n");
});
