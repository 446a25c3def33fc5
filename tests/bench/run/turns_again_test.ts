import { assertEquals } from "@std/assert";
import { samplesOf, type TimedTurn } from "../../../bench/run/timed_cell.ts";
import { TurnsAgain } from "../../../bench/run/turns_again.ts";

const PARTS = 8;
const IOS = 1000;
/** Time that fixed work takes a still CPU. */
const PROBE_NS = 40;

/** A turn of so many ns an I/O, on a CPU that takes so many times as long. */
function turn(
  contender: string,
  round: number,
  { ns, slowdown }: { readonly ns: number; readonly slowdown: number },
): TimedTurn {
  const cpuNs = ns * slowdown * IOS;
  return {
    ...{ contender, round },
    parts: Array(PARTS).fill({ ios: IOS, cpuNs, wallNs: cpuNs }),
    probesNs: Array(PARTS + 1).fill(PROBE_NS * slowdown),
  };
}

const SPEEDS: Readonly<Record<string, number>> = { base: 100, other: 90 };

/** What each of two contenders took in each round. */
const nsOf = (turns: readonly TimedTurn[]) =>
  samplesOf(0, turns).map(({ contender, round, nsPerIo }) =>
    `${contender} ${round} ${Math.round(nsPerIo)}`
  );

/**
 * Rounds of two contenders on a CPU of two speeds, 1.7 apart.
 *
 * @param slow Which turns are slow, in the order in which they are taken: the
 *   two of a round, then those that are taken again.
 */
async function roundsOn(
  slow: readonly (readonly boolean[])[],
  most = 100,
): Promise<
  { turns: TimedTurn[]; asked: string[][]; again: TurnsAgain }
> {
  const again = new TurnsAgain(most);
  const turns: TimedTurn[] = [];
  const asked: string[][] = [];
  for (const [round, ofRound] of slow.entries()) {
    let at = 0;
    const take = (contenders: readonly string[]) =>
      contenders.map((contender) =>
        turn(contender, round, {
          ns: SPEEDS[contender] ?? NaN,
          slowdown: ofRound[at++] ? 1.7 : 1,
        })
      );
    turns.push(...take(["base", "other"]));
    await again.endRound(turns, {
      ...{ build: 0, round },
      take: (contenders) => {
        asked.push([`${round}`, ...contenders]);
        return Promise.resolve(take(contenders));
      },
    });
  }
  return { turns, asked, again };
}

Deno.test("TurnsAgain takes slow turns again, until they are still", async () => {
  const { turns, asked, again } = await roundsOn([
    [false, false],
    [true, false, false],
    [true, true, false, true, false],
  ]);
  assertEquals(asked, [
    ["1", "base"],
    ["2", "base", "other"],
    ["2", "other"],
  ]);
  assertEquals(nsOf(turns), [
    ...["base 0 100", "other 0 90", "base 1 100", "other 1 90"],
    ...["base 2 100", "other 2 90"],
  ]);
  // 3 of 6 were slow; 1 + 2 + 1 turns were taken in their place.
  assertEquals(again.counts, {
    ...{ turns: 6, slow: 3, again: 4, kept: 0, slowdown: 1.7 },
  });
});

Deno.test("TurnsAgain mends the ratio of a series of two speeds", async () => {
  // Without it the rounds' ratios are .9 / 1.7, .9 * 1.7, .9, .9 / 1.7 and
  // .9 / 1.7: their median is 0.529.
  const series = [
    [true, false, false],
    [false, true, false],
    [false, false],
    [true, false, false],
    [true, false, false],
  ];
  const ratioOf = (turns: readonly TimedTurn[]) => {
    const samples = samplesOf(0, turns);
    const ratios = series.map((_, round) => {
      const ns = (name: string) =>
        samples.find((one) => one.contender === name && one.round === round)
          ?.nsPerIo ?? NaN;
      return ns("other") / ns("base");
    }).sort((a, b) => a - b);
    return ratios[2]?.toFixed(3);
  };
  const left = await roundsOn(series, 0);
  assertEquals(ratioOf(left.turns), "0.529");
  assertEquals(left.again.counts, {
    ...{ turns: 10, slow: 4, again: 0, kept: 4, slowdown: 1.7 },
  });
  assertEquals(ratioOf((await roundsOn(series)).turns), "0.900");
});

