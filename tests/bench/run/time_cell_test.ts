import { assert, assertEquals, assertNotEquals } from "@std/assert";
import type { Contender } from "../../../bench/contender.ts";
import { summarise } from "../../../bench/experiment/summarise.ts";
import { Isolates } from "../../../bench/run/isolates.ts";
import { timeCell } from "../../../bench/run/time_cell.ts";
import { readsOf, setupOf } from "../contender_rig.ts";

const SETUP = setupOf({ layout: "phys_len" });

Deno.test("timeCell() times each contender in each round, in isolates of its own", async () => {
  const names = ["first", "second", "third", "control"];
  const isolates = new Isolates();
  try {
    const { samples } = await timeCell({
      window: readsOf(200),
      windowIos: 200,
      contenders: names,
      isolate: (name: string, birth: number): Promise<Contender> =>
        isolates.get({ setup: SETUP, role: `${name} ${birth}` }),
      births: 2,
      rounds: 3,
      budgetNs: 3e12, // all rounds, however slow the machine is
      seed: 1,
      clock: () => performance.now() * 1e6,
    });
    // 2 births x 3 rounds, of real times: which, no test can say.
    for (const name of names) {
      const own = samples.filter(({ contender }) => contender === name);
      assertEquals(own.length, 6);
      assert(own.every(({ nsPerIo }) => nsPerIo > 0));
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
  readonly birth: number;
  readonly passes: number;
  readonly index: number;
  readonly of: number;
}

/** Isolates that answer at once: 100 ns an I/O, and 1 ns for those apart. */
function timedByHand(
  { windowIos = 1000, ...options }: {
    births: number;
    rounds: number;
    windowIos?: number;
  },
) {
  const asked: AskedOfIsolate[] = [];
  const cell = timeCell({
    window: readsOf(1),
    windowIos,
    contenders: ["control", "page_offset", "phyr"],
    apart: ["noop"],
    isolate: (name, birth) =>
      Promise.resolve({
        ask: (
          request: {
            kind: string;
            passes: number;
            slice?: { index: number; of: number };
          },
        ) => {
          const { kind, passes, slice } = request;
          if (kind === "open") {
            const window = { id: 1, ios: windowIos };
            return Promise.resolve({ kind, window });
          }
          const { index, of } = slice ?? { index: 0, of: 1 };
          asked.push({ name, birth, passes, index, of });
          const ios = passes * windowIos / of;
          const elapsedNs = ios * (name === "noop" ? 1 : 100);
          return Promise.resolve({ kind: "time", elapsedNs, ios, sink: 1 });
        },
      } as unknown as Contender),
    ...options,
    budgetNs: 1e12,
    seed: 1,
    clock: () => 0,
    timer: { resolutionNs: 2000, overheadNs: 0 },
    enough: (samples) => {
      for (const { contender } of samples) assertNotEquals(contender, "noop");
      return true;
    },
  });
  return { asked, cell };
}

Deno.test("timeCell() keeps what stands apart out of the samples", async () => {
  const { cell, asked } = timedByHand({ births: 5, rounds: 4 });
  const { samples, apart, warmUps, shortestNs } = await cell;

  // enough() ends it after 2 births: 2 x 4 rounds of 3 contenders and of noop.
  assertEquals(samples.length, 24);
  assertEquals(apart.map(({ contender }) => contender), Array(8).fill("noop"));
  assertEquals(apart[0]?.nsPerIo, 1);
  // A pass takes 0.1 ms and a batch 5 ms; noop's takes 1 us, but the clock of
  // 2 us steps asks for 2 ms of it.
  const last = (name: string) => asked.findLast((one) => one.name === name);
  assertEquals(last("phyr")?.passes, 50);
  assertEquals(last("noop")?.passes, 2000);
  assertEquals(shortestNs, 5e6); // of those that are compared
  // 2 births of 4 contenders; steady after the 6 batches of the window.
  assertEquals(warmUps.length, 8);
  assertEquals(warmUps[0]?.series, Array(6).fill(100));
  assertEquals(warmUps.every(({ steady }) => steady), true);
});

Deno.test("timeCell() takes the parts of a long window in turn, one for each round", async () => {
  // A pass takes 30 ms and a batch 5 ms: three parts of 10 ms.
  const { cell, asked } = timedByHand({
    births: 2,
    rounds: 4,
    windowIos: 300_000,
  });
  await cell;
  const compared = ["control", "page_offset", "phyr"];
  // Behind 6 batches of the warm-up of each contender of a birth come its
  // rounds, 4 of each contender.
  const inParts = asked.filter(({ of }) => of === 3);
  const indexes = (birth: number, name: string) =>
    inParts.filter((one) => one.name === name && one.birth === birth)
      .map(({ index }) => index);
  for (const name of compared) {
    assertEquals(indexes(0, name), [0, 1, 2, 0, 1, 2, 0, 1, 2, 0]);
    // The second birth goes on where the first one ended.
    assertEquals(indexes(1, name), [0, 1, 2, 0, 1, 2, 1, 2, 0, 1]);
  }
});
