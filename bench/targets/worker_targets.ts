/** Groups of workers: how their rate grows, and what a device beside them does. */
import { medianOf } from "../statistics/median.ts";
import { sum, type SustainedRate } from "../workers/group_answers.ts";
import { WorkerGroup } from "../workers/group.ts";
import type { GroupShape } from "../setup/group_shape.ts";
import { targetMachine } from "../workers/target_machine.ts";
import {
  atLeast,
  type BySize,
  type TargetGroup,
  type TargetSize,
} from "./target.ts";
import { medianRatio, takeTurns, type Turn } from "./turns.ts";

/** I/Os of a slice of a group: a few ms. */
const SLICE_IOS = 4096;

const ROUNDS: BySize<number> = { tiny: 1, quick: 200, full: 2000 };
/** Rounds before those: V8 compiles. */
const WARM_UP = 100;

/**
 * Measures groups in turns; the best slice of each counts, because anything
 * else on the machine only ever makes one slower. As many CPUs as a group has
 * workers have to be free in the same slice for that.
 *
 * @returns Millions of I/Os a second, by group.
 */
async function bestRates<Name extends string>(
  shapes: Readonly<Record<Name, GroupShape>>,
  size: TargetSize,
): Promise<Record<Name, number>> {
  const { setup, window } = await targetMachine(
    size === "tiny" ? 64 : SLICE_IOS,
  );
  const names = Object.keys(shapes) as Name[];
  const groups: WorkerGroup[] = [];
  try {
    const turns: [Name, Turn][] = [];
    for (const name of names) {
      const group = await WorkerGroup.start(setup, shapes[name]);
      groups.push(group);
      await group.open(window);
      turns.push([
        name,
        async () => (await group.time(1)).iosPerSecond / 1e6,
      ]);
    }
    const found = await takeTurns(
      Object.fromEntries(turns) as Record<Name, Turn>,
      ROUNDS[size],
      size === "tiny" ? 0 : WARM_UP,
    );
    return Object.fromEntries(
      names.map((name) => [name, Math.max(...found[name])]),
    ) as Record<Name, number>;
  } finally {
    for (const group of groups) group.stop();
  }
}

const scaling: TargetGroup = {
  targets: [
    atLeast("workers/two", 1.9, "x one submitter"),
    atLeast("workers/device-polling", 5, "M I/O/s of a submitter and a device"),
    atLeast(
      "workers/device-sleeping",
      5,
      "M I/O/s of a submitter and a device",
    ),
  ],
  measure: async (size) => {
    const { one, two, polling, sleeping } = await bestRates({
      one: { workers: 1, devices: 0, poll: false },
      two: { workers: 2, devices: 0, poll: false },
      polling: { workers: 1, devices: 1, poll: true },
      sleeping: { workers: 1, devices: 1, poll: false },
    }, size);
    return [two / one, polling, sleeping];
  },
};

/** Submitters of the group that has more of them than CPUs. */
const MANY = 8;
/** Wall time of a turn: 15 time slices of a CPU that four threads share. */
const TURN_MS: BySize<number> = { tiny: 1, quick: 60, full: 60 };
/** Groups that are started afresh, and rounds of each. */
const BUILDS: BySize<number> = { tiny: 1, quick: 7, full: 20 };
const BUILD_ROUNDS: BySize<number> = { tiny: 1, quick: 9, full: 15 };

/**
 * Compares what the submitters of one group do all at once with what they do
 * two at a time: in turns, with the same isolates on both sides.
 *
 * Of the ratios of two clocks the smaller counts. I/Os per second of CPU time
 * leave other work on the machine out, but not what threads take from each
 * other; those of wall time leave nothing out, and a CPU that stood still would
 * be seen there, but other work gives eight threads more of a CPU than two.
 *
 * @returns The rate of all over that of two at a time.
 */
async function manyOverTwo(size: TargetSize): Promise<number> {
  const { setup, window } = await targetMachine(SLICE_IOS);
  const milliseconds = TURN_MS[size];
  const all = Array.from({ length: MANY }, (_, worker) => worker);
  const pairs = all.filter((worker) => worker % 2 === 0)
    .map((worker) => [worker, worker + 1]);
  const walls: number[] = [];
  const cpus: number[] = [];
  for (let build = 0; build < BUILDS[size]; build++) {
    const group = await WorkerGroup.start(setup, {
      workers: MANY,
      devices: 0,
      poll: false,
    });
    try {
      await group.open(window);
      // As long as eight threads on two CPUs take to be compiled.
      await group.sustain(20 * milliseconds, all);
      const many: SustainedRate[] = [];
      const two: SustainedRate[] = [];
      const turn = async (active: number[], rates: SustainedRate[]) =>
        rates.push(await group.sustain(milliseconds, active));
      await takeTurns({
        many: () => turn(all, many),
        ...Object.fromEntries(
          pairs.map((pair) => [`two ${pair}`, () => turn(pair, two)]),
        ),
      }, BUILD_ROUNDS[size]);
      const overTwo = (of: (rate: SustainedRate) => number | null) =>
        medianRatio(
          many.map((rate) => of(rate) ?? NaN),
          // The pairs of a round are as many I/Os as all at once are.
          many.map((_, round) =>
            sum(
              pairs.map((_, i) =>
                of(two[round * pairs.length + i] as SustainedRate) ?? NaN
              ),
            ) / pairs.length
          ),
        );
      walls.push(overTwo(({ perSecond }) => perSecond));
      cpus.push(overTwo(({ perCpuSecond }) => perCpuSecond));
    } finally {
      group.stop();
    }
  }
  const ofCpu = cpus.filter((ratio) => !Number.isNaN(ratio));
  return Math.min(
    medianOf(walls),
    ...(ofCpu.length === 0 ? [] : [medianOf(ofCpu)]),
  );
}

/** More submitters than CPUs: they take turns, and should lose nothing. */
const many: TargetGroup = {
  targets: [
    // Nothing is lost: the margin that every verdict of the lab has.
    atLeast("workers/eight", 0.98, "x two submitters, on 2 CPUs"),
  ],
  measure: async (size) => {
    if (navigator.hardwareConcurrency !== 2) {
      return [`the machine has ${navigator.hardwareConcurrency} CPUs, not 2`];
    }
    return [await manyOverTwo(size)];
  },
};

export const WORKER_TARGETS: readonly TargetGroup[] = [scaling, many];
