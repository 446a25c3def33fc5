import { assertEquals } from "@std/assert";
import { compareExact } from "../../../bench/verify/compare_exact.ts";
import type { LabResult, ResultLayout } from "../../../bench/result/result.ts";
import { fixedCell, fixedLayout, fixedResult } from "../report/fixed_result.ts";

const footprint = {
  tracedIos: 8,
  lineBytes: 64,
  structures: { bio: { linesPerIo: 2.25 } },
} as unknown as ResultLayout["footprint"];

/** A cell of one layout that differs in what is given. */
function resultOf(
  layout: Partial<ResultLayout> = {},
  cell: Parameters<typeof fixedCell>[0] = {},
): LabResult {
  return fixedResult({
    cells: [fixedCell({
      layouts: [fixedLayout({ footprint, ...layout })],
      ...cell,
    })],
  });
}

const NAME = "rand4k-hot, lp64, page";

Deno.test("compareExact() compares digest, counts, sizes, footprint and modelled figures", () => {
  const { counts } = fixedLayout();
  const own = resultOf({
    modelled: { cpu: "zen4", missesPerIo: 3 } as unknown as NonNullable<
      ResultLayout["modelled"]
    >,
  });
  const same = compareExact(own, own);
  // A digest, 6 counts, a size, 3 of the footprint, 2 modelled ones.
  assertEquals([same.compared, same.unequal], [13, []]);
  for (
    const [changed, figure, claimed, counted] of [
      [resultOf({}, { digest: "0" }), "digest", "9f86d081884c7d65", "0"],
      [
        resultOf({ counts: { ...counts, biosPerIo: 2 } }),
        "page_offset.counts.biosPerIo",
        "1.03125",
        "2",
      ],
      [
        resultOf({ bytesPerSegment: 12 }),
        "page_offset.bytesPerSegment",
        "16",
        "12",
      ],
      [
        resultOf({
          footprint: {
            ...footprint,
            structures: { bio: { linesPerIo: 3 } },
          } as unknown as ResultLayout["footprint"],
        }),
        "page_offset.footprint.structures.bio.linesPerIo",
        "2.25",
        "3",
      ],
    ] as const
  ) {
    const { unequal } = compareExact(resultOf(), changed);
    assertEquals(unequal, [{
      figure: `${NAME}: ${figure}`,
      claimed,
      counted,
    }]);
  }
});

Deno.test("compareExact() takes what is missing now for unequal, and what was missing for none", () => {
  const gone = compareExact(resultOf(), fixedResult({ cells: [] }));
  assertEquals(gone.unequal.length, gone.compared);
  assertEquals(gone.unequal[0]?.counted, "-");
  const older = resultOf({ footprint: null, modelled: null });
  assertEquals(compareExact(older, resultOf()), { compared: 8, unequal: [] });
});

Deno.test("compareExact() leaves the last bit of a quotient alone, and no more", () => {
  const of = (biosPerIo: number) =>
    resultOf({ counts: { ...fixedLayout().counts, biosPerIo } });
  const compared = (one: number, other: number) =>
    compareExact(of(one), of(other)).unequal.length;
  assertEquals(compared(1 / 3, 1 / 3 + 1e-16), 0);
  assertEquals(compared(91.25, 91.25 + 1e-6), 1);
});
