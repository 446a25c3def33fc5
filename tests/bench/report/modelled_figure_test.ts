import { assertEquals } from "@std/assert";
import {
  cycleUnit,
  differenceInUnits,
  formatUnits,
  inUnits,
} from "../../../bench/report/modelled_figure.ts";

Deno.test("cycleUnit() leaves two digits of the largest figure", () => {
  assertEquals(cycleUnit([928.2, 903.5]), 10);
  assertEquals(cycleUnit([1014, 928.2]), 100);
  assertEquals(cycleUnit([99.4]), 1);
  // A cycle is the least that there is.
  assertEquals(cycleUnit([0.3]), 1);
  assertEquals(cycleUnit([]), 1);
  assertEquals(cycleUnit([Infinity, 50]), 1);
});

Deno.test("inUnits() rounds, and keeps what is missing", () => {
  assertEquals(inUnits(928.2, 10), 930);
  assertEquals(inUnits(5294, 100), 5300);
  assertEquals([inUnits(null, 10), inUnits(undefined, 10)], [null, null]);
});

Deno.test("differenceInUnits() tells nothing finer than a unit", () => {
  // -24.66 of 928.2, told as 900 of 930
  assertEquals(differenceInUnits(903.54, 928.2, 10), -30);
  assertEquals(differenceInUnits(930.6, 928.2, 10), "<10");
  // 4384.7 and 4374.7 are told alike, and so is what they differ by from 5232.
  assertEquals(differenceInUnits(4384.7, 5232, 100), -800);
  assertEquals(differenceInUnits(4374.7, 5232, 100), -800);
  assertEquals(differenceInUnits(928.2, 928.2, 10), 0);
  assertEquals(differenceInUnits(0.1 + 0.2, 0.3, 1), 0);
  assertEquals(differenceInUnits(null, 928.2, 10), null);
  assertEquals(
    [-20, "<10", 0, null, 300].map((value) => formatUnits(value, 7)),
    ["-20", "<10", "0", "-", "+300"],
  );
});
