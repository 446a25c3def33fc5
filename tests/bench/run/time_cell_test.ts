import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import type { Contender } from "../../../bench/contender/contender.ts";
import { summarise } from "../../../bench/result/summarise.ts";
import { Isolates } from "../../../bench/run/isolates.ts";
import { timeCell } from "../../../bench/run/time_cell.ts";
import { readsOf, setupOf } from "../contender_rig.ts";
import { timedByHand } from "./timed_by_hand.ts";

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

Deno.test("timeCell() takes a warm slice again during which the CPU was slow, and no cold one", async () => {
  const slowTurns = ["page_offset", "phyr"];
  const { cell, asked } = timedByHand({
    ...{ builds: 1, rounds: 2 },
    // The first turn of each of them is slow.
    slowdownOf: (name) => {
      const at = slowTurns.indexOf(name);
      if (at >= 0) slowTurns.splice(at, 1);
      return at >= 0 ? 1.6 : 1;
    },
  });
  const { samples, cold, slowTurns: found } = await cell;
  assertEquals(found, {
    ...{ turns: 6, slow: 2, again: 2, kept: 0, slowdown: 1.6 },
  });
  assertEquals(samples.map(({ nsPerIo }) => nsPerIo), Array(6).fill(100));
  assertEquals([samples.length, cold.length], [6, 6]);
  // 2 turns and one more warm slice; noop is never taken again.
  const slices = (name: string, parts: number) =>
    asked.filter((one) => one.name === name && one.parts === parts).length;
  assertEquals(
    ["control", "page_offset", "phyr"].map((name) => slices(name, 8)),
    [2, 3, 3],
  );
});

Deno.test("timeCell() takes slow slices again twice as often as a build has turns, at most", async () => {
  const { cell } = timedByHand({
    ...{ builds: 1, rounds: 2 },
    slowdownOf: (name) => name === "phyr" ? 1.6 : 1,
  });
  // 2 rounds of 3 contenders are 6 turns; eight times in the first, four then.
  assertEquals((await cell).slowTurns, {
    ...{ turns: 6, slow: 2, again: 12, kept: 2, slowdown: 1.6 },
  });
});
