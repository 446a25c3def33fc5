/**
 * Who runs when: births one after the other, in each birth rounds, in each
 * round every contender once, in seeded random order. Drift of the machine
 * then meets all contenders alike, and none always follows the same other.
 */
import {
  type RandomStream,
  randomStream,
} from "../../sim/random/random_stream.ts";

/** One measurement to be made. */
export interface Step {
  /** Which birth, from 0. */
  readonly birth: number;
  /** Which round of that birth, from 0. */
  readonly round: number;
  /** Who is measured. */
  readonly contender: string;
}

/** What a schedule is made from. */
export interface ScheduleOptions {
  /** Names of all contenders, the control among them. */
  readonly contenders: readonly string[];
  /** Names of those that take part in the first birth alone; default: none. */
  readonly apart?: readonly string[] | undefined;
  /** Births of each contender. */
  readonly births: number;
  /** Rounds per birth. */
  readonly rounds: number;
  /** Seed of the order. */
  readonly seed: number;
}

/**
 * Lists the measurements of an experiment in their order.
 *
 * @param options Contenders, births, rounds and seed.
 * @yields One step at a time.
 */
export function* schedule(options: ScheduleOptions): Generator<Step> {
  const random = randomStream(options.seed, "order");
  const { contenders, apart = [] } = options;
  for (let birth = 0; birth < options.births; birth++) {
    const present = birth === 0 ? [...contenders, ...apart] : contenders;
    for (let round = 0; round < options.rounds; round++) {
      for (const contender of shuffled(present, random)) {
        yield { birth, round, contender };
      }
    }
  }
}

/**
 * Puts items in random order (Fisher and Yates).
 *
 * @param items The items.
 * @param random Where randomness comes from.
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
