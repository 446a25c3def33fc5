/**
 * How long a device works on a command, in simulated ns: always as long,
 * exponential, or lognormal. Times are whole ns.
 */
import type { RandomStream } from "../random/random_stream.ts";

/** Names of the distributions, as the command line has them. */
export const SERVICE_TIMES = ["det", "exp", "lognormal"] as const;

/** A distribution of service times. */
export interface ServiceTime {
  /** Which one. */
  readonly kind: typeof SERVICE_TIMES[number];
  /** Its mean in ns. */
  readonly meanNs: number;
  /** Standard deviation of the logarithm; of `lognormal` alone. */
  readonly sigma?: number;
}

/**
 * Makes a source of service times.
 *
 * @returns A function that gives the next one, in whole ns.
 */
export function serviceTimes(
  service: ServiceTime,
  random: RandomStream,
): () => number {
  const { kind, meanNs, sigma = 0 } = service;
  if (kind === "det") return () => meanNs;
  if (kind === "exp") {
    // 1 - x is never 0: x < 1.
    return () => Math.round(-meanNs * Math.log(1 - random.fraction()));
  }
  // The mean of a lognormal is exp(mu + sigma^2 / 2).
  const mu = Math.log(meanNs) - sigma * sigma / 2;
  return () => {
    const radius = Math.sqrt(-2 * Math.log(1 - random.fraction()));
    const normal = radius * Math.cos(2 * Math.PI * random.fraction());
    return Math.round(Math.exp(mu + sigma * normal));
  };
}
