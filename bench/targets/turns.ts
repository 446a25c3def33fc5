/**
 * Contenders in turns: each round visits all of them in an order of its own, so
 * that whatever else the machine does hits them alike, and the median of ratios
 * within rounds is free of it.
 */
import { randomStream } from "../../sim/random/random_stream.ts";
import { medianOf } from "../statistics/median.ts";

/** What is visited: gives the time of a unit of its work, by name. */
export type Turn = () => Promise<number> | number;

/**
 * Visits contenders in turns.
 *
 * @param warmUp Rounds before those, which are not counted.
 * @returns What each visit gave, by contender.
 */
export async function takeTurns<Name extends string>(
  turns: Readonly<Record<Name, Turn>>,
  rounds: number,
  warmUp = 0,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(turns) as Name[];
  const found = Object.fromEntries(
    names.map((name) => [name, [] as number[]]),
  ) as Record<Name, number[]>;
  const random = randomStream(1, "turns");
  for (let round = -warmUp; round < rounds; round++) {
    const order = names.map((name) => ({ name, at: random.fraction() }))
      .sort((a, b) => a.at - b.at);
    for (const { name } of order) {
      const value = await turns[name]();
      if (round >= 0) found[name].push(value);
    }
  }
  return found;
}

/**
 * Returns the median of the ratios within rounds.
 *
 * @param over What is divided, a value for each round.
 * @param under What it is divided by.
 *
 * @example A machine that is twice as slow in one round
 * ```ts
 * import { medianRatio } from "./turns.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(medianRatio([4, 8, 4], [2, 4, 2]), 2);
 * ```
 */
export function medianRatio(
  over: readonly number[],
  under: readonly number[],
): number {
  return medianOf(over.map((value, i) => value / (under[i] as number)));
}
