import { assertEquals, assertThrows } from "@std/assert";
import { parseConditions, whereCells } from "../../../bench/result/where.ts";
import { fixedCell, fixedResult } from "../report/fixed_result.ts";

const RESULT = fixedResult({
  cells: [
    fixedCell({ workload: "128k-scattered", abi: "lp64" }),
    fixedCell({ workload: "128k-scattered", abi: "ilp32" }),
    fixedCell({ workload: "4k-hot", abi: "ilp32_pae" }),
  ],
});

const kept = (...texts: string[]) =>
  whereCells(RESULT, parseConditions(texts)).cells
    .map(({ workload, abi }) => `${workload} ${abi}`);

Deno.test("whereCells() keeps cells that fit all fields, and any value of one", () => {
  assertEquals(kept("workload=128k-scattered", "abi=lp64"), [
    "128k-scattered lp64",
  ]);
  assertEquals(kept("abi=lp64", "abi=ilp32_pae"), [
    "128k-scattered lp64",
    "4k-hot ilp32_pae",
  ]);
  // The beginning of a name will do; a name of its own goes first.
  assertEquals(kept("workload=128k", "abi=ilp32"), ["128k-scattered ilp32"]);
  assertEquals(kept("abi=ilp").length, 2);
});

Deno.test("whereCells() refuses what is no condition, no field, or nothing", () => {
  const refused: readonly (readonly [string[], string])[] = [
    [["abi"], "expected FIELD=VALUE"],
    [["=lp64"], "expected FIELD=VALUE"],
    [["abii=lp64"], 'field of a cell "abii" (nearest: "abi")'],
    [["abi=lp65"], 'find abi "lp65" (nearest: "lp64")'],
    [
      ["workload=4k-hot", "abi=lp64"],
      "Cannot find a cell where workload=4k-hot and abi=lp64",
    ],
  ];
  for (const [texts, message] of refused) {
    assertThrows(() => kept(...texts), RangeError, message);
  }
});
