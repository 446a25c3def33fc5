import { assertEquals, assertRejects } from "@std/assert";
import type { Contender } from "../../../bench/contender/contender.ts";
import type {
  ContenderRequest,
  ContenderSetup,
} from "../../../bench/contender/contender_protocol.ts";
import { NativeEngineError } from "../../../bench/native/error.ts";
import { BuildCell } from "../../../bench/run/build_cell.ts";
import { timeBuilds } from "../../../bench/run/time_builds.ts";
import type { TimedCompiler } from "../../../bench/run/timed_compilers.ts";
import { readsOf, setupOf } from "../contender_rig.ts";

/** Cells of a layout each, so that one can see whose build is made. */
const LAYOUTS = ["page_offset", "phyr", "phys_len"];

interface Asked {
  readonly worker: number;
  readonly layout: string;
  readonly cc: string | undefined;
}

/** Workers that answer at once, and what they are told to build. */
function workersOf(
  count: number,
  onBuild: (asked: Asked, index: number) => void = () => {},
) {
  const asked: Asked[] = [];
  const answerTo = (request: ContenderRequest, worker: number) => {
    if (request.kind === "join") {
      const { layout, engine } = request.setup;
      const own = { worker, layout, cc: engine?.cc };
      if (request.restart) {
        asked.push(own);
        onBuild(own, asked.length - 1);
      }
      return { memory: { arenaBytes: 1, hugePageBytes: null } };
    }
    if (request.kind !== "slices") return {};
    const times = request.slices.map(({ ios, parts = 1 }) => ({
      parts: Array(parts).fill({
        ...{ ios: ios / parts, cpuNs: 100 * ios, wallNs: 1 },
      }),
    }));
    return { times, clock: "thread CPU" };
  };
  const workers = Array.from({ length: count }, (_, worker) => ({
    ask: (request: ContenderRequest) => Promise.try(answerTo, request, worker),
  } as unknown as Contender));
  return { asked, workers };
}

function cellsOf(
  { builds, compilers }: {
    readonly builds: number;
    readonly compilers?: readonly TimedCompiler[];
  },
) {
  return LAYOUTS.map((layout) => {
    const setup: ContenderSetup = setupOf({
      layout,
      engine: { name: "native" },
    });
    return new BuildCell({
      window: readsOf(1),
      contenders: new Map([["base", setup], ["other", setup]]),
      ...{ baseline: "base", builds, rounds: 2, seed: 1 },
      ...(compilers ? { compilers } : {}),
    });
  });
}

const TIMING = { budgetNs: 1e12, seed: 1, clock: () => 0 };

Deno.test("timeBuilds() makes one build of every cell in each pass, in random order", async () => {
  const { asked, workers } = workersOf(1);
  const cells = cellsOf({ builds: 6 });
  await timeBuilds(cells, { ...TIMING, workers });
  const passes = Array.from(
    { length: 6 },
    (_, pass) =>
      asked.slice(3 * pass, 3 * pass + 3).map(({ layout }) => layout),
  );
  for (const pass of passes) assertEquals(pass.toSorted(), LAYOUTS);
  // Six passes in one order: (1/6)^5 of all seeds.
  assertEquals(new Set(passes.map((pass) => pass.join())).size > 1, true);
  assertEquals(
    cells.map((cell) => [cell.isDone, cell.timed(1).samples.length]),
    // 6 builds of 2 rounds of 2 contenders.
    Array(3).fill([true, 24]),
  );
});

Deno.test("timeBuilds() shares the passes out to its workers, and tells of each cell once", async () => {
  const { asked, workers } = workersOf(2);
  const cells = cellsOf({ builds: 4 });
  const done: BuildCell[] = [];
  let passes = 0;
  await timeBuilds(cells, {
    ...{ ...TIMING, workers },
    onDone: (cell) => Promise.resolve(void done.push(cell)),
    onPass: () => Promise.resolve(void passes++),
  });
  assertEquals(asked.length, 12);
  assertEquals(new Set(asked.map(({ worker }) => worker)).size, 2);
  assertEquals([done.length, new Set(done).size, passes], [3, 3, 3]);
  assertEquals(cells.map((cell) => cell.timed(2).ended), [
    "complete",
    "complete",
    "complete",
  ]);
});

