/**
 * The experiment on timing: contenders that are all the baseline, one of which
 * runs more I/Os than are counted, timed as layouts are.
 */
import { Contender } from "../contender/contender.ts";
import type { ContenderSetup } from "../contender/contender_protocol.ts";
import { loadNow } from "../machine/load_now.ts";
import { BASELINE } from "../setup/baseline.ts";
import { BuildCell } from "../run/build_cell.ts";
import { timeBuilds } from "../run/time_builds.ts";
import { timeCell } from "../run/time_cell.ts";
import type { TimedCell } from "../run/timed_cell.ts";
import { medianOf } from "../statistics/median.ts";
import type { Sample } from "../statistics/sample.ts";
import { FIO_CASE, type OpenCase, openCase } from "../targets/speed_cases.ts";
import { PLANTED, PLANTED_SHARE, type TimingRun } from "./timing_record.ts";

const TWINS = ["twin 1", "twin 2", "twin 3", "twin 4"];
const NAMES = [BASELINE, ...TWINS, PLANTED];
const WINDOW_IOS = 4096;
const LANES = 2;

export interface TwinsOptions {
  readonly engine: "js" | "native";
  /** The workloads; in C builds of all of them are made in turn. */
  readonly workloads: readonly string[];
  /** Seed of order and placement. */
  readonly seed: number;
  readonly builds: number;
  /** Rounds of each, at most. */
  readonly rounds: number;
  /** Time for all workloads. */
  readonly budgetNs: number;
  /** Ends it early. */
  readonly signal?: AbortSignal;
}

/**
 * Times the baseline against itself.
 *
 * @returns A run of each workload; what was cut short must not be kept.
 * @throws {Error} If a worker failed.
 */
export async function timeTwins(options: TwinsOptions): Promise<TimingRun[]> {
  const { engine, workloads, seed } = options;
  const cases: OpenCase[] = [];
  for (const workload of workloads) cases.push(await open(workload));
  const before = loadNow();
  const start = performance.now();
  const timed = engine === "native"
    ? await timeInC(cases, options)
    : await timeInJs(cases, options);
  const seconds = Math.round(performance.now() - start) / 1000;
  const load = [before, loadNow()];
  return timed.map((own, index) => ({
    ...{ engine, workload: workloads[index] ?? "", seed, seconds, load },
    together: workloads.length,
    clock: own.clock ?? "",
    rounds: Math.max(0, ...own.samples.map(({ round }) => round + 1)),
    builds: Object.fromEntries(
      NAMES.slice(1).map((name) => [name, buildRatios(own.samples, name)]),
    ),
  }));
}

function open(workload: string): Promise<OpenCase> {
  return openCase({
    ...FIO_CASE,
    ...{ workload, ios: WINDOW_IOS, submitter: "user", batch: 1 },
  });
}

const planted = new Map([[PLANTED, PLANTED_SHARE]]);
const clock = () => performance.now() * 1e6;

async function timeInC(
  cases: readonly OpenCase[],
  options: TwinsOptions,
): Promise<TimedCell[]> {
  const { builds, rounds, seed, budgetNs, signal } = options;
  const cells = cases.map(({ window, setup }) => {
    const own: ContenderSetup = { ...setup, engine: { name: "native" } };
    return new BuildCell({
      ...{ window, builds, rounds, seed, planted, baseline: BASELINE },
      contenders: new Map(NAMES.map((name) => [name, own])),
    });
  });
  const workers: Contender[] = [];
  try {
    for (const { setup } of cases.slice(0, 1)) {
      while (workers.length < LANES) workers.push(await Contender.start(setup));
    }
    await timeBuilds(cells, {
      ...{ workers, budgetNs, seed, clock },
      signal,
    });
  } finally {
    for (const worker of workers) worker.stop();
  }
  return cells.map((cell) => cell.timed(LANES));
}

async function timeInJs(
  cases: readonly OpenCase[],
  options: TwinsOptions,
): Promise<TimedCell[]> {
  const { builds, rounds, seed, signal } = options;
  const found: TimedCell[] = [];
  for (const { window, windowIos, setup } of cases) {
    const isolates = new Map<string, Promise<Contender>>();
    const end = async () => {
      for (const one of isolates.values()) (await one).stop();
      isolates.clear();
    };
    try {
      found.push(
        await timeCell({
          ...{ window, windowIos, builds, rounds, seed, planted, clock },
          budgetNs: options.budgetNs / cases.length,
          signal,
          contenders: NAMES,
          isolate: (name, build) => {
            const scatterSeed = (seed * builds + build) * NAMES.length +
              NAMES.indexOf(name);
            const key = `${name} ${build}`;
            const isolate = isolates.get(key) ??
              Contender.start({ ...setup, scatterSeed });
            isolates.set(key, isolate);
            return isolate;
          },
          endBuild: end,
        }),
      );
    } finally {
      await end();
    }
  }
  return found;
}

/** The median of within-round ratios to the baseline, of each build. */
function buildRatios(samples: readonly Sample[], name: string): number[] {
  const key = ({ build, round }: Sample) => `${build} ${round}`;
  const base = new Map(
    samples.filter(({ contender }) => contender === BASELINE)
      .map((one) => [key(one), one.nsPerIo]),
  );
  const ratios = new Map<number, number[]>();
  for (const one of samples) {
    const other = base.get(key(one));
    if (one.contender !== name || other === undefined) continue;
    ratios.getOrInsertComputed(one.build, () => [])
      .push(one.nsPerIo / other);
  }
  return [...ratios.values()].map((own) => Number(medianOf(own).toFixed(5)));
}
