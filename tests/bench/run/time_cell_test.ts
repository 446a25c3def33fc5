import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertNotEquals,
} from "@std/assert";
import type { Contender } from "../../../bench/contender/contender.ts";
import { summarise } from "../../../bench/result/summarise.ts";
import { type BurnIns, BY_CALLS, BY_TIME } from "../../../bench/run/burn_in.ts";
import { Isolates } from "../../../bench/run/isolates.ts";
import { timeCell } from "../../../bench/run/time_cell.ts";
import { readsOf, setupOf } from "../contender_rig.ts";

const SETUP = setupOf({ layout: "phys_len" });

Deno.test("timeCell() times each contender in each round, in isolates of its own", async () => {
  const names = ["first", "second", "third", "control"];
  const isolates = new Isolates({
    module: new URL("./answering_worker.ts", import.meta.url),
  });
  try {
    const { samples } = await timeCell({
      window: readsOf(200),
      windowIos: 200,
      contenders: names,
      isolate: (name: string, build: number): Promise<Contender> =>
        isolates.get({ setup: SETUP, role: `${name} ${build}` }),
      builds: 2,
      rounds: 3,
      budgetNs: 3e12, // all rounds, however slow the machine is
      seed: 1,
      clock: () => performance.now() * 1e6,
      sliceIos: { cold: 4, warm: 16 },
    });
    assertEquals(isolates.most, 8);
    // 2 builds x 3 rounds.
    for (const name of names) {
      const own = samples.filter(({ contender }) => contender === name);
      assertEquals(own.length, 6);
      assert(own.every(({ nsPerIo }) => nsPerIo === 1000));
    }
    const { contenders } = summarise(samples, {
      baseline: "first",
      control: "control",
      seed: 1,
    });
    const summed = contenders.map(({ contender }) => contender);
    assertEquals(summed.toSorted(), names.toSorted());
  } finally {
    await isolates.stop();
  }
});

interface AskedOfIsolate {
  readonly name: string;
  readonly build: number;
  readonly first: number;
  readonly ios: number;
  readonly parts: number;
}

/** Isolates that answer at once: 100 ns an I/O, and 1 ns for those apart. */
function timedByHand(options: {
  builds: number;
  rounds: number;
  planted?: ReadonlyMap<string, number>;
  goesAhead?: boolean;
  /** Builds after which it is enough; 2 unless told. */
  enoughBuilds?: number;
  endBuild?: (build: number) => Promise<void>;
  burnIns?: BurnIns;
  /** Time per I/O of who has done so many. */
  nsOf?: (name: string, doneIos: number) => number;
  cpuClock?: "process CPU" | "thread CPU";
  /** Told of all CPU time that isolates take. */
  onCpu?: (ns: number) => void;
  clock?: () => number;
  /** Isolates of an earlier cell. */
  workers?: Map<string, Contender>;
}) {
  const {
    nsOf = (name) => name === "noop" ? 1 : 100,
    cpuClock = "process CPU",
    workers = new Map(),
    onCpu = () => {},
    clock = () => 0,
    ...others
  } = options;
  const done = new Map<string, number>();
  const asked: AskedOfIsolate[] = [];
  const windowIos = 1000;
  const cell = timeCell({
    window: readsOf(1),
    windowIos,
    contenders: ["control", "page_offset", "phyr"],
    apart: ["noop"],
    isolate: (name, build) => {
      const key = `${name} ${build}`;
      const worker = workers.get(key) ?? {
        ask: (request: {
          kind: string;
          first: number;
          group?: { first: number };
          ios: number;
          parts?: number;
        }) => {
          const { kind, ios, parts = 1 } = request;
          const first = request.first + (request.group?.first ?? 0);
          if (kind === "open") {
            const window = { id: 1, ios: windowIos };
            return Promise.resolve({ kind, window });
          }
          asked.push({ name, build, first, ios, parts });
          const doneIos = done.get(key) ?? 0;
          done.set(key, doneIos + ios);
          const cpuNs = ios * nsOf(name, doneIos);
          onCpu(cpuNs);
          const part = {
            ios: ios / parts,
            cpuNs: cpuNs / parts,
            wallNs: 3 * cpuNs / parts,
          };
          return Promise.resolve({
            ...{ kind: "time", clock: cpuClock, cpuNs, ios, sink: 1 },
            parts: Array(parts).fill(part),
          });
        },
      } as unknown as Contender;
      workers.set(key, worker);
      return Promise.resolve(worker);
    },
    ...others,
    budgetNs: 1e12,
    seed: 1,
    clock,
    enough: (samples) => {
      for (const { contender } of samples) assertNotEquals(contender, "noop");
      const builds = new Set(samples.map(({ build }) => build));
      return builds.size >= (options.enoughBuilds ?? 2);
    },
  });
  return { asked, cell };
}

