import { assertAlmostEquals, assertEquals } from "@std/assert";
import { BudgetShares } from "../../../bench/run/budget_shares.ts";

/** The share of each of three cells that take so long. */
function shares(budget: number, taken: readonly number[]): number[] {
  const budgets = new BudgetShares(budget, taken.length);
  return taken.map((ns) => {
    const share = budgets.next();
    budgets.take(ns);
    return share;
  });
}

Deno.test("BudgetShares: who takes too long takes it from nobody", () => {
  // Least rounds are run whatever they take: 25 of a share of 10.
  assertEquals(shares(30, [25, 25, 25]), [10, 10, 10]);
});

Deno.test("BudgetShares: what is left over goes to those behind", () => {
  // 6 are left of the first 10: 13 for each of the others.
  assertEquals(shares(30, [4, 13, 13]), [10, 13, 13]);
  const [, , last = 0] = shares(30, [4, 1, 1]);
  assertAlmostEquals(last, 25, 1e-12); // 30 - 4 - 1
});

Deno.test("BudgetShares: a cell that says nothing has used its share", () => {
  const budgets = new BudgetShares(30, 3);
  assertEquals([budgets.next(), budgets.next(), budgets.next()], [10, 10, 10]);
  assertEquals(new BudgetShares(5, 0).next(), 5);
});
