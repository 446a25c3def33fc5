/** The code of a result's exact figures, as mails carry it. */
import { assertEquals, assertNotEquals } from "@std/assert";
import {
  exactCode,
  exactFiguresOf,
  exactWords,
} from "../../../bench/report/exact_code.ts";
import { fixedCell, fixedLayout, fixedResult } from "./fixed_result.ts";

/** A result of one cell and layout with so many lines per I/O. */
function resultOf(linesPerIo: number, kernel = "7.2") {
  const { counts } = fixedLayout();
  return fixedResult({
    cells: [fixedCell({
      kernel,
      layouts: [fixedLayout({ counts: { ...counts, linesPerIo } })],
    })],
  });
}

const codeOf = (...of: Parameters<typeof resultOf>) =>
  exactCode(exactFiguresOf(resultOf(...of)));

Deno.test("exactCode() does not depend on the last bits of a quotient", () => {
  // 0.30000000000000004 and 0.3 are one figure: 12 digits are of it.
  assertEquals(codeOf(0.1 + 0.2), codeOf(0.3));
  assertNotEquals(codeOf(0.300000001), codeOf(0.3));
});

Deno.test("exactFiguresOf() keeps cells of two kernels apart", () => {
  const cells = ["6.12", "7.2"].flatMap((kernel) => resultOf(70, kernel).cells);
  const one = exactFiguresOf(resultOf(70)).size;
  assertEquals(exactFiguresOf(fixedResult({ cells })).size, 2 * one);
  assertNotEquals(codeOf(70, "6.12"), codeOf(70, "7.2"));
});

Deno.test("exactWords() has version, number of figures and 16 digits", () => {
  const result = resultOf(70);
  const { size } = exactFiguresOf(result);
  assertEquals(exactWords(result), `exact v1 ${size} ${codeOf(70)}`);
  assertEquals(codeOf(70).length, 16);
});