Deno.test("timeBuilds() keeps what cells have when it is interrupted", async () => {
  const abort = new AbortController();
  const { workers } = workersOf(1, (_, index) => {
    if (index === 4) abort.abort(); // in the second pass
  });
  const cells = cellsOf({ builds: 3 });
  await timeBuilds(cells, { ...TIMING, workers, signal: abort.signal });
  const found = cells.map((cell) => cell.timed(1));
  assertEquals(found.map(({ ended }) => ended), Array(3).fill("interrupted"));
  // Four whole builds of 2 rounds of 2 contenders.
  assertEquals(found.reduce((sum, { samples }) => sum + samples.length, 0), 16);
});

Deno.test("timeBuilds() ends with what a worker threw, and keeps all builds before", async () => {
  const { asked, workers } = workersOf(1, (_, index) => {
    if (index === 5) throw new Error("no answer");
  });
  const cells = cellsOf({ builds: 3 });
  await assertRejects(
    () => timeBuilds(cells, { ...TIMING, workers }),
    Error,
    "no answer",
  );
  assertEquals(asked.length, 6);
  const samples = cells.map((cell) => cell.timed(1).samples.length);
  assertEquals(samples.reduce((a, b) => a + b, 0), 5 * 4);
});

Deno.test("timeBuilds() begins a cell again without a compiler that builds nothing", async () => {
  const compilers = ["gcc", "broken"].map((cc) => ({ cc, title: cc }));
  const { asked, workers } = workersOf(2, ({ cc, layout }) => {
    if (cc === "broken" && layout === "phyr") {
      throw new NativeEngineError("Cannot compile\nmore");
    }
  });
  const cells = cellsOf({ builds: 4, compilers });
  await timeBuilds(cells, { ...TIMING, workers });
  const found = cells.map((cell) => cell.timed(2));
  assertEquals(found.map(({ complaint }) => complaint), [
    undefined,
    "Cannot compile",
    undefined,
  ]);
  // The others have both compilers, and all have four builds.
  assertEquals(found.map(({ compilers }) => compilers?.length), [2, 1, 2]);
  assertEquals(found.map(({ samples }) => samples.length), [16, 16, 16]);
  const whole = asked.filter(({ layout, cc }) =>
    layout === "phyr" && cc === "gcc"
  );
  assertEquals(whole.length >= 4, true);
});

Deno.test("timeBuilds() leaves out the compiler that builds nothing, not the others", async () => {
  const compilers = ["broken", "gcc", "clang"].map((cc) => ({ cc, title: cc }));
  const { workers } = workersOf(1, ({ cc }) => {
    if (cc === "broken") throw new NativeEngineError("Cannot compile");
  });
  const cells = cellsOf({ builds: 4, compilers });
  await timeBuilds(cells, { ...TIMING, workers });
  for (const cell of cells) {
    const { compilers = [], samples } = cell.timed(1);
    assertEquals(compilers.map(({ cc }) => cc), ["gcc", "clang"]);
    assertEquals(samples.length, 16);
  }
});

Deno.test("timeBuilds() gives each build an equal share of what time is left", async () => {
  let now = 0;
  const { workers } = workersOf(1);
  const cells = LAYOUTS.map((layout) => {
    const setup = setupOf({ layout, engine: { name: "native" } });
    return new BuildCell({
      window: readsOf(1),
      contenders: new Map([["base", setup]]),
      ...{ baseline: "base", builds: 2, rounds: 100, seed: 1 },
      onProgress: () => now += 10, // what a round takes
    });
  });
  await timeBuilds(cells, {
    ...{ ...TIMING, workers, budgetNs: 600 },
    clock: () => now,
  });
  // Six builds of 100 ns each are ten rounds.
  assertEquals(cells.map((cell) => cell.timed(1).samples.length), [20, 20, 20]);
  assertEquals(cells.map((cell) => cell.timed(1).ended), [
    "budget",
    "budget",
    "budget",
  ]);
});

