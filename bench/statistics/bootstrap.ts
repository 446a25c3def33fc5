/**
 * The hierarchical bootstrap of the median of within-round log ratios: builds
 * first, rounds inside a build second.
 *
 * Rounds of one build share its luck (where V8 or the linker put the code), so
 * drawing rounds alone would believe that luck twenty times over. Builds are
 * few, and two or three of them say little about their own spread; so half of
 * the draws take a build of the two layouts compared and half take one of any
 * layout in the cell, and the interval is widened by Student's t for the
 * degrees of freedom that remain (Hesterberg 2015, "What teachers should know
 * about the bootstrap", on the narrowness of percentile intervals at small n).
 */
import type { RandomStream } from "../../sim/random/random_stream.ts";
import { medianInPlace, medianOf } from "./median.ts";
import { studentQuantile } from "./student.ts";

/**
 * The rounds of one build of one contender: logarithms of time, each less the
 * mean of its round over all contenders, so that drift of the machine is gone.
 */
export type Build = Float64Array;

/** How far one build lay from its layout, and its rounds from the build. */
export interface BuildResidual {
  /** Luck of this build in log time, free of the noise of its rounds. */
  readonly shift: number;
  /** Each round less the median of the build. */
  readonly rounds: Float64Array;
}

/** What a cell's builds say about luck and noise. */
export interface BuildPool {
  /** Residuals, `[contender][build]`. */
  readonly residuals: readonly (readonly BuildResidual[])[];
  /** Standard deviation between builds of each contender, in log time. */
  readonly spreads: readonly (number | null)[];
  /** Share of the degrees of freedom that centring has left. */
  readonly freedomShare: number;
}

/** What was done to the builds before. */
export interface PoolOptions {
  /** Whether each round was centred on its mean over all contenders. */
  readonly centred?: boolean;
}

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
 * from the two layouts' own builds, see the file's head.
 */
export const OWN_SHARE = 0.5;

/**
 * Takes the builds of a cell apart into luck and noise.
 *
 * @returns The residuals that {@linkcode bootstrapDeviations} draws from.
 */
export function poolBuilds(
  contenders: readonly (readonly Build[])[],
  options: PoolOptions = {},
): BuildPool {
  // A mean over n that holds the value itself takes 1 / n of its variance.
  const whole = options.centred === true && contenders.length > 1
    ? Math.sqrt(contenders.length / (contenders.length - 1))
    : 1;
  const spreads: (number | null)[] = [];
  const residuals = contenders.map((own) => {
    const medians = own.map((build) => whole * medianOf(build));
    const centre = medians.reduce((sum, x) => sum + x, 0) / own.length;
    const squares = medians.reduce((sum, x) => sum + (x - centre) ** 2, 0);
    const variance = own.length > 1 ? squares / (own.length - 1) : 0;
    spreads.push(own.length > 1 ? Math.sqrt(variance) : null);
    // The medians scatter by luck and by the noise of their rounds; the noise
    // comes back when rounds are drawn, so it must not count twice.
    const rounds = own.map((build, i) =>
      build.map((x) => whole * x - (medians[i] ?? 0))
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
 * @param options Which two contenders, and the randomness.
 * @returns Deviations in log ratio, ascending, already widened for the few
 * builds. Time O(resamples x builds x rounds).
 */
export function bootstrapDeviations(
  pool: BuildPool,
  options: BootstrapOptions,
): Float64Array {
  const { random } = options;
  const pair = [options.contender, options.baseline].flatMap((index) =>
    index === undefined ? [] : [pool.residuals[index] ?? []]
  );
  const own = pair.flat();
  const everyone = pool.residuals.flat();
  const buildCount = Math.min(...pair.map((builds) => builds.length));
  const roundCount = Math.min(...own.map(({ rounds }) => rounds.length));
  const deviations = new Float64Array(options.resamples ?? 2000);
  const work = new Float64Array(buildCount * roundCount);
  for (let i = 0; i < deviations.length; i++) {
    for (let build = 0; build < buildCount; build++) {
      const source = random.fraction() < OWN_SHARE ? own : everyone;
      const first = build * roundCount;
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
    builds: buildCount,
  });
  return deviations.map((x) => x * widening);
}

/**
 * Returns how much wider than for many builds an interval is.
 *
 * @param from How many contenders an interval is of, and the builds of each.
 * @returns Student's t over the normal quantile, 1 or more; 1 for one build,
 * whose luck is unknown.
 */
export function studentWidening(
  pool: BuildPool,
  from: { readonly compared: number; readonly builds: number },
): number {
  const freedom = degreesOfFreedom(pool, from.compared, from.builds);
  return studentQuantile(0.975, freedom) / studentQuantile(0.975, Infinity);
}

const none: BuildResidual = { shift: 0, rounds: new Float64Array(1) };

/** Draws below a small limit with half the cost of `random.below`. */
function draw(random: RandomStream, limit: number): number {
  return Math.floor((random.int32() >>> 0) * limit / 2 ** 32);
}

/**
 * Degrees of freedom (Satterthwaite) of a variance that is half the mean of
 * the compared contenders' and half the mean of all.
 */
function degreesOfFreedom(
  pool: BuildPool,
  compared: number,
  builds: number,
): number {
  if (builds < 2) return Infinity; // no luck was seen: rounds alone, many
  const count = pool.residuals.length;
  const others = (1 - OWN_SHARE) / count;
  const own = OWN_SHARE / compared + others;
  const weights = compared * own ** 2 + (count - compared) * others ** 2;
  return Math.max(1, pool.freedomShare * (builds - 1) / weights);
}

/** Variance of the median of n rounds: pi/2 of the mean's, sigma by MAD. */
function medianVariance(residuals: Float64Array): number {
  if (residuals.length < 2) return 0;
  const sigma = 1.4826 * medianOf(residuals.map(Math.abs));
  return (Math.PI / 2) * sigma ** 2 / residuals.length;
}
