/**
 * The hierarchical bootstrap of the median of within-round log ratios: births
 * first, rounds inside a birth second.
 *
 * Rounds of one birth share its luck (where V8 or the linker put the code), so
 * drawing rounds alone would believe that luck twenty times over. Births are
 * few, and two or three of them say little about their own spread; so half of
 * the draws take a birth of the two layouts compared and half take one of any
 * layout in the cell, and the interval is widened by Student's t for the
 * degrees of freedom that remain (Hesterberg 2015, "What teachers should know
 * about the bootstrap", on the narrowness of percentile intervals at small n).
 */
import type { RandomStream } from "../../sim/random/random_stream.ts";
import { medianInPlace, medianOf } from "./median.ts";
import { studentQuantile } from "./student.ts";

/**
 * The rounds of one birth of one contender: logarithms of time, each less the
 * mean of its round over all contenders, so that drift of the machine is gone.
 */
export type Birth = Float64Array;

/** How far one birth lay from its layout, and its rounds from the birth. */
export interface BirthResidual {
  /** Luck of this birth in log time, free of the noise of its rounds. */
  readonly shift: number;
  /** Each round less the median of the birth. */
  readonly rounds: Float64Array;
}

/** What a cell's births say about luck and noise. */
export interface BirthPool {
  /** Residuals, `[contender][birth]`. */
  readonly residuals: readonly (readonly BirthResidual[])[];
  /** Standard deviation between births of each contender, in log time. */
  readonly spreads: readonly (number | null)[];
  /** Share of the degrees of freedom that centring has left. */
  readonly freedomShare: number;
}

/** What was done to the births before. */
export interface PoolOptions {
  /** Whether each round was centred on its mean over all contenders. */
  readonly centred?: boolean;
}

/** How the bootstrap draws. */
export interface BootstrapOptions {
  /** Index of the layout compared. */
  readonly contender: number;
  /** Index of the layout that it is compared with; none for absolute times. */
  readonly baseline?: number | undefined;
  /** Where randomness comes from. */
  readonly random: RandomStream;
  /** How many times to draw; default: 2000. */
  readonly resamples?: number;
}

/**
 * Share of draws, and in the permutation test of the variance, that is taken
 * from the two layouts' own births, see the file's head.
 */
export const OWN_SHARE = 0.5;

/**
 * Takes the births of a cell apart into luck and noise.
 *
 * @param contenders Births of each contender.
 * @param options Whether rounds are centred.
 * @returns The residuals that {@linkcode bootstrapDeviations} draws from.
 */
export function poolBirths(
  contenders: readonly (readonly Birth[])[],
  options: PoolOptions = {},
): BirthPool {
  // A mean over n that holds the value itself takes 1 / n of its variance.
  const whole = options.centred === true && contenders.length > 1
    ? Math.sqrt(contenders.length / (contenders.length - 1))
    : 1;
  const spreads: (number | null)[] = [];
  const residuals = contenders.map((own) => {
    const medians = own.map((birth) => whole * medianOf(birth));
    const centre = medians.reduce((sum, x) => sum + x, 0) / own.length;
    const squares = medians.reduce((sum, x) => sum + (x - centre) ** 2, 0);
    const variance = own.length > 1 ? squares / (own.length - 1) : 0;
    spreads.push(own.length > 1 ? Math.sqrt(variance) : null);
    // The medians scatter by luck and by the noise of their rounds; the noise
    // comes back when rounds are drawn, so it must not count twice.
    const rounds = own.map((birth, i) =>
      birth.map((x) => whole * x - (medians[i] ?? 0))
    );
    const noise = rounds.reduce((sum, r) => sum + medianVariance(r), 0) /
      own.length;
    const luck = variance > 0 ? Math.max(0, 1 - noise / variance) : 0;
    // Residuals about a mean of n are short by sqrt((n - 1) / n).
    const scale = own.length > 1
      ? Math.sqrt(luck * own.length / (own.length - 1))
      : 0;
    return rounds.map((r, i) => ({
      shift: ((medians[i] ?? 0) - centre) * scale,
      rounds: r,
    }));
  });
  return { residuals, spreads, freedomShare: 1 / whole ** 2 };
}

