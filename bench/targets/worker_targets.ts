/** Groups of workers: how their rate grows, and what a device beside them does. */
import { WorkerGroup } from "../workers/group.ts";
import type { GroupShape } from "../setup/group_shape.ts";
import { targetMachine } from "../workers/target_machine.ts";
import type { TargetGroup, TargetSize } from "./target.ts";
import { takeTurns, type Turn } from "./turns.ts";

/** I/Os of a slice of a group: a few ms. */
const SLICE_IOS = 4096;

const ROUNDS: Readonly<Record<TargetSize, number>> = {
  tiny: 1,
  quick: 200,
  full: 2000,
};
/** Rounds before those: V8 compiles. */
const WARM_UP = 100;

/**
 * Measures groups in turns; the best slice of each counts, because anything
 * else on the machine only ever makes one slower. As many CPUs as a group has
 * workers have to be free in the same slice for that.
 *
 * @param shapes The groups by name.
 * @param size How much.
 * @returns Millions of I/Os a second, by group.
 */
export async function bestRates<Name extends string>(
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
    {
      name: "workers/two",
      unit: "x one submitter",
      wanted: 1.9,
      bound: "at least",
    },
    {
      name: "workers/device-polling",
      unit: "M I/O/s of a submitter and a device",
      wanted: 5,
      bound: "at least",
    },
    {
      name: "workers/device-sleeping",
      unit: "M I/O/s of a submitter and a device",
      wanted: 5,
      bound: "at least",
    },
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

/** More submitters than CPUs: they take turns, and should lose nothing. */
const many: TargetGroup = {
  targets: [
    {
      name: "workers/eight",
      unit: "x two submitters, on 2 CPUs",
      wanted: 1,
      bound: "at least",
    },
  ],
  measure: async (size) => {
    if (navigator.hardwareConcurrency !== 2) {
      return [`the machine has ${navigator.hardwareConcurrency} CPUs, not 2`];
    }
    // Eight threads get more of a busy machine than two do.
    const [load = 0] = Deno.loadavg();
    if (size !== "tiny" && load > 2) {
      return [`the load is ${load.toFixed(0)}: rates of threads say nothing`];
    }
    const { two, eight } = await bestRates({
      two: { workers: 2, devices: 0, poll: false },
      eight: { workers: 8, devices: 0, poll: false },
    }, size);
    return [eight / two];
  },
};

/** The targets of groups. */
export const WORKER_TARGETS: readonly TargetGroup[] = [scaling, many];