Deno.test("BuildCell takes warm slices again during which the CPU was slow", async () => {
  const slices: (readonly [path: number, isWarm: boolean])[] = [];
  const { workers } = workersOf(1);
  const plain = workers[0];
  let isSlow = false;
  const worker = {
    ask: async (request: ContenderRequest) => {
      if (request.kind !== "slices") return await plain?.ask(request);
      // Those before the first round ask for no speed.
      const isRound = request.slices.some(({ isProbed }) => isProbed);
      const times = request.slices.map(({ path, ios, parts = 1, isProbed }) => {
        if (isRound) slices.push([path, parts === 8]);
        // Every second warm slice of path 1 is slow.
        if (isProbed && path === 1) isSlow = !isSlow;
        const slowdown = isProbed && path === 1 && isSlow ? 1.5 : 1;
        const cpuNs = 100 * ios * slowdown;
        return {
          parts: Array(parts).fill({ ios: ios / parts, cpuNs, wallNs: 1 }),
          ...(isProbed
            ? { probesNs: Array(parts + 1).fill(30 * slowdown) }
            : {}),
        };
      });
      return { times, clock: "thread CPU" };
    },
  } as unknown as Contender;
  const [cell] = cellsOf({ builds: 1 });
  if (cell === undefined) return;
  await timeBuilds([cell], { ...TIMING, workers: [worker] });
  // 2 rounds of 2 contenders; path 1 is slow in both, and still the next time.
  assertEquals(cell.timed(1).slowTurns, {
    ...{ turns: 4, slow: 2, again: 2, kept: 0, slowdown: 1.5 },
  });
  const taken = (path: number, isWarm: boolean) =>
    slices.filter((one) => one[0] === path && one[1] === isWarm).length;
  assertEquals([taken(0, true), taken(1, true)], [2, 4]);
  assertEquals([taken(0, false), taken(1, false)], [2, 2]);
  const { samples, cold } = cell.timed(1);
  assertEquals([samples.length, cold.length], [4, 4]);
  assertEquals(new Set(samples.map(({ nsPerIo }) => nsPerIo)).size, 1);
});

Deno.test("BuildCell counts no turns of a build that was given up while it took them", async () => {
  const compilers = ["gcc", "broken"].map((cc) => ({ cc, title: cc }));
  const { workers } = workersOf(1, ({ cc }) => {
    if (cc === "broken") throw new NativeEngineError("Cannot compile");
  });
  const [worker] = workers;
  const cell = cellsOf({ builds: 2, compilers })[1];
  if (worker === undefined || cell === undefined) return;
  const begun = Promise.withResolvers<void>();
  const failed = Promise.withResolvers<void>();
  const late = {
    ask: async (request: ContenderRequest) => {
      const isRound = request.kind === "slices" &&
        request.slices.some(({ isProbed }) => isProbed);
      if (isRound) {
        begun.resolve();
        await failed.promise;
      }

      return await worker.ask(request);
    },
  } as unknown as Contender;
  const time = {
    ...{ clock: () => 0, deadline: 1 },
    progress: () => ({ done: 0, total: 1, elapsedNs: 0, remainingNs: null }),
  };
  // Build 0 is by gcc and in its first round when build 1 fails.
  const givenUp = cell.build(late, time);
  await begun.promise;
  await cell.build(worker, time);
  failed.resolve();
  await givenUp;
  assertEquals(cell.timed(1).samples.length, 0);
  assertEquals(cell.timed(1).slowTurns?.turns, 0);
  // The two that are made in their place have 2 rounds of 2 contenders each.
  while (cell.left > 0) await cell.build(worker, time);
  assertEquals(cell.timed(1).samples.length, 8);
  assertEquals(cell.timed(1).slowTurns?.turns, 8);
});
