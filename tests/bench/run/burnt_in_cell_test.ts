import { assert, assertEquals } from "@std/assert";
import type { Contender } from "../../../bench/contender/contender.ts";
import { BY_CALLS, BY_TIME } from "../../../bench/run/burn_in.ts";
import { type AskedOfIsolate, timedByHand } from "./timed_by_hand.ts";

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
