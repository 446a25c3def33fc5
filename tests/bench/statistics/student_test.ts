import { assertAlmostEquals, assertEquals } from "@std/assert";
import { studentQuantile } from "../../../bench/statistics/student.ts";

Deno.test("studentQuantile() agrees with printed tables to 0.6 %", () => {
  // R: qt(c(.975, .995, .9995), df), four digits.
  const table: [freedom: number, ...quantiles: number[]][] = [
    [1, 12.7062, 63.6567, 636.6192],
    [2, 4.3027, 9.9248, 31.5991],
    [3, 3.1824, 5.8409, 12.924],
    [4, 2.7764, 4.6041, 8.6103],
    [5, 2.5706, 4.0321, 6.8688],
    [10, 2.2281, 3.1693, 4.5869],
    [30, 2.0423, 2.75, 3.646],
    [120, 1.9799, 2.6174, 3.3735],
  ];
  for (const [freedom, ...quantiles] of table) {
    quantiles.forEach((expected, i) => {
      const share = [0.975, 0.995, 0.9995][i] ?? 0;
      const found = studentQuantile(share, freedom);
      assertAlmostEquals(found / expected, 1, 0.006, `${freedom} ${share}`);
    });
  }
});

Deno.test("studentQuantile() is odd about the middle", () => {
  assertEquals(studentQuantile(0.025, 7), -studentQuantile(0.975, 7));
});
