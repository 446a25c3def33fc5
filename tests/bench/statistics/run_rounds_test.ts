import { assertEquals, assertRejects } from "@std/assert";
import {
  type Progress,
  type RoundsOptions,
  runRounds,
} from "../../../bench/statistics/run_rounds.ts";

/** Each measurement takes 10 ns on a clock that nothing else moves. */
function plan(change: Partial<RoundsOptions> = {}): {
  options: RoundsOptions;
  log: string[];
} {
  let now = 0;
  const log: string[] = [];
  const options: RoundsOptions = {
    contenders: ["a", "b"],
    builds: 2,
    rounds: 5,
    seed: 1,
    budgetNs: 1e6,
    clock: () => now,
    measure: (contender, build) => {
      now += 10;
      return Promise.resolve(contender === "a" ? 100 + build : 200 + build);
    },
    beginBuild: (build) => {
      log.push(`begin ${build}`);
      return Promise.resolve();
    },
    endBuild: (build) => {
      log.push(`end ${build}`);
      return Promise.resolve();
    },
    ...change,
  };
  return { options, log };
}

Deno.test("runRounds() measures all rounds of all builds", async () => {
  const { options, log } = plan();
  const { samples, ended } = await runRounds(options);

  assertEquals(ended, "complete");
  assertEquals(samples.length, 20);
  assertEquals(log, ["begin 0", "end 0", "begin 1", "end 1"]);
  assertEquals(samples.filter(({ nsPerIo }) => nsPerIo === 201).length, 5);
  assertEquals(samples.at(-1)?.round, 4);
});

Deno.test("runRounds() keeps to the budget, builds alike, rounds whole", async () => {
  // 160 ns: 80 for each build, which is 4 rounds of 2 x 10.
  const { samples, ended } = await runRounds(plan({ budgetNs: 160 }).options);

  assertEquals(ended, "budget");
  assertEquals(samples.filter(({ build }) => build === 0).length, 8);
  assertEquals(samples.filter(({ build }) => build === 1).length, 8);
});

Deno.test("runRounds() runs the least rounds whatever they take", async () => {
  const { samples } = await runRounds(
    plan({ budgetNs: 0, leastRounds: 2 }).options,
  );

  assertEquals(samples.length, 2 * 2 * 2);
  // Three unless told.
  const three = await runRounds(plan({ budgetNs: 0 }).options);
  assertEquals([three.samples.length, three.ended], [2 * 2 * 3, "budget"]);
});

Deno.test("runRounds() keeps what is finished when interrupted", async () => {
  const abort = new AbortController();
  const { options, log } = plan({
    signal: abort.signal,
    onProgress: ({ done }) => {
      if (done === 13) abort.abort();
    },
  });
  const { samples, ended } = await runRounds(options);

  assertEquals([samples.length, ended], [13, "interrupted"]);
  assertEquals(log.at(-1), "end 1");
});

Deno.test("runRounds() ends a build also when a measurement fails", async () => {
  const { options, log } = plan({
    measure: () => Promise.reject(new RangeError("boom")),
  });

  await assertRejects(() => runRounds(options), RangeError, "boom");
  assertEquals(log, ["begin 0", "end 0"]);
});

Deno.test("runRounds() stops after a build that is enough", async () => {
  const asked: number[] = [];
  const { options } = plan({
    builds: 4,
    enough: (samples) => {
      asked.push(samples.length);
      return samples.length >= 30;
    },
  });
  const { samples, ended } = await runRounds(options);

  assertEquals([samples.length, ended], [30, "enough"]);
  assertEquals(asked, [20, 30]);
});

Deno.test("runRounds() tells progress and the time that is left", async () => {
  const told: Progress[] = [];
  await runRounds(
    plan({ onProgress: (progress) => told.push(progress) }).options,
  );

  assertEquals(told.length, 20);
  // 10 ns for each of the 15 that are left.
  assertEquals(told[4], {
    done: 5,
    total: 20,
    elapsedNs: 50,
    remainingNs: 150,
  });
  assertEquals(told.at(-1)?.remainingNs, 0);
});

Deno.test("runRounds() tells of each round that is over, before the next begins", async () => {
  const { options, log } = plan({
    rounds: 2,
    endRound: (build, round) => {
      log.push(`round ${round} of ${build}`);
      return Promise.resolve();
    },
  });
  const { measure } = options;
  await runRounds({
    ...options,
    measure: (contender, build, round) => {
      log.push("turn");
      return measure(contender, build, round);
    },
  });
  assertEquals(
    log,
    [0, 1].flatMap((build) => [
      `begin ${build}`,
      ...["turn", "turn", `round 0 of ${build}`],
      ...["turn", "turn", `round 1 of ${build}`],
      `end ${build}`,
    ]),
  );
});