/**
 * Draws how far the median of within-round log ratios would scatter about its
 * true value if the experiment were done again.
 *
 * @param pool The residuals of the cell.
 * @param options Which two contenders, and the randomness.
 * @returns Deviations in log ratio, ascending, already widened for the few
 * births. Time O(resamples x births x rounds).
 */
export function bootstrapDeviations(
  pool: BirthPool,
  options: BootstrapOptions,
): Float64Array {
  const { random } = options;
  const pair = [options.contender, options.baseline].flatMap((index) =>
    index === undefined ? [] : [pool.residuals[index] ?? []]
  );
  const own = pair.flat();
  const everyone = pool.residuals.flat();
  const birthCount = Math.min(...pair.map((births) => births.length));
  const roundCount = Math.min(...own.map(({ rounds }) => rounds.length));
  const deviations = new Float64Array(options.resamples ?? 2000);
  const work = new Float64Array(birthCount * roundCount);
  for (let i = 0; i < deviations.length; i++) {
    for (let birth = 0; birth < birthCount; birth++) {
      const source = random.fraction() < OWN_SHARE ? own : everyone;
      const first = birth * roundCount;
      for (let side = 0; side < pair.length; side++) {
        const { shift, rounds } = source[draw(random, source.length)] ?? none;
        const sign = side === 0 ? 1 : -1;
        for (let i = first; i < first + roundCount; i++) {
          work[i] =
            sign * (shift + (rounds[draw(random, rounds.length)] ?? 0)) +
            (side === 0 ? 0 : work[i] ?? 0);
        }
      }
    }
    deviations[i] = medianInPlace(work);
  }
  deviations.sort();
  const widening = studentWidening(pool, {
    compared: pair.length,
    births: birthCount,
  });
  return deviations.map((x) => x * widening);
}

/**
 * Returns how much wider than for many births an interval is.
 *
 * @param pool The residuals of the cell.
 * @param from How many contenders an interval is of, and the births of each.
 * @returns Student's t over the normal quantile, 1 or more; 1 for one birth,
 *   whose luck nobody has seen.
 */
export function studentWidening(
  pool: BirthPool,
  from: { readonly compared: number; readonly births: number },
): number {
  const freedom = degreesOfFreedom(pool, from.compared, from.births);
  return studentQuantile(0.975, freedom) / studentQuantile(0.975, Infinity);
}

const none: BirthResidual = { shift: 0, rounds: new Float64Array(1) };

/** Draws below a small limit with half the cost of `random.below`. */
function draw(random: RandomStream, limit: number): number {
  return Math.floor((random.int32() >>> 0) * limit / 2 ** 32);
}

/**
 * Degrees of freedom (Satterthwaite) of a variance that is half the mean of
 * the compared contenders' and half the mean of all.
 */
function degreesOfFreedom(
  pool: BirthPool,
  compared: number,
  births: number,
): number {
  if (births < 2) return Infinity; // no luck was seen: rounds alone, many
  const count = pool.residuals.length;
  const others = (1 - OWN_SHARE) / count;
  const own = OWN_SHARE / compared + others;
  const weights = compared * own ** 2 + (count - compared) * others ** 2;
  return Math.max(1, pool.freedomShare * (births - 1) / weights);
}

/** Variance of the median of n rounds: pi/2 of the mean's, sigma by MAD. */
function medianVariance(residuals: Float64Array): number {
  if (residuals.length < 2) return 0;
  const sigma = 1.4826 * medianOf(residuals.map(Math.abs));
  return (Math.PI / 2) * sigma ** 2 / residuals.length;
}
