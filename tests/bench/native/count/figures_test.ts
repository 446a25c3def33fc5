import { assertEquals } from "@std/assert";
import {
  figureApart,
  fillFigures,
  type InstructionFigures,
} from "../../../../bench/native/count/figures.ts";

const ONE: InstructionFigures = {
  instructions: 1_475_106,
  loads: 365_599,
  stores: 118_242,
  branches: 205_754,
  unaligned: null,
  lineCrossings: null,
};

Deno.test("figureApart() lets two tools differ by 0.1 %", () => {
  // 0.1 % of 1475106 is 1475.1
  assertEquals(
    figureApart(ONE, { ...ONE, instructions: 1_476_500 }),
    undefined,
  );
  assertEquals(figureApart(ONE, { ...ONE, instructions: 1_476_600 }), {
    name: "instructions",
    values: [1_475_106, 1_476_600],
  });
});

Deno.test("figureApart() compares what both have, and lets few be few", () => {
  assertEquals(figureApart(ONE, { ...ONE, loads: null }), undefined);
  const few = { ...ONE, unaligned: 2, lineCrossings: 0 };
  assertEquals(figureApart(few, { ...few, unaligned: 10 }), undefined);
  assertEquals(
    figureApart(few, { ...few, unaligned: 100 })?.name,
    "unaligned",
  );
});

Deno.test("fillFigures() takes from the second what the first has not", () => {
  assertEquals(
    fillFigures(ONE, { ...ONE, instructions: 1, unaligned: 7 }),
    { ...ONE, unaligned: 7 },
  );
});
