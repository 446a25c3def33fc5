import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { parseDeviceModel } from "../../../sim/time/device_model.ts";
import type { Arrivals } from "../../../sim/time/arrivals.ts";
import { type QueueRun, runQueue } from "./queue_run.ts";

const COMMANDS = 200_000;
const SERVICE_NS = 10_000;

/** One server of 10 us mean, fed by a Poisson process at that utilisation. */
function oneServer(service: string, load: number, seed: number): QueueRun {
  return runQueue({
    model: parseDeviceModel(`channels:1,${service}:10us`),
    arrivals: { kind: "poisson", perSecond: load * 1e9 / SERVICE_NS },
    commands: COMMANDS,
    seed,
  });
}

Deno.test("runQueue() meets M/D/1: waiting is rho s / (2 (1 - rho))", () => {
  for (const load of [0.3, 0.5, 0.8]) {
    const { meanWaitNs, utilisation } = oneServer("det", load, 1);
    const wanted = load * SERVICE_NS / (2 * (1 - load));
    // 3 %: 200 000 commands, at 0.8 correlated over about 1/(1 - rho)^2.
    assertAlmostEquals(meanWaitNs / wanted, 1, 0.03, `rho ${load}`);
    assertAlmostEquals(utilisation ?? 0, load, 0.01 * load);
  }
});

Deno.test("runQueue() meets M/M/1: waiting is rho s / (1 - rho)", () => {
  for (const load of [0.3, 0.5, 0.8]) {
    const { meanWaitNs, meanLatencyNs, utilisation } = oneServer(
      "exp",
      load,
      2,
    );
    const wanted = load * SERVICE_NS / (1 - load);
    assertAlmostEquals(meanWaitNs / wanted, 1, 0.05, `rho ${load}`);
    assertAlmostEquals(meanLatencyNs - meanWaitNs, SERVICE_NS, 100);
    assertAlmostEquals(utilisation ?? 0, load, 0.01);
  }
});

Deno.test("runQueue() meets M/G/1 with lognormal service (Pollaczek-Khinchine)", () => {
  const sigma = 0.8;
  const { meanWaitNs } = runQueue({
    model: parseDeviceModel(`channels:1,lognormal:10us:${sigma}`),
    arrivals: { kind: "poisson", perSecond: 0.5e9 / SERVICE_NS },
    commands: COMMANDS,
    seed: 3,
  });
  // W = rho s (1 + c^2) / (2 (1 - rho)), c^2 = exp(sigma^2) - 1.
  const wanted = 0.5 * SERVICE_NS * Math.exp(sigma ** 2) / (2 * 0.5);
  assertAlmostEquals(meanWaitNs / wanted, 1, 0.05);
});

Deno.test("runQueue() meets M/M/8 (Erlang C)", () => {
  const channels = 8;
  const load = 0.7;
  // One run of 200 000 has a standard deviation of 2.8 %: the mean of three.
  const waits = [1, 2, 3].map((seed) =>
    runQueue({
      model: parseDeviceModel(`channels:${channels},exp:10us`),
      arrivals: {
        kind: "poisson",
        perSecond: load * channels * 1e9 / SERVICE_NS,
      },
      commands: COMMANDS,
      seed,
    }).meanWaitNs
  );
  const meanWaitNs = waits.reduce((sum, wait) => sum + wait, 0) / waits.length;
  // a = 5.6 erlang; P(wait) = C = B / (1 - rho (1 - B)), B by recursion.
  const offered = load * channels;
  let blocking = 1;
  for (let k = 1; k <= channels; k++) {
    blocking = offered * blocking / (k + offered * blocking);
  }
  const queued = blocking / (1 - load * (1 - blocking));
  const wanted = queued * SERVICE_NS / (channels * (1 - load));
  assertAlmostEquals(meanWaitNs / wanted, 1, 0.05);
});

Deno.test("runQueue() keeps Little's law, L = lambda W, from empty to empty", () => {
  const arrivals: fc.Arbitrary<Arrivals> = fc.oneof(
    fc.record({
      kind: fc.constant("closed" as const),
      depth: fc.integer({ min: 1, max: 64 }),
    }),
    fc.record({
      kind: fc.constantFrom("poisson" as const, "even" as const),
      perSecond: fc.integer({ min: 1000, max: 2_000_000 }),
    }),
  );
  const model = fc.constantFrom(
    "fixed:10us",
    "channels:1,det:5us",
    "channels:3,exp:20us",
    "channels:8,lognormal:80us:0.5",
  ).map(parseDeviceModel);
  fc.assert(
    fc.property(arrivals, model, fc.integer(), (arrivals, model, seed) => {
      const run = runQueue({ arrivals, model, commands: 300, seed });
      const product = run.perSecond / 1e9 * run.meanLatencyNs;
      // An identity over a run that begins and ends empty; rounding remains.
      assertAlmostEquals(run.meanInDevice / product, 1, 1e-9);
      assert(run.utilisation === null || run.utilisation <= 1);
    }),
  );
});

Deno.test("runQueue() in a closed loop keeps depth commands there", () => {
  const run = runQueue({
    model: parseDeviceModel("channels:4,det:10us"),
    arrivals: { kind: "closed", depth: 12 },
    commands: 1200,
    seed: 1,
  });
  // 4 channels of 10 us: 1200 commands take 300 rounds.
  assertEquals(run.elapsedNs, 300 * SERVICE_NS);
  assertEquals(run.perSecond, 400_000);
  assertEquals(run.utilisation, 1);
  // The first 12 wait 0, 1 and 2 rounds, all others 2: W = 30 us but for those.
  assertEquals(run.latencyNs[1199], 3 * SERVICE_NS);
  assertEquals(run.overtaking, 0);
});

Deno.test("runQueue() completes out of order only with channels that differ", () => {
  const overtaking = (model: string) =>
    runQueue({
      model: parseDeviceModel(model),
      arrivals: { kind: "closed", depth: 32 },
      commands: 2000,
      seed: 1,
    }).overtaking;
  assertEquals(overtaking("channels:1,exp:10us"), 0);
  assertEquals(overtaking("channels:8,det:10us"), 0);
  assert(overtaking("channels:8,exp:10us") > 500);
});

Deno.test("runQueue() gives the same run for the same seed", () => {
  const run = (seed: number) => oneServer("exp", 0.5, seed).meanWaitNs;
  assertEquals(run(7), run(7));
  assert(run(7) !== run(8));
});
