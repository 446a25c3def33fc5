import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { renderBreakdown } from "../../../bench/report/breakdown_text.ts";
import { csv } from "../../../bench/report/csv.ts";
import { markdown } from "../../../bench/report/markdown.ts";
import { renderCell } from "../../../bench/report/text.ts";
import type {
  FootprintFigures,
  ResultFootprint,
  ResultModelled,
} from "../../../bench/result/exact_types.ts";
import type { ResultLayout } from "../../../bench/result/result.ts";
import {
  extremeLayout,
  fixedCell,
  fixedLayout,
  fixedResult,
} from "./fixed_result.ts";

function modelledOf(cycles: number, l1: number): ResultModelled {
  const level = (name: string, missesPerIo: number) => ({
    name,
    missesPerIo,
    readMissesPerIo: missesPerIo,
    writeMissesPerIo: 0,
    writebacksPerIo: 0,
  });
  const stretch = {
    ios: 128,
    referencesPerIo: 200,
    levels: [level("L1D", l1), level("L2", 0.5)],
    stallCyclesPerIo: { cycles, low: cycles - 20, high: cycles + 20 },
  };
  return {
    cpu: "zen4",
    depth: 32,
    warmUpIos: 1024,
    ...stretch,
    cold: { ...stretch, ios: 32 },
  };
}

function footprintOf(lines: number): ResultFootprint {
  const touched = {
    accessesPerIo: 60,
    writesPerIo: 20,
    straddlesPerIo: 0,
    bytesPerIo: 64 * lines / 4,
    linesPerIo: lines,
  };
  const figures: FootprintFigures = {
    total: { ...touched, usefulShare: 0.25 },
    structures: { bio: touched },
    stages: { submit: touched },
    structuresInStages: [{ structure: "bio", stage: "submit", ...touched }],
    stageLinesPerIo: { submit: lines },
  };
  return {
    tracedIos: 256,
    allocatedBytesPerIo: { bio: 256 },
    ...figures,
    atDepth: { depth: 32, tracedIos: 128, ...figures },
  };
}

function tracedLayout(
  name: string,
  lines: number,
  cycles: number,
): ResultLayout {
  const plain = fixedLayout();
  return fixedLayout({
    name,
    counts: {
      ...plain.counts,
      pageLinesPerIo: 32,
      linesPerIo: lines,
      bvecStraddlesPerIo: 0,
      allocatedBytesPerIo: 256,
    },
    footprint: footprintOf(lines),
    modelled: modelledOf(cycles, 100),
  });
}

const CELL = fixedCell({
  layouts: [
    tracedLayout("page_offset", 71, 1400),
    tracedLayout("phys_packed", 69, 1380),
  ],
});

Deno.test("renderCell() heads what is modelled and keeps it apart", () => {
  const lines = renderCell(CELL).split("\n");
  const at = lines.findIndex((line) =>
    line.startsWith("modelled (zen4), per I/O")
  );
  const table = lines.slice(at + 3, at + 7);
  // 1400 +- 20 and 1380 +- 20, of which the model has two digits.
  assertEquals(table, [
    "modelled     L1D miss  L2 miss  cycles   low  high  diff",
    "page_offset       100      0.5    1400  1400  1400     0",
    "phys_packed       100      0.5    1400  1400  1400  <100",
    "",
  ]);
  // No line has both modelled and measured figures.
  assert(lines.every((line) => !(/miss/.test(line) && /ns\/IO/.test(line))));
});

Deno.test("renderCell() gives lines and their difference to the baseline", () => {
  const lines = renderCell(CELL).split("\n");
  const at = lines.findIndex((line) => line.startsWith("lines, counted"));
  assertEquals(lines.slice(at, at + 3), [
    "lines, counted  bvec  page  all  diff  queued  split  slab B",
    "page_offset        8    32   71     0      71      0     256",
    "phys_packed        8    32   69    -2      69      0     256",
  ]);
});

Deno.test("renderCell() of modelled figures stays in 80 columns", () => {
  for (const value of [0.001, 12345.678, 1e7]) {
    const wide = {
      ...extremeLayout(value),
      modelled: modelledOf(value + 20, value),
    };
    const layouts = [tracedLayout("page_offset", 71, 1400), wide];
    const text = renderCell(fixedCell({ layouts }));
    assert(text.split("\n").every((line) => line.length <= 80), text);
  }
});

Deno.test("markdown has the modelled table under its heading", () => {
  const result = { ...fixedResult(), cells: [CELL] };
  const marked = markdown.render(result);
  assertStringIncludes(marked, "modelled (zen4), per I/O");
  assertStringIncludes(marked, "| modelled | L1D miss | L2 miss |");
});

Deno.test("csv has a column for each modelled figure", () => {
  const [head = "", first = ""] = csv.render({
    ...fixedResult(),
    cells: [CELL],
  }).split("\r\n");
  const names = head.split(",");
  const fields = first.split(",");
  const field = (name: string) => fields[names.indexOf(name)];
  assertEquals(field("modelled.cpu"), "zen4");
  assertEquals(field("modelled.stallCyclesPerIo.cycles"), "1400");
  assertEquals(field("modelled.L1D.missesPerIo"), "100");
  assertEquals(field("counts.linesPerIo"), "71");
});

Deno.test("renderBreakdown() gives a table per layout", () => {
  assertEquals(
    renderBreakdown(CELL, "stage").split("\n").slice(0, 4),
    [
      "page_offset, by stage, per I/O (256 traced; queued: 32 in flight)",
      "stage   accesses  writes  split  bytes  lines  useful  queued lines",
      "submit        60      20      0   1136     71     25%            71",
      "all           60      20      0   1136     71     25%            71",
    ],
  );
  assertEquals(renderBreakdown(fixedCell(), "structure"), "");
});

Deno.test("renderCell() says the size of the lines that were counted", () => {
  const first = (cell: typeof CELL) =>
    renderCell(cell).split("\n").find((line) =>
      line.includes("-byte lines of")
    );
  assert(first(CELL)?.startsWith("64-byte lines of "));
  const z16 = fixedCell({
    layouts: [fixedLayout({
      counts: { ...fixedLayout().counts, allocatedBytesPerIo: 256 },
      footprint: { ...footprintOf(20), lineBytes: 256 },
    })],
  });
  assert(first(z16)?.startsWith("256-byte lines of "));
});
