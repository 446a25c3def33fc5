import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertThrows,
} from "@std/assert";
import { rebaseResult } from "../../../bench/result/rebase_result.ts";
import { fixedCell, fixedLayout, fixedResult } from "../report/fixed_result.ts";

/** Times that scatter by a thousandth around 120, 100 and 60 ns. */
const layouts = Object.entries({ page_offset: 120, phyr: 100, phys_packed: 60 })
  .map(([name, ns]) =>
    fixedLayout({
      name,
      nsPerIo: { median: ns, low: ns, high: ns + 1 },
      samples: {
        total: 27,
        capped: false,
        values: Array.from({ length: 27 }, (_, i) => ({
          build: Math.floor(i / 9),
          round: i % 9,
          nsPerIo: ns * (1 + ((7 * i) % 5) / 1000),
        })),
      },
    })
  );
const RESULT = fixedResult({ cells: [fixedCell({ layouts })] });

Deno.test("rebaseResult() makes ratios anew from samples, round by round", () => {
  const [cell] = rebaseResult(RESULT, "phyr").cells;

  assertEquals(cell?.baseline, "phyr");
  assertEquals(
    cell?.layouts.map(({ name }) => name),
    ["phyr", "page_offset", "phys_packed"],
  );
  const [own, mainline, packed] = cell?.layouts ?? [];
  assertEquals(own?.ratio, { median: 1, low: 1, high: 1 });
  // Scatter is common to a round: 120/100 and 60/100.
  assertAlmostEquals(mainline?.ratio?.median ?? 0, 1.2, 1e-9);
  assertAlmostEquals(packed?.ratio?.median ?? 0, 0.6, 1e-9);
  assertEquals([mainline?.verdict, packed?.verdict], ["slower", "faster"]);
});

Deno.test("rebaseResult() decides nothing without all samples", () => {
  const capped = layouts.map((layout) =>
    layout.samples
      ? { ...layout, samples: { ...layout.samples, capped: true } }
      : layout
  );
  const [cell] = rebaseResult(
    fixedResult({ cells: [fixedCell({ layouts: capped })] }),
    "phyr",
  ).cells;

  assertAlmostEquals(cell?.layouts[1]?.ratio?.median ?? 0, 1.2, 1e-9);
  assertEquals(cell?.layouts[1]?.verdict, "no difference shown");
});

Deno.test("rebaseResult() leaves a result of that baseline as it is", () => {
  assert(rebaseResult(RESULT, "page_offset") === RESULT);
});

Deno.test("rebaseResult() refuses a layout that a cell lacks", () => {
  assertThrows(
    () => rebaseResult(RESULT, "pfn_t"),
    RangeError,
    "does not have it, expected one of: page_offset, phyr, phys_packed",
  );
});