Deno.test("timeCell() keeps what stands apart out of the samples", async () => {
  const { cell, asked } = timedByHand({ builds: 5, rounds: 4 });
  const { samples, cold, apart, warmUps, shortestNs, clock } = await cell;

  // enough() ends it after 2 builds: 2 x 4 rounds of 3 contenders, and those of
  // the first build of noop.
  assertEquals([samples.length, cold.length], [24, 24]);
  assertEquals(apart.map(({ contender }) => contender), Array(4).fill("noop"));
  assertEquals(apart[0]?.nsPerIo, 1);
  // Of 1 ms of the CPU, in whole passes.
  const last = (name: string) => asked.findLast((one) => one.name === name);
  assertEquals(last("noop")?.ios, 1_000_000);
  assertEquals(clock, "process CPU");
  assertEquals(shortestNs, 4e6); // of those that are compared
  // Builds of 4 and of 3; steady after the 6 batches of the window.
  assertEquals(warmUps.length, 7);
  assertEquals(warmUps[0]?.series, Array(6).fill(100));
  assertEquals(warmUps.every(({ steady }) => steady), true);
});

Deno.test("timeCell() has a cold and a warm slice in each turn, of the same I/Os in a build", async () => {
  const { cell, asked } = timedByHand({ builds: 2, rounds: 3 });
  const { samples, cold, sliceIos } = await cell;
  // 4 ms; C would be 4 times as fast, and in 0.2 ms through all of the window.
  assertEquals(sliceIos, { cold: 1, warm: 40_000, group: 1 });
  for (const name of ["control", "page_offset", "phyr"]) {
    for (const build of [0, 1]) {
      const own = asked.filter((one) =>
        one.name === name && one.build === build
      ).slice(-6);
      // The group has one I/O; a turn goes on behind that of the build before.
      const first = build * (1 + 40_001);
      const turn = [
        { name, build, first, ios: 1, parts: 1 },
        { name, build, first, ios: 40_000, parts: 8 },
      ];
      assertEquals(own, [...turn, ...turn, ...turn]);
    }
  }
  assertEquals([samples[0]?.nsPerIo, samples[0]?.wallNsPerIo], [100, 300]);
  assertEquals(cold[0]?.nsPerIo, 100);
});

Deno.test("timeCell() plants a difference: more I/Os than are counted", async () => {
  const { cell, asked } = timedByHand({
    builds: 1,
    rounds: 1,
    planted: new Map([["phyr", 0.03]]),
  });
  const { samples } = await cell;
  assertEquals(asked.findLast(({ name }) => name === "phyr")?.ios, 41_200);
  const times = new Map(samples.map((one) => [one.contender, one.nsPerIo]));
  assertAlmostEquals(times.get("phyr") ?? 0, 103, 1e-9);
  assertEquals(times.get("control"), 100);
});

Deno.test("timeCell() counts the time of warm-ups and turns, but not of burning in", async () => {
  let now = 0;
  const { asked, cell } = timedByHand({
    ...{ builds: 1, rounds: 1, clock: () => now },
    onCpu: (ns) => now += ns,
    nsOf: (name) => name === "noop" ? 1 : name === "phyr" ? 50 : 100,
  });
  const { takenNs, shortestNs, sliceIos } = await cell;
  // 4 ms of the first contender.
  assertEquals(sliceIos, { cold: 1, warm: 40_000, group: 1 });
  // Six batches of half a warm slice, a cold and a warm slice: 6 * 2 ms + 100 ns
  // + 4 ms for two of them, half of that for phyr; seven times 1 ms of noop.
  assertEquals(takenNs, 2.5 * (12e6 + 100 + 4e6) + 7e6);
  assertEquals(shortestNs, 2e6);
  assert(now > takenNs);
  // Batches of the warm-up go on through the window, one behind the other.
  const batches = asked.filter(({ name }) => name === "phyr").slice(-8, -2);
  assertEquals(
    batches.map(({ first, ios }) => [first, ios]),
    [0, 1, 2, 3, 4, 5].map((i) => [i * 20_000, 20_000]),
  );
});

Deno.test("timeCell() cuts slices by a pass for which caches are the contender's own", async () => {
  let last = "";
  const { cell } = timedByHand({
    ...{ builds: 1, rounds: 1 },
    // Three times as slow behind another isolate.
    nsOf: (name) => {
      const isOwn = name === last;
      last = name;
      return (name === "noop" ? 1 : 100) * (isOwn ? 1 : 3);
    },
  });
  assertEquals((await cell).sliceIos?.warm, 40_000);
});

/** Contenders of each build that worked before the first turn of build 0. */
function workedBefore(asked: readonly AskedOfIsolate[]): string[][] {
  const first = asked.findIndex(({ build, parts }) => build === 0 && parts > 1);
  const before = asked.slice(0, first);
  return [0, 1, 2].map((build) => [
    ...new Set(
      before.filter((one) => one.build === build).map(({ name }) => name),
    ),
  ]);
}

