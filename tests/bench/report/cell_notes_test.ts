import { assertEquals, assertStringIncludes } from "@std/assert";
import { csv } from "../../../bench/report/csv.ts";
import { cellNotes } from "../../../bench/report/cell_notes.ts";
import { markdown } from "../../../bench/report/markdown.ts";
import { renderCell } from "../../../bench/report/text.ts";
import { fixedCell, fixedLayout, fixedResult } from "./fixed_result.ts";

const { counts } = fixedLayout();

Deno.test("cellNotes() says that map_first maps beforehand, and what guards took", () => {
  const cell = fixedCell();
  assertEquals(cellNotes(cell), []);
  assertEquals(cellNotes({ ...cell, ios: { ...cell.ios, others: 12 } }), [
    "12 I/Os without data (flush, discard): counted, not replayed; figures " +
    "are per read and write",
  ]);
  const [mapped] = cellNotes(fixedCell({
    layouts: [fixedLayout(), fixedLayout({ recognition: "map_first" })],
  }));
  assertStringIncludes(mapped ?? "", "mapping is in no figure");
  const guarded = fixedLayout({
    counts: { ...counts, guardsPerIo: 256, kmapsPerIo: 32.5 },
  });
  assertEquals(cellNotes(fixedCell({ layouts: [guarded, guarded] })), [
    "T10 PI, over the I/Os whose bytes were checked: guards per I/O 256, " +
    "pages mapped by kmap 32.50",
  ]);
});

Deno.test("reports have the branches of each layout by recognition", () => {
  const withBranches = (
    name: string,
    recognition: string,
    [submit, bio, segment, map]: [number, number, number, number],
  ) =>
    fixedLayout({
      name,
      recognition,
      counts: {
        ...counts,
        submitBranchesPerIo: submit,
        sameBioBranchesPerIo: bio,
        sameSegmentBranchesPerIo: segment,
        mapBranchesPerIo: map,
        branchesPerIo: submit + bio + segment + map,
      },
    });
  const cell = fixedCell({
    recognition: "segment",
    layouts: [
      withBranches("page_offset", "page", [16, 22.5, 0, 11]),
      withBranches("phys_flags", "segment", [32, 0, 3.5, 12]),
    ],
  });
  const row = (text: string, name: string) =>
    text.split("\n").filter((line) => line.includes(` ${name} `)).map((line) =>
      line.split(/[ |]+/).filter((word) => word !== "")
    ).find((words) => words[1] === name);
  assertEquals(row(renderCell(cell), "segment"), [
    ...["phys_flags", "segment", "32", "0", "3.500", "12", "47.50", "-2"],
  ]);
  const inMarkdown = markdown.render({ ...fixedResult(), cells: [cell] });
  assertStringIncludes(
    inMarkdown,
    "| page\\_offset | page | 16 | 22.50 | 0 | 11 | 49.50 | 0 |",
  );
  assertStringIncludes(
    csv.render({ ...fixedResult(), cells: [cell] }),
    "counts.mapBranchesPerIo",
  );
  // Where all are alike one sentence says it.
  const alike = fixedCell({
    layouts: ["page_offset", "phyr"].map((name) =>
      withBranches(name, "page", [32, 31, 0, 1])
    ),
  });
  const text = renderCell(alike).replaceAll(/\s+/g, " ");
  assertStringIncludes(
    text,
    "every layout, P2P detection page: 64 branches per I/O ask whether memory " +
      "is special (32 when it is submitted, 31 whether it may follow in a bio",
  );
  assertEquals(row(renderCell(alike), "page"), undefined);
});
