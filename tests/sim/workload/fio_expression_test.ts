import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { evaluateExpression } from "../../../sim/workload/fio_expression.ts";

Deno.test("evaluateExpression() calculates as fio's grammar has it", () => {
  // exp/expression-parser.y and .l: a unit binds looser than * and /, and
  // tighter than + and -; ^ groups to the right; k is 1024 and kib 1000.
  const cases: [string, number][] = [
    ["(1+2)*4k", 12288],
    ["1+2k", 2049],
    ["8/2k", 4096],
    ["2^3^2", 512],
    ["-2^2", 4],
    ["7%4*2", 6],
    ["10-2-3", 5],
    ["7/2", 3],
    ["(1.5)*3", 4],
    ["1.5k", 1536],
    ["(1+1)mib", 2_000_000],
    ["(0x10 + 1) * 2KB", 34816],
    ["((((1))))", 1],
  ];
  for (const [text, value] of cases) {
    assertEquals(evaluateExpression(text), value, text);
  }
});

Deno.test("evaluateExpression() gives nothing for what has no value", () => {
  for (
    const text of [
      ...["", "(", "1/0", "1%0", "1.5%2", "3 4", "4q", "2*", ")", "1e3"],
      ...["9p*9p", "(1", "k", "2^-1^", `${"(".repeat(200)}1${")".repeat(200)}`],
    ]
  ) {
    assertEquals(evaluateExpression(text), null, text.slice(0, 20));
  }
});

Deno.test("evaluateExpression() gives an integer or nothing", () => {
  const token = fc.constantFrom(..."0 1 7 4k 2m kib 0x1f .5 ( ) + - * / % ^"
    .split(" "));
  fc.assert(fc.property(fc.array(token), (tokens) => {
    const value = evaluateExpression(tokens.join(" "));
    return value === null || Number.isSafeInteger(value);
  }));
});
