import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  readResult,
  readResultFile,
} from "../../../bench/result/read_result.ts";
import {
  shortJson,
  shortResult,
  wholeResult,
} from "../../../bench/result/short_result.ts";

const SEED = new URL("../../../bench/fuzz/result_seed.json", import.meta.url);
const plainly = (_key: string, value: unknown) => value;

/** A result with two layouts that have these footprints. */
const withFootprints = (one: unknown, other: unknown) => ({
  cells: [{
    layouts: [
      { name: "page_offset", footprint: one },
      { name: "phys_flags", footprint: other },
    ],
  }],
});

/** Figures of an object, its order aside. */
const tree = fc.letrec((tie) => ({
  tree: fc.dictionary(
    fc.constantFrom("total", "bio", "page", "__proto__", "toString"),
    fc.oneof({ maxDepth: 3 }, fc.integer(), tie("tree"), fc.constant(null)),
    { noNullPrototype: true },
  ),
})).tree;

Deno.test("a short result is read again as it was, whatever its figures", () => {
  fc.assert(fc.property(tree, tree, (one, other) => {
    const result = withFootprints(one, other);
    const short = shortResult(result as never);
    assertEquals(wholeResult(short) as unknown, result);
    const text = shortJson(short, plainly);
    assertEquals(
      wholeResult(JSON.parse(text)),
      JSON.parse(JSON.stringify(result)),
    );
  }));
});

Deno.test("a short result says of a layout what differs, and what it lacks", () => {
  const [, flags] = shortResult(
    withFootprints(
      { total: { bytes: 8, lines: 1 }, structures: { bio: 1, page: 2 } },
      { total: { bytes: 8, lines: 2 }, structures: { bio: 1 } },
    ) as never,
  ).cells[0]?.layouts ?? [];
  assertEquals(flags?.footprint as unknown, {
    like: "page_offset",
    total: { lines: 2 },
    structures: { without: ["page"] },
  });
});

Deno.test("a short result has no samples, but how many there were", async () => {
  const result = await readResultFile(SEED.pathname);
  const [cell] = result.cells;
  assert(cell !== undefined);
  const whole = {
    ...result,
    cells: [{
      ...cell,
      layouts: cell.layouts.map((layout) => ({
        ...layout,
        samples: {
          total: 1,
          capped: false,
          values: [{ build: 0, round: 0, nsPerIo: 95 }],
        },
        warmUps: [{ build: 0, steady: true, nsPerIo: [100, 95] }],
      })),
    }],
  };
  const text = shortJson(shortResult(whole), plainly);
  const read = readResult(text, "short.json");
  for (const layout of read.cells[0]?.layouts ?? []) {
    assertEquals(layout.samples, { total: 1, capped: true, values: [] });
    assertEquals(layout.warmUps, undefined);
  }
  // A layout of a cell has a line.
  const names = cell.layouts.map(({ name }) => `"name":"${name}"`);
  const lines = text.split("\n");
  for (const name of names) {
    assertEquals(lines.filter((line) => line.includes(name)).length, 1, name);
  }
});

Deno.test("what is like nothing that is there stays for the schema to refuse", () => {
  for (const like of ["nobody", "phys_flags", 7, null]) {
    const file = withFootprints({ total: 1 }, { like, total: { lines: 1 } });
    assertEquals(wholeResult(file), file);
  }
  for (const value of [null, 7, "", [], { cells: 1 }, { cells: [null, 7] }]) {
    assertEquals(wholeResult(value) as unknown, value);
  }
});

Deno.test("a short result has seven figures of what is measured, and all of what is counted", () => {
  const [cell] = shortResult({
    cells: [{
      layouts: [{
        name: "page_offset",
        nsPerIo: { median: 1642.2336444065425, low: 1623.5, high: null },
        ratio: { median: 0.931935341096442 },
        cold: { verdict: "faster", nsPerIo: { median: 4695.312499999995 } },
        adjustedPValue: null,
        counts: { linesPerIo: 63.96484375001 },
      }],
    }],
  } as never).cells;
  assertEquals(cell?.layouts as unknown, [{
    name: "page_offset",
    nsPerIo: { median: 1642.234, low: 1623.5, high: null },
    ratio: { median: 0.9319353 },
    cold: { verdict: "faster", nsPerIo: { median: 4695.312 } },
    adjustedPValue: null,
    counts: { linesPerIo: 63.96484375001 },
  }]);
});
