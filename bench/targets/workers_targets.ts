/**
 * The speed of groups against what was promised of it, as ratios in one run:
 *
 *     deno task bench:workers [rounds]
 *
 * Groups are measured in turn, in slices of a few ms; of each the best slice
 * counts, because anything else on the machine only ever makes one slower. Two
 * CPUs have to be free in the same slice for that: use many rounds where they
 * seldom are.
 */
import { Command } from "commander";
import { countOption } from "../shell/command.ts";
import { processContext } from "../shell/context.ts";
import { runToStatus } from "../shell/run_command.ts";
import type { GroupShape } from "../setup/group_shape.ts";
import { WorkerGroup } from "../workers/group.ts";
import { targetMachine } from "../workers/target_machine.ts";

/** I/Os of a slice of a group. */
const SLICE_IOS = 4096;
/** I/Os of a slice of the long run. */
const LONG_SLICE_IOS = 10_000;
/** I/Os of the long run, and where it is looked at. */
const LONG_RUN = [10_000, 100_000, 1_000_000, 10_000_000];
/** Slices before anything counts: V8 compiles. */
const WARM_UP = 100;

/** One promise. */
export interface Target {
  /** What is measured. */
  readonly name: string;
  /** What was found. */
  readonly found: number;
  /** What was promised; `found` must not be below it, or above it. */
  readonly wanted: number;
  /** Whether `wanted` is the most. */
  readonly isMost?: boolean;
}

const SHAPES: Readonly<Record<string, GroupShape>> = {
  one: { workers: 1, devices: 0, poll: false },
  two: { workers: 2, devices: 0, poll: false },
  ring: { workers: 1, devices: 1, poll: false },
  polled: { workers: 1, devices: 1, poll: true },
};

/**
 * Measures groups.
 *
 * @param rounds Slices of each group.
 * @returns Scaling and the rate through the rings.
 */
async function rateTargets(rounds: number): Promise<Target[]> {
  const { setup, window } = await targetMachine(SLICE_IOS);
  const groups = new Map<string, WorkerGroup>();
  const best = new Map<string, number>();
  try {
    for (const [name, shape] of Object.entries(SHAPES)) {
      const group = await WorkerGroup.start(setup, shape);
      groups.set(name, group);
      await group.open(window);
    }
    for (let round = -WARM_UP; round < rounds; round++) {
      for (const [name, group] of groups) {
        const { iosPerSecond } = await group.time(1);
        if (round < 0) continue;
        best.set(name, Math.max(best.get(name) ?? 0, iosPerSecond));
      }
    }
  } finally {
    for (const group of groups.values()) group.stop();
  }
  const rate = (name: string) => best.get(name) ?? 0;
  const millions = (name: string) => rate(name) / 1e6;
  return [
    {
      name: "two submitters over one, each its own null device",
      found: rate("two") / rate("one"),
      wanted: 1.8,
    },
    {
      name: "a submitter and a device, polling, M I/O/s",
      found: millions("polled"),
      wanted: 1.5,
    },
    {
      name: "a submitter and a device that sleep when idle, M I/O/s",
      found: millions("ring"),
      wanted: 1.5,
    },
    { name: "one submitter, M I/O/s", found: millions("one"), wanted: 0 },
  ];
}

/**
 * Measures one submitter over ten million I/Os.
 *
 * @returns Cost and memory at the end against the beginning.
 */
async function lengthTargets(): Promise<Target[]> {
  const { setup, window } = await targetMachine(LONG_SLICE_IOS);
  const group = await WorkerGroup.start(setup, SHAPES["one"] as GroupShape);
  const best: number[] = [];
  const memory: number[] = [];
  try {
    await group.open(window);
    for (let slice = 0; slice < WARM_UP; slice++) await group.time(1);
    let done = 0;
    for (const upTo of LONG_RUN) {
      let most = 0;
      // As many slices for each length, the last ones of it.
      const from = Math.max(done, upTo - 200 * LONG_SLICE_IOS);
      for (; done < upTo; done += LONG_SLICE_IOS) {
        const { iosPerSecond } = await group.time(1);
        if (done >= from) most = Math.max(most, iosPerSecond);
      }
      best.push(1e9 / most);
      memory.push(Deno.memoryUsage().rss);
    }
  } finally {
    group.stop();
  }
  // 10 000 I/Os are one slice: it says little, so 100 000 stand for them too.
  const first = Math.min(best[0] ?? 0, best[1] ?? 0);
  return [
    {
      name: "cost per I/O after 10 M I/Os over the first 100 k, warm",
      found: (best.at(-1) ?? 0) / first,
      wanted: 1.1,
      isMost: true,
    },
    {
      name: "resident memory after 10 M I/Os over 100 k",
      found: (memory.at(-1) ?? 0) / (memory[1] ?? 1),
      wanted: 1.1,
      isMost: true,
    },
  ];
}

/**
 * Writes a promise and whether it was kept.
 *
 * @param target The promise.
 * @returns One line.
 */
function targetLine(target: Target): string {
  const { name, found, wanted, isMost = false } = target;
  const kept = isMost ? found <= wanted : found >= wanted;
  return `${kept ? "ok  " : "MISS"} ${found.toFixed(3).padStart(7)} ${
    isMost ? "<=" : ">="
  } ${wanted.toFixed(1)}  ${name}\n`;
}

if (import.meta.main) {
  const context = processContext();
  const command = new Command("bench:workers")
    .description("measure groups of workers against their speed targets")
    .argument(
      "[rounds]",
      "slices per group (default: 300)",
      countOption(1, 1e6),
      300,
    )
    .action(async (rounds: number) => {
      for (
        const target of [...await rateTargets(rounds), ...await lengthTargets()]
      ) context.writeOut(targetLine(target));
    });
  Deno.exit(await runToStatus(command, { args: Deno.args, context }));
}