Deno.test("timeCell() burns in the next build where a CPU has nothing to do", async () => {
  const contenders = ["control", "page_offset", "phyr"];
  const over = contenders.length % navigator.hardwareConcurrency;
  const more = over === 0 ? 0 : navigator.hardwareConcurrency - over;

  const ahead = timedByHand({ builds: 3, rounds: 2, goesAhead: true });
  const { samples } = await ahead.cell;
  assertEquals(workedBefore(ahead.asked), [
    [...contenders, "noop"],
    contenders.slice(0, more),
    [],
  ]);
  // enough() ends it after 2 builds, of all their rounds.
  assertEquals(samples.length, 12);

  const other = timedByHand({ builds: 3, rounds: 2 });
  await other.cell;
  assertEquals(workedBefore(other.asked), [[...contenders, "noop"], [], []]);
});

Deno.test("timeCell() gives back isolates of a build that does not begin", async () => {
  const ended: number[] = [];
  const { cell, asked } = timedByHand({
    // Of two CPUs one is idle at the end of the first and of the third.
    ...{ builds: 9, rounds: 1, enoughBuilds: 3 },
    goesAhead: true,
    endBuild: (build) => Promise.resolve(void ended.push(build)),
  });
  await cell;
  // Builds that enough() lets begin, and what was burnt in beside the last.
  const builds = new Set([0, 1, 2, ...asked.map(({ build }) => build)]);
  assertEquals(ended, [...builds].sort());
  if (navigator.hardwareConcurrency === 2) assertEquals(ended, [0, 1, 2, 3]);
});

Deno.test("timeCell() burns in by I/Os, and for less time who has worked before", async () => {
  const workers = new Map<string, Contender>();
  const burnIns = {
    ...BY_CALLS,
    first: { ...BY_CALLS.first, ios: 24_576, leastNs: 0 },
    second: { ios: 3000, leastNs: 0, ns: Infinity },
  };
  const timed = () =>
    timedByHand({
      ...{ builds: 1, rounds: 1, burnIns, workers, cpuClock: "thread CPU" },
    });
  // Isolates of the first cell tell the first what they are asked.
  const { asked, cell } = timed();
  // Slices are cut by the first contender; this one is the last.
  const iosOf = () =>
    asked.filter(({ name }) => name === "phyr").map(({ ios }) => ios);
  await cell;
  // Six batches of half a warm slice, then a cold and a warm slice.
  const measured = [...Array(6).fill(20_000), 1, 40_000];
  const first = [1000, 2000, 4000, 8000, 10_000, ...measured];
  assertEquals(iosOf(), first);
  await timed().cell;
  assertEquals(iosOf(), [...first, 1000, 2000, ...measured]);
});

Deno.test("timeCell() burns in again who is late, but not who stands apart", async () => {
  const { asked, cell } = timedByHand({
    ...{ builds: 1, rounds: 1, burnIns: BY_CALLS, cpuClock: "thread CPU" },
    nsOf: (name, doneIos) =>
      name === "noop" ? 500 : name === "phyr" && doneIos < 200_000 ? 240 : 100,
  });
  const { warmUps } = await cell;
  const last = new Map(
    warmUps.map(({ contender, series }) => [contender, series.at(-1)]),
  );
  assertEquals(last.get("phyr"), 100);
  assertEquals(last.get("control"), 100);
  // Four times as slow as all others: passes of 0.5, 1 and fifteen of 2 ms are
  // above 30 ms; six batches, a turn.
  assertEquals(last.get("noop"), 500);
  const apart = asked.filter(({ name }) => name === "noop");
  assertEquals(apart.length, 2 + 15 + 6 + 1);
});

Deno.test("timeCell() takes no time of a process for that of each of its isolates", async () => {
  const burntFor = async (cpuClock: "process CPU" | "thread CPU") => {
    const { asked, cell } = timedByHand({
      ...{ builds: 1, rounds: 1, burnIns: BY_TIME, cpuClock },
    });
    await cell;
    const slice = asked.findIndex(({ parts }) => parts > 1);
    return asked.slice(0, slice).filter(({ name }) => name === "control")
      .reduce((sum, { ios }) => sum + ios, 0);
  };
  const [own, shared] = [
    await burntFor("thread CPU"),
    await burntFor("process CPU"),
  ];
  if (navigator.hardwareConcurrency > 1) assert(shared > 1.5 * own);
  else assertEquals(shared, own);
});

Deno.test("timeCell() burns in nothing ahead of the last build", async () => {
  const { asked, cell } = timedByHand({
    ...{ builds: 1, rounds: 1, goesAhead: true },
  });
  await cell;
  assertEquals([...new Set(asked.map(({ build }) => build))], [0]);
});
