/**
 * How the rate of a layout grows with the number of submitters: groups of every
 * size, started afresh, visited in random order within each round.
 */
import {
  type Progress,
  type RoundsResult,
  runRounds,
} from "../statistics/run_rounds.ts";
import { medianOf } from "../statistics/median.ts";
import { summarise } from "../result/summarise.ts";
import type { Sample } from "../statistics/sample.ts";
import { sideOf } from "../result/verdict.ts";
import type { Interval, Verdict } from "../result/timing_types.ts";
import type {
  ContenderSetup,
  WindowHandle,
} from "../contender/contender_protocol.ts";
import { WorkerGroup } from "./group.ts";
import {
  type GroupPoint,
  isolatesOf,
  pointsAt,
  requireGroups,
} from "./group_use.ts";
import type { GroupShape } from "../setup/group_shape.ts";
import type { ResultScaling } from "../result/group_types.ts";

/** Time that one measurement should take. */
const BATCH_NS = 20e6;
/** Time that a group works before it is measured, for V8 to compile. */
const BURN_IN_NS = 150e6;
/** Isolates above which only the smallest and the largest group are run. */
const MANY_ISOLATES = 64;

export interface ScalingOptions extends GroupShape {
  /** The layouts, the baseline among them. */
  readonly setups: ReadonlyMap<string, ContenderSetup>;
  /** Name of the layout that ratios refer to. */
  readonly baseline: string;
  readonly window: WindowHandle;
  readonly builds: number;
  readonly rounds: number;
  readonly budgetNs: number;
  /** Isolates that there is room for at once; 256 if absent. */
  readonly mostIsolates?: number;
  /** Seed of the order and of the intervals. */
  readonly seed: number;
  /** A monotonic clock in ns. */
  readonly clock: () => number;
  /** Longest wait for a worker in ms. */
  readonly timeoutMs?: number | undefined;
  /** Ends the measurement early. */
  readonly signal?: AbortSignal | undefined;
  /** Called after every measurement. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/**
 * Returns the sizes of groups that are run: 1, 2, 4 ... and the largest.
 *
 * @returns The sizes, ascending.
 */
export function groupSizes(workers: number): number[] {
  const sizes: number[] = [];
  for (let size = 1; size < workers; size *= 2) sizes.push(size);
  return [...sizes, workers];
}

/**
 * Measures groups.
 *
 * @returns Each layout's groups, the smallest first.
 * @throws {RangeError} If it would take too many isolates at once.
 */
export async function measureScaling(
  options: ScalingOptions,
): Promise<ResultScaling[]> {
  const points = new Map(
    pointsOf(options).map((point) => [nameOf(point), point]),
  );
  const groups = new Map<string, WorkerGroup>();
  const passes = new Map<string, number>();
  const rates = new Map<string, number[][]>();
  const { signal, window } = options;
  const groupOf = (name: string): WorkerGroup => {
    const group = groups.get(name);
    if (group === undefined) throw new RangeError(`Cannot find group ${name}`);
    return group;
  };
  const stop = () => {
    for (const group of groups.values()) group.stop();
    groups.clear();
  };
  const found: RoundsResult = await runRounds({
    contenders: [...points.keys()],
    builds: options.builds,
    rounds: options.rounds,
    seed: options.seed,
    budgetNs: options.budgetNs,
    clock: options.clock,
    signal,
    onProgress: options.onProgress,
    beginBuild: async () => {
      for (const [name, point] of points) {
        if (signal?.aborted) return;
        const setup = options.setups.get(point.layout) as ContenderSetup;
        const group = await WorkerGroup.start(setup, {
          ...point,
          poll: options.poll,
          completeOn: options.completeOn ?? "submitter",
          hwQueues: options.hwQueues,
          timeoutMs: options.timeoutMs,
          signal,
        });
        groups.set(name, group);
        await group.open(window);
        passes.set(name, await burnIn(group, options.clock));
      }
    },
    endBuild: () => {
      stop();
      return Promise.resolve();
    },
    measure: async (name) => {
      const { iosPerSecond, perWorker } = await groupOf(name).time(
        passes.get(name) ?? 1,
      );
      rates.set(name, [...rates.get(name) ?? [], [...perWorker]]);
      return 1e9 / iosPerSecond;
    },
  }).finally(stop);
  return summariseScaling(found.samples, { points, rates, options });
}

/** Works until V8 has compiled the path; how many passes a batch needs. */
async function burnIn(
  group: WorkerGroup,
  clock: () => number,
): Promise<number> {
  const start = clock();
  let nsPerPass = 0;
  do {
    const { ios, iosPerSecond } = await group.time(1);
    nsPerPass = ios / iosPerSecond * 1e9;
  } while (clock() - start < BURN_IN_NS);
  return Math.max(1, Math.round(BATCH_NS / nsPerPass));
}

function pointsOf(options: ScalingOptions): GroupPoint[] {
  const { setups, workers, devices, rounds, mostIsolates } = options;
  const names = [...setups.keys()];
  const most = Math.min(MANY_ISOLATES, mostIsolates ?? Infinity);
  const all = pointsAt(groupSizes(workers), { devices, names });
  if (isolatesOf(all) <= most) return all;
  requireGroups(
    { layouts: names.length, workers, devices, rounds },
    mostIsolates,
  );
  return pointsAt([1, workers], { devices, names });
}

function nameOf({ layout, workers }: Omit<GroupPoint, "devices">): string {
  return `${layout} x ${workers}`;
}

function summariseScaling(
  samples: readonly Sample[],
  from: {
    points: ReadonlyMap<string, GroupPoint>;
    rates: ReadonlyMap<string, readonly (readonly number[])[]>;
    options: ScalingOptions;
  },
): ResultScaling[] {
  if (samples.length === 0) return [];
  const { points, rates, options: { baseline, seed } } = from;
  const all = [...points.values()];
  const least = Math.min(...all.map(({ workers }) => workers));
  /** Ratios of all groups to one of them. */
  const against = new Map<string, Map<string, Interval>>();
  const ratioTo = (reference: string, name: string): Interval | null => {
    let ratios = against.get(reference);
    if (ratios === undefined) {
      const { contenders } = summarise(samples, {
        baseline: reference,
        seed,
        permutations: 1, // only intervals are asked for
      });
      ratios = new Map(
        contenders.map(({ contender, ratio }) => [contender, ratio]),
      );
      against.set(reference, ratios);
    }
    return ratios.get(name) ?? null;
  };
  const { contenders, builds } = summarise(samples, {
    baseline: nameOf(all[0] as GroupPoint),
    seed,
    permutations: 1,
  });
  const times = new Map(
    contenders.map(({ contender, nsPerIo }) => [contender, nsPerIo]),
  );
  return all.flatMap((point) => {
    const name = nameOf(point);
    const nsPerIo = times.get(name);
    const toLeast = ratioTo(nameOf({ ...point, workers: least }), name);
    if (nsPerIo === undefined || toLeast === null) return [];
    const speedUp = inverse(toLeast, 1);
    const isLeast = point.workers === least;
    const ratio = ratioTo(nameOf({ ...point, layout: baseline }), name);
    return [{
      ...point,
      builds,
      iosPerSecond: inverse(nsPerIo, 1e9),
      perWorker: medianPerWorker(rates.get(name) ?? []),
      speedUp,
      speedUpVerdict: isLeast ? null : verdictOf(toLeast, builds),
      efficiency: scaled(speedUp, least / point.workers),
      ratio,
      ratioVerdict: point.layout === baseline || ratio === null
        ? null
        : verdictOf(ratio, builds),
    }];
  });
}

/** A single start does not show how much others would differ. */
function verdictOf(times: Interval, builds: number): Verdict {
  return builds < 2 ? "no difference shown" : sideOf(times);
}

/** From times to rates: the ends change places. */
function inverse({ median, low, high }: Interval, unit: number): Interval {
  return {
    median: unit / median,
    low: high === null ? null : unit / high,
    high: low === null ? null : unit / low,
  };
}

function scaled({ median, low, high }: Interval, by: number): Interval {
  return {
    median: median * by,
    low: low === null ? null : low * by,
    high: high === null ? null : high * by,
  };
}

function medianPerWorker(rates: readonly (readonly number[])[]): number[] {
  return (rates[0] ?? []).map((_, worker) =>
    medianOf(Float64Array.from(rates, (each) => each[worker] ?? 0))
  );
}
