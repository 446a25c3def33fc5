/**
 * The order of running: builds one after the other, in each build rounds, in
 * each round every contender once, in seeded random order. Drift of the machine
 * then affects all contenders alike, and none always follows the same other.
 */
import {
  type RandomStream,
  randomStream,
} from "../../sim/random/random_stream.ts";

export interface Step {
  /** Which build, from 0. */
  readonly build: number;
  /** Which round of that build, from 0. */
  readonly round: number;
  readonly contender: string;
}

export interface ScheduleOptions {
  /** Names of all contenders, the control among them. */
  readonly contenders: readonly string[];
  /** Names of those that take part in the first build alone; default: none. */
  readonly apart?: readonly string[] | undefined;
  readonly builds: number;
  readonly rounds: number;
  readonly seed: number;
}

/**
 * Lists the measurements of an experiment in their order.
 *
 * @param options Contenders, builds, rounds and seed.
 * @yields One step at a time.
 */
export function* schedule(options: ScheduleOptions): Generator<Step> {
  const random = randomStream(options.seed, "order");
  const { contenders, apart = [] } = options;
  for (let build = 0; build < options.builds; build++) {
    const present = build === 0 ? [...contenders, ...apart] : contenders;
    for (let round = 0; round < options.rounds; round++) {
      for (const contender of shuffled(present, random)) {
        yield { build, round, contender };
      }
    }
  }
}

/**
 * Puts items in random order (Fisher and Yates).
 *
 * @returns A new list.
 */
export function shuffled<Item>(
  items: readonly Item[],
  random: RandomStream,
): Item[] {
  const rest = [...items];
  const order: Item[] = [];
  while (rest.length > 0) {
    order.push(...rest.splice(random.below(rest.length), 1));
  }
  return order;
}
