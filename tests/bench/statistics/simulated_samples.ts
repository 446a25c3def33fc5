/**
 * Samples of known truth: builds with luck, rounds with noise, drift of the
 * machine, stalls.
 */
import type { Sample } from "../../../bench/statistics/sample.ts";
import {
  type RandomStream,
  randomStream,
} from "../../../sim/random/random_stream.ts";

export interface Truth {
  /** True log time of each contender over that of the first. */
  readonly effects: readonly number[];
  readonly builds: number;
  readonly rounds: number;
  /** Standard deviation of a build's luck, log. */
  readonly luck: number;
  /** Standard deviation of a round, log. */
  readonly noise: number;
  /** Change of the machine's speed from first round to last, log. */
  readonly drift?: number;
  /** Share of samples that a stall makes ten times longer. */
  readonly stalls?: number;
  readonly seed: number;
}

/** Contenders are called c0, c1, ... in the order of the effects. */
export function simulatedSamples(truth: Truth): Sample[] {
  const random = randomStream(truth.seed, "simulated-samples");
  const samples: Sample[] = [];
  const total = truth.builds * truth.rounds;
  for (let build = 0; build < truth.builds; build++) {
    const luck = truth.effects.map(() => truth.luck * normal(random));
    for (let round = 0; round < truth.rounds; round++) {
      const place = (build * truth.rounds + round) / total;
      const common = (truth.drift ?? 0) * place + 0.05 * normal(random);
      truth.effects.forEach((effect, i) => {
        const stalled = random.fraction() < (truth.stalls ?? 0);
        const log = effect + (luck[i] ?? 0) + common +
          truth.noise * normal(random) + (stalled ? Math.log(10) : 0);
        samples.push({
          contender: `c${i}`,
          build,
          round,
          nsPerIo: 100 * Math.exp(log),
        });
      });
    }
  }
  return samples;
}

/** Box and Muller 1958. */
export function normal(random: RandomStream): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random.fraction()));
  return radius * Math.cos(2 * Math.PI * random.fraction());
}
