/**
 * The permutation test behind a verdict, and its correction over many layouts.
 *
 * With three builds a plain exchange of two layouts' builds has 20 outcomes
 * and can never show anything. So the layouts of the whole cell are exchanged:
 * each build is taken as its distance from its own layout (Freedman and Lane
 * 1983), and within each build the distances are dealt out again to all layouts.
 * The statistic is studentised, which keeps the test right when layouts scatter unequally
 * (Janssen 1997).
 */
import type { RandomStream } from "../../sim/random/random_stream.ts";
import { OWN_SHARE } from "./bootstrap.ts";

export interface PermutationOptions {
  /** Index of the contender that all others are compared with. */
  readonly baseline: number;
  /** Where randomness comes from. */
  readonly random: RandomStream;
  /** How many times to deal; default: 1000. */
  readonly permutations?: number;
}

/**
 * Tests each contender against the baseline.
 *
 * @param units Log times, `[contender][unit]`; a unit is a build.
 * @returns Two-sided p of "no difference" per contender, `null` for the
 * baseline itself and where there are too few units. Time O(permutations x
 * units).
 */
export function permutationTest(
  units: readonly (readonly number[])[],
  options: PermutationOptions,
): (number | null)[] {
  const { baseline, random } = options;
  const count = Math.min(...units.map((own) => own.length));
  const contenders = units.length;
  if (contenders < 2 || count < 2) return units.map(() => null);
  const values = new Float64Array(contenders * count);
  units.forEach((own, c) => {
    for (let i = 0; i < count; i++) values[c * count + i] = own[i] ?? 0;
  });
  const found = new Float64Array(contenders);
  const studentiser = new Studentiser(contenders, baseline);
  studentiser.compute(values, found);
  const sizes = found.map(Math.abs);
  const dealt = centre(values, contenders);
  const drawn = new Float64Array(contenders);
  const atLeast = new Float64Array(contenders);
  const permutations = options.permutations ?? 1000;
  for (let i = 0; i < permutations; i++) {
    dealWithinBuilds(dealt, contenders, random);
    studentiser.compute(dealt, drawn);
    // Under "no difference" every contender draws from one distribution, so
    // each deal serves all of them.
    for (let c = 0; c < contenders; c++) {
      if (c === baseline) continue;
      const size = Math.abs(drawn[c] ?? 0);
      for (let d = 0; d < contenders; d++) {
        if (size >= (sizes[d] ?? 0)) atLeast[d] = (atLeast[d] ?? 0) + 1;
      }
    }
  }
  const draws = permutations * (contenders - 1);
  return units.map((_, c) =>
    c === baseline ? null : (1 + (atLeast[c] ?? 0)) / (1 + draws)
  );
}

/**
 * Corrects p-values for how many were taken (Holm 1979): the chance that even
 * one of them is a false alarm stays below the level.
 *
 * @param pValues The p-values; `null` stays `null` and does not count.
 * @returns The corrected values, in the same order.
 */
export function holm(pValues: readonly (number | null)[]): (number | null)[] {
  const known = pValues.flatMap((p, index) => p === null ? [] : [{ p, index }])
    .sort((a, b) => a.p - b.p);
  const corrected: (number | null)[] = pValues.map(() => null);
  let largest = 0;
  known.forEach(({ p, index }, rank) => {
    largest = Math.max(largest, Math.min(1, p * (known.length - rank)));
    corrected[index] = largest;
  });
  return corrected;
}

/** Distances from the mean of each contender. */
function centre(values: Float64Array, contenders: number): Float64Array {
  const count = values.length / contenders;
  const distances = new Float64Array(values.length);
  for (let first = 0; first < values.length; first += count) {
    const own = values.subarray(first, first + count);
    const mean = own.reduce((sum, x) => sum + x, 0) / count;
    distances.set(own.map((x) => x - mean), first);
  }
  return distances;
}

/** Differences to the baseline over their standard errors. */
class Studentiser {
  readonly #baseline: number;
  readonly #means: Float64Array;
  readonly #variances: Float64Array;

  constructor(contenders: number, baseline: number) {
    this.#baseline = baseline;
    this.#means = new Float64Array(contenders);
    this.#variances = new Float64Array(contenders);
  }

  /** Writes one statistic per contender into `into`. */
  compute(values: Float64Array, into: Float64Array): void {
    const means = this.#means;
    const variances = this.#variances;
    const contenders = means.length;
    const count = values.length / contenders;
    let pooled = 0;
    for (let c = 0; c < contenders; c++) {
      const first = c * count;
      let sum = 0;
      for (let i = first; i < first + count; i++) sum += values[i] ?? 0;
      const mean = sum / count;
      let squares = 0;
      for (let i = first; i < first + count; i++) {
        const distance = (values[i] ?? 0) - mean;
        squares += distance * distance;
      }
      means[c] = mean;
      variances[c] = squares / (count - 1);
      pooled += squares / (count - 1) / contenders;
    }
    const mean = means[this.#baseline] ?? 0;
    const variance = variances[this.#baseline] ?? 0;
    for (let c = 0; c < contenders; c++) {
      const own = ((variances[c] ?? 0) + variance) / 2;
      const error = Math.sqrt(
        2 * (OWN_SHARE * own + (1 - OWN_SHARE) * pooled) / count,
      );
      const difference = (means[c] ?? 0) - mean;
      into[c] = difference === 0 ? 0 : difference / error;
    }
  }
}

function dealWithinBuilds(
  values: Float64Array,
  contenders: number,
  random: RandomStream,
): void {
  const count = values.length / contenders;
  for (let build = 0; build < count; build++) {
    for (let i = contenders - 1; i > 0; i--) {
      const from = i * count + build;
      const to = random.below(i + 1) * count + build;
      const held = values[from] ?? 0;
      values[from] = values[to] ?? 0;
      values[to] = held;
    }
  }
}
