/**
 * What the experiment on timing has found so far, and what follows from it: how
 * far identical code seems to differ, how wide intervals are, whether a planted
 * difference is seen, and how often one is seen that is not there.
 */
import { z } from "zod";
import { randomStream } from "../../sim/random/random_stream.ts";
import { hodgesLehmann } from "../statistics/hodges_lehmann.ts";
import { decide } from "../result/verdict.ts";

/** Name of the contender that a difference is planted in. */
export const PLANTED = "planted";
/** Size of that difference: 3 %. */
export const PLANTED_SHARE = 0.03;

const runSchema = z.strictObject({
  engine: z.enum(["js", "native"]),
  workload: z.string(),
  seed: z.int(),
  /** Wall time of the timing, in s, of all workloads that were timed together. */
  seconds: z.number(),
  /** How many those are. */
  together: z.int(),
  /** Load of the machine before and after it; `null` if it cannot be seen. */
  load: z.array(z.number().nullable()),
  clock: z.string(),
  rounds: z.int(),
  /**
   * Medians of within-round ratios to the baseline, of each build, by contender.
   */
  builds: z.record(z.string(), z.array(z.number())),
});

/** One run of the experiment: a workload on an engine. */
export type TimingRun = z.infer<typeof runSchema>;

/** The form of the file. */
export const timingRecordSchema = z.strictObject({
  schemaVersion: z.literal(1),
  machine: z.record(z.string(), z.unknown()),
  runs: z.array(runSchema),
});

export type TimingRecord = z.infer<typeof timingRecordSchema>;

/** What follows from the runs of an engine and a workload. */
export interface TimingFigures {
  readonly engine: string;
  readonly workload: string;
  readonly runs: number;
  /** Builds of the smallest. */
  readonly builds: number;
  /** Wall time of the longest, in s, with what was timed together with it. */
  readonly mostSeconds: number;
  /** Largest load seen. */
  readonly mostLoad: number | null;
  /** Furthest that identical code seemed from itself; 0.01 is 1 %. */
  readonly worstTwin: number;
  /** The same for 95 of 100 twins. */
  readonly mostTwins: number;
  /** Half widths of the intervals of twins: median, and 95 of 100. */
  readonly halfWidths: readonly [median: number, most: number];
  /** Runs in which the planted 3 % was found. */
  readonly found: number;
  /** Ratio that it was found with, in the mean. */
  readonly planted: number;
  /** Comparisons of identical code. */
  readonly twins: number;
  /** How many of them showed a difference. */
  readonly alarms: number;
  /** Share of A/A runs, drawn from all builds, with a difference shown. */
  readonly falseAlarms: number;
  readonly drawn: number;
}

/** A/A runs that are drawn. */
const DRAWN = 200;

/**
 * Sums up the runs of an engine and a workload.
 *
 * @returns The figures. A/A runs are drawn from the recorded builds: a twin by
 *   chance, and as many of its builds as a run has, each at most once.
 */
export function timingFigures(runs: readonly TimingRun[]): TimingFigures {
  const twins = runs.flatMap(({ builds }) =>
    Object.entries(builds).flatMap(([name, ratios]) =>
      name === PLANTED ? [] : [centreOf(ratios)]
    )
  );
  const planted = runs.flatMap(({ builds }) =>
    builds[PLANTED] === undefined ? [] : [centreOf(builds[PLANTED])]
  );
  const builds = Math.min(...runs.map(buildsOf));
  const sizes = twins.map(({ median }) => distance(median)).sort(ascending);
  const widths = twins.map(halfWidth).sort(ascending);
  const pools = poolsOf(runs);
  const random = randomStream(1, "timing");
  let drawnAlarms = 0;
  for (let draw = 0; draw < DRAWN; draw++) {
    const pool = [...pools[random.below(pools.length)] ?? []];
    const drawn = Array.from(
      { length: Math.min(builds, pool.length) },
      () => pool.splice(random.below(pool.length), 1)[0] ?? 1,
    );
    if (isShown(centreOf(drawn))) drawnAlarms++;
  }
  const loads = runs.flatMap(({ load }) => load.flatMap((one) => one ?? []));
  return {
    engine: runs[0]?.engine ?? "",
    workload: runs[0]?.workload ?? "",
    runs: runs.length,
    builds,
    mostSeconds: Math.max(...runs.map(({ seconds }) => seconds)),
    mostLoad: loads.length === 0 ? null : Math.max(...loads),
    worstTwin: sizes.at(-1) ?? 0,
    mostTwins: at(sizes, 0.95),
    halfWidths: [at(widths, 0.5), at(widths, 0.95)],
    found: planted.filter((one) => isShown(one) && one.median > 1).length,
    planted: planted.reduce((sum, one) => sum + one.median, 0) /
      planted.length,
    twins: twins.length,
    alarms: twins.filter(isShown).length,
    falseAlarms: drawnAlarms / DRAWN,
    drawn: DRAWN,
  };
}

interface Ratio {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

function centreOf(ratios: readonly number[]): Ratio {
  const { centre, low, high } = hodgesLehmann(ratios.map(Math.log));
  return { median: Math.exp(centre), low: Math.exp(low), high: Math.exp(high) };
}

/** Whether a verdict would show it, if the test beside the interval agreed. */
function isShown(ratio: Ratio): boolean {
  return decide({ ratio, adjustedPValue: 0, noiseFloor: 0 }) !==
    "no difference shown";
}

/** Ratios of builds by the name of the twin, of all runs. */
function poolsOf(runs: readonly TimingRun[]): number[][] {
  const pools = new Map<string, number[]>();
  for (const { builds } of runs) {
    for (const [name, ratios] of Object.entries(builds)) {
      if (name === PLANTED) continue;
      pools.set(name, [...pools.get(name) ?? [], ...ratios]);
    }
  }
  return [...pools.values()];
}

function buildsOf({ builds }: TimingRun): number {
  return Math.min(...Object.values(builds).map((ratios) => ratios.length));
}

function distance(ratio: number): number {
  return Math.expm1(Math.abs(Math.log(ratio)));
}

function halfWidth({ low, high }: Ratio): number {
  return Math.sqrt(high / low) - 1;
}

function at(sorted: readonly number[], share: number): number {
  return sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
}

function ascending(a: number, b: number): number {
  return a - b;
}