Deno.test("TurnsAgain gives up after eight times in a round, and after twice the turns of a build", async () => {
  const allSlow = Array(20).fill(true);
  const { turns, again } = await roundsOn([[false, false], allSlow]);
  // Two turns, eight times each; they stay what they were.
  assertEquals(again.counts, {
    ...{ turns: 4, slow: 2, again: 16, kept: 2, slowdown: 1.7 },
  });
  assertEquals(nsOf(turns).slice(2), ["base 1 170", "other 1 153"]);
  // Of three turns six: three times both. Of 1.5, three: the last time one.
  const few = await roundsOn([[false, false], allSlow], 3);
  assertEquals(few.asked, Array(3).fill(["1", "base", "other"]));
  const fewer = await roundsOn([[false, false], allSlow], 1.5);
  assertEquals(fewer.asked, [["1", "base", "other"], ["1", "base"]]);
});

Deno.test("TurnsAgain leaves a slow turn as it was if the other is slow, too", async () => {
  const again = new TurnsAgain(9);
  const turns = [
    turn("base", 0, { ns: 100, slowdown: 1 }),
    turn("other", 0, { ns: 100, slowdown: 1.7 }),
  ];
  await again.endRound(turns, {
    ...{ build: 0, round: 0 },
    // Quicker, but of a slow CPU: to choose it would be to choose by time.
    take: () => Promise.resolve([turn("other", 0, { ns: 100, slowdown: 1.3 })]),
  });
  assertEquals(nsOf(turns), ["base 0 100", "other 0 170"]);
});

Deno.test("TurnsAgain leaves a build alone that is slow as a whole, and turns without probes", async () => {
  // What fixed work takes when it is still has not been seen.
  const { again, asked } = await roundsOn([[true, true], [true, true]]);
  assertEquals([asked.length, again.counts.slow], [0, 0]);
  const plain = new TurnsAgain(9);
  const { probesNs: _, ...unprobed } = turn("base", 0, { ns: 1, slowdown: 1 });
  await plain.endRound([unprobed], {
    ...{ build: 0, round: 0 },
    take: () => Promise.reject(new Error("nobody asked")),
  });
  assertEquals(plain.counts, {
    ...{ turns: 1, slow: 0, again: 0, kept: 0, slowdown: 1 },
  });
});

Deno.test("TurnsAgain takes nothing again once a run is interrupted", async () => {
  const again = new TurnsAgain(9);
  const turns = [
    turn("base", 0, { ns: 1, slowdown: 1 }),
    turn("other", 0, { ns: 1, slowdown: 2 }),
  ];
  await again.endRound(turns, {
    ...{ build: 0, round: 0, signal: AbortSignal.abort() },
    take: () => Promise.reject(new Error("nobody asked")),
  });
  assertEquals([again.counts.slow, again.counts.kept], [1, 1]);
});

Deno.test("TurnsAgain knows each build's limit and speed, and the slowest of all turns", async () => {
  const again = new TurnsAgain(0.5); // one turn for each build
  const asked: number[] = [];
  const round = async (
    build: number,
    slowdowns: readonly [base: number, other: number],
    then: number,
  ) => {
    const turnOf = (name: string, slowdown: number) =>
      turn(name, 0, { ns: 100, slowdown });
    const turns = [turnOf("base", slowdowns[0]), turnOf("other", slowdowns[1])];
    await again.endRound(turns, {
      ...{ build, round: 0 },
      take: (contenders) => {
        asked.push(build);
        return Promise.resolve(contenders.map((name) => turnOf(name, then)));
      },
    });
  };
  // Nine builds that are slow as a whole are usual until another is quicker,
  // even where its own 18 ends are less than a tenth of all 216.
  for (let build = 2; build < 11; build++) await round(build, [1.7, 1.7], 1.7);
  assertEquals([asked, again.counts.slow], [[], 0]);
  await round(0, [1, 1.66667], 1.7);
  await round(1, [1, 1.5], 1);
  assertEquals(asked, [0, 1]);
  // The slowest is the first one: 1.66667 has three digits.
  assertEquals(again.counts, {
    ...{ turns: 22, slow: 2, again: 2, kept: 1, slowdown: 1.67 },
  });
});
