import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import type { CellComparison } from "../../../bench/result/compare_results.ts";
import { renderComparison } from "../../../bench/report/comparison_text.ts";

const layout = (name: string, timed = false) => ({
  name,
  beforeNs: timed ? 100 : null,
  afterNs: timed ? 130 : null,
  ratio: timed ? { median: 1.3, low: 1.2, high: 1.4 } : null,
  verdict: timed ? "no difference shown" as const : null,
});

const changed = (name: string, count: number) =>
  Array.from({ length: count }, (_, i) => ({
    key: `${name}.footprint.structures.s${i}.linesPerIo`,
    ...{ before: i, after: i + 1 },
  }));

function text(cell: Partial<CellComparison>): string {
  const whole = { cell: "w", layouts: [], exactChanges: [], ...cell };
  return renderComparison("a -> b", {
    cells: [whole],
    ...{ regressions: 0, exactChanges: 0, oneSided: 0 },
  });
}

Deno.test("of many exact figures that changed, counts stand in a table", () => {
  const said = text({
    layouts: [layout("phyr"), layout("page_offset")],
    exactChanges: [
      { key: "phyr.counts.linesPerIo", before: 30.5, after: 27.375 },
      { key: "phyr.counts.biosPerIo", before: 1, after: 2 },
      { key: "page_offset.counts.linesPerIo", before: 31, after: 28 },
      ...changed("phyr", 38),
    ],
  });
  assertStringIncludes(
    said,
    `Nothing was timed.
exact, per I/O           lines    bios
phyr            30.50 -> 27.38  1 -> 2
page_offset           31 -> 28    same
41 exact figures changed`,
  );
  assert(!said.includes("structures"), said);
});

Deno.test("few exact figures that changed are listed, and many without counts cut", () => {
  const few = text({ exactChanges: changed("phyr", 40) });
  assertEquals(few.match(/changed: phyr\.footprint/g)?.length, 40);
  assert(!few.includes("more;"), few);
  const many = text({ exactChanges: changed("phyr", 41) });
  assertEquals(many.match(/changed: phyr\.footprint/g)?.length, 40);
  assertStringIncludes(many, "and 1 more; --json has all");
});

Deno.test("an interval that is not enough is explained, where there are several", () => {
  const layouts = [layout("phyr", true), layout("page_offset", true)];
  assertMatch(text({ layouts }), /widened\s+for all 2\s+comparisons/);
  const even = layouts.map((one) => ({
    ...one,
    ratio: { median: 1, low: 0.9, high: 1.1 },
  }));
  assert(!text({ layouts: even }).includes("widened"));
  // What one result has alone is named, timed or not.
  assertStringIncludes(
    text({ layouts: [{ ...layout("phyr"), only: "after" as const }] }),
    "only after: phyr",
  );
});
