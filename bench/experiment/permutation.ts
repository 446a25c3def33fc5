/**
 * The permutation test behind a verdict, and its correction over many layouts.
 *
 * With three births a plain exchange of two layouts' births has 20 outcomes
 * and can never show anything. So the layouts of the whole cell are exchanged:
 * each birth is taken as its distance from its own layout (Freedman and Lane
 * 1983), and within each birth the distances are dealt out anew to all layouts.
 * The statistic is studentised, which keeps the test right when layouts scatter unequally
 * (Janssen 1997).
 */
import type { RandomStream } from "../../sim/random.ts";

/** How a permutation test draws. */
export interface PermutationOptions {
  /** Index of the contender that all others are compared with. */
  readonly baseline: number;
  /** Where randomness comes from. */
  readonly random: RandomStream;
  /** How many times to deal; 1000 unless told. */
  readonly permutations?: number;
}

/** Share of the variance taken from the two contenders' own units. */
const OWN_SHARE = 0.5;

/**
 * Tests each contender against the baseline.
 *
 * @param units Log times, `[contender][unit]`; a unit is a birth.
 * @param options The baseline and the randomness.
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
  const found = studentise(values, contenders, baseline);
  const dealt = centre(values, contenders);
  const atLeast = new Float64Array(contenders);
  let drawn = 0;
  for (let i = options.permutations ?? 1000; i > 0; i--) {
    dealWithinBirths(dealt, contenders, random);
    const drawnHere = studentise(dealt, contenders, baseline);
    // Under "no difference" every contender draws from one distribution, so
    // each deal serves all of them.
    for (let c = 0; c < contenders; c++) {
      if (c === baseline) continue;
      drawn++;
      const size = Math.abs(drawnHere[c] ?? 0);
      for (let d = 0; d < contenders; d++) {
        if (size >= Math.abs(found[d] ?? 0)) atLeast[d] = (atLeast[d] ?? 0) + 1;
      }
    }
  }
  return units.map((_, c) =>
    c === baseline ? null : (1 + (atLeast[c] ?? 0)) / (1 + drawn)
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
  const means = meansOf(values, contenders);
  return values.map((x, i) => x - (means[Math.floor(i / count)] ?? 0));
}

function meansOf(values: Float64Array, contenders: number): Float64Array {
  const count = values.length / contenders;
  const means = new Float64Array(contenders);
  for (let c = 0; c < contenders; c++) {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += values[c * count + i] ?? 0;
    means[c] = sum / count;
  }
  return means;
}

/** Difference to the baseline over its standard error, per contender. */
function studentise(
  values: Float64Array,
  contenders: number,
  baseline: number,
): Float64Array {
  const count = values.length / contenders;
  const means = meansOf(values, contenders);
  const variances = new Float64Array(contenders);
  let pooled = 0;
  for (let c = 0; c < contenders; c++) {
    let squares = 0;
    for (let i = 0; i < count; i++) {
      squares += ((values[c * count + i] ?? 0) - (means[c] ?? 0)) ** 2;
    }
    variances[c] = squares / (count - 1);
    pooled += squares / (count - 1) / contenders;
  }
  return means.map((mean, c) => {
    const difference = mean - (means[baseline] ?? 0);
    if (difference === 0) return 0;
    const own = ((variances[c] ?? 0) + (variances[baseline] ?? 0)) / 2;
    const variance = OWN_SHARE * own + (1 - OWN_SHARE) * pooled;
    return variance === 0
      ? Math.sign(difference) * Infinity
      : difference / Math.sqrt(2 * variance / count);
  });
}

function dealWithinBirths(
  values: Float64Array,
  contenders: number,
  random: RandomStream,
): void {
  const count = values.length / contenders;
  for (let birth = 0; birth < count; birth++) {
    for (let i = contenders - 1; i > 0; i--) {
      const from = i * count + birth;
      const to = random.below(i + 1) * count + birth;
      const held = values[from] ?? 0;
      values[from] = values[to] ?? 0;
      values[to] = held;
    }
  }
}
