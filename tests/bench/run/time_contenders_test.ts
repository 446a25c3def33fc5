import { assert, assertEquals } from "@std/assert";
import type { Contender } from "../../../bench/contender/contender.ts";
import type {
  ContenderRequest,
  ContenderSetup,
} from "../../../bench/contender/contender_protocol.ts";
import { NativeEngineError } from "../../../bench/native/error.ts";
import {
  type TimedCompiler,
  timedCompilers,
} from "../../../bench/run/timed_compilers.ts";
import type { RunCellOptions } from "../../../bench/run/cell_options.ts";
import type { ResultCell } from "../../../bench/result/result.ts";
import { type IsolateRoom, NO_LIMIT } from "../../../bench/run/isolate_room.ts";
import type { IsolateKey, Isolates } from "../../../bench/run/isolates.ts";
import { timeContenders } from "../../../bench/run/time_contenders.ts";
import { sharedTiming } from "../../../bench/run/timing_options.ts";
import { readsOf, setupOf } from "../contender_rig.ts";

/** A compiler that builds nothing. */
const BROKEN = "broken-cc";

/** Isolates that are asked for, and what they are asked. */
async function isolatesOf(
  engine?: ContenderSetup["engine"],
  compilers: readonly TimedCompiler[] = [],
  { repeated, room = NO_LIMIT }: {
    readonly repeated?: Pick<ResultCell, "turns">;
    readonly room?: IsolateRoom;
  } = {},
) {
  const made = new Map<string, ContenderSetup>();
  const released: string[] = [];
  const asked: (ContenderRequest & { role: string })[] = [];
  const answerTo = (request: ContenderRequest) => {
    if (request.kind === "join" && request.setup.engine?.cc === BROKEN) {
      throw new NativeEngineError("Cannot compile\nmore");
    }
    if (request.kind === "join") {
      return { memory: { arenaBytes: 1, hugePageBytes: null } };
    }
    const timeOf = (ios: number, parts = 1) =>
      Array(parts).fill({ ios: ios / parts, cpuNs: 100 * ios, wallNs: 1 });
    if (request.kind === "slices") {
      const times = request.slices.map(({ ios, parts }) => ({
        parts: timeOf(ios, parts),
      }));
      return { times, clock: "thread CPU" };
    }
    if (request.kind !== "time") return {};
    const { ios, parts } = request;
    return { cpuNs: 1e5 * ios, ios, parts: timeOf(ios, parts) };
  };
  const isolates: Pick<Isolates, "get" | "release"> = {
    release: ({ role }) => {
      released.push(role);
      return Promise.resolve();
    },
    get: ({ setup, role }: IsolateKey) => {
      made.set(`${setup.empty ?? setup.layout} ${role}`, setup);
      return Promise.resolve({
        ask: (request: ContenderRequest) => {
          asked.push({ ...request, role });
          return Promise.try(answerTo, request);
        },
      } as unknown as Contender);
    },
  };
  const setup = (layout: string) =>
    setupOf({ layout, ...(engine === undefined ? {} : { engine }) });
  const timed = await timeContenders({
    setups: new Map(
      ["page_offset", "phyr"].map((layout) => [layout, setup(layout)]),
    ),
    audited: {
      unfit: [],
      contenders: new Map(),
      window: readsOf(1),
      windowIos: 1e5,
    },
    options: {
      run: { builds: 3, rounds: 1, seed: 1, depth: 32 },
      cell: { poolBytes: 64 << 20 },
      ...{ isolates, compilers, repeated, room },
      budgetNs: 1e12,
      clock: () => 0,
    } as unknown as RunCellOptions,
  });
  return { made, released, asked, timed };
}

Deno.test("timeContenders() has all contenders of a build in one worker in C", async () => {
  const { made, released, asked, timed } = await isolatesOf({ name: "native" });
  const roles = [...made.keys()];
  assertEquals(
    roles.every((role) => /^page_offset builds \d$/.test(role)),
    true,
  );
  assertEquals(released.length, roles.length);
  const joins = asked.flatMap((one) => one.kind === "join" ? [one] : []);
  assertEquals(
    joins.map(({ setup: { layout }, restart }) => [layout, restart]).slice(0, 3)
      .length,
    3,
  );
  // The baseline twice, each in memory of its own luck, three builds.
  assertEquals(joins.length, 3 * 3);
  assertEquals(joins.filter(({ restart }) => restart).length, 3);
  assertEquals(new Set(joins.map((join) => join.scatterSeed)).size, 9);
  assertEquals(
    joins.every(({ setup: { engine } }) => engine?.build !== undefined),
    true,
  );
  // A turn of each contender in a round, cold and warm.
  assertEquals([timed.samples.length, timed.cold.length], [9, 9]);
  assertEquals(timed.clock, "thread CPU");
});

Deno.test("timeContenders() has the baseline twice, and what runs no path", async () => {
  const { made } = await isolatesOf();
  const roles = [...made.keys()].map((role) => role.replace(/ \d$/, ""));
  assertEquals([...new Set(roles)].sort(), [
    "noop timed",
    "null_path timed",
    "page_offset control",
    "page_offset timed",
    "phyr timed",
  ]);
  // Each build of each contender has luck of its own.
  const seeds = [...made.values()].flatMap((one) => one.scatterSeed ?? []);
  assertEquals([seeds.length, new Set(seeds).size], [9, 9]);
});

Deno.test("timeContenders() goes on behind the builds of an earlier run", async () => {
  const turns = [{
    name: "page_offset",
    ...{ warm: [[1], [1]], cold: [[1], [1]] },
  }];
  const first = await isolatesOf();
  const { made, asked } = await isolatesOf(undefined, [], {
    repeated: { turns },
  });
  // Two builds are there; what runs no path was timed by then.
  const roles = [...made.keys()];
  assertEquals(
    [...new Set(roles.map((role) => role.slice(-1)))].sort(),
    ["2", "3", "4"],
  );
  assertEquals(roles.filter((role) => /noop|null_path/.test(role)), []);
  // No build has the luck of an earlier one.
  const seedsOf = (from: typeof made, builds: RegExp) =>
    [...from].flatMap(([role, { scatterSeed }]) =>
      builds.test(role) ? scatterSeed ?? [] : []
    );
  const earlier = seedsOf(first.made, /[01]$/);
  assertEquals(
    seedsOf(made, /./).filter((seed) => earlier.includes(seed)),
    [],
  );
  assert(asked.length > 0);
});

Deno.test("timeContenders() burns in the next build as far as there is room", async () => {
  const cpus = navigator.hardwareConcurrency;
  // Three of a build; with what runs no path, and a CPU's more.
  const over = 3 % cpus;
  const goesAhead = async (isolates: number) => {
    const { asked } = await isolatesOf(undefined, [], {
      room: { isolates, memoryBytes: Infinity },
    });
    const isOf = (build: number) => ({ role }: { role: string }) =>
      role.endsWith(` ${build}`);
    const sliced = asked.findIndex((one) =>
      one.kind === "time" && (one.parts ?? 1) > 1
    );
    return asked.slice(0, sliced).some(isOf(1));
  };
  assertEquals(await goesAhead(3 + 2 + cpus), over > 0);
  assertEquals(await goesAhead(3 + 2 + cpus - 1), false);
});

Deno.test("sharedTiming() has another order for each repetition", () => {
  const seedOf = (builds: number) =>
    sharedTiming(
      {
        options: {
          run: { rounds: 1, seed: 7 },
          repeated: {
            turns: [{ name: "page_offset", warm: Array(builds).fill([1]) }],
          },
        },
      } as unknown as Parameters<typeof sharedTiming>[0],
      "js",
    ).seed;
  assertEquals([0, 2, 5].map(seedOf), [7, 9, 12]);
});

const compiler = (cc: string) => ({ cc, title: `${cc} 1` });

Deno.test("timeContenders() has the compilers build in turn", async () => {
  const { asked, timed } = await isolatesOf({ name: "native" }, [
    compiler("gcc"),
    compiler("clang"),
  ]);
  // Three builds of three contenders: gcc, clang, gcc.
  const builders = asked.flatMap((one) =>
    one.kind === "join" ? [one.setup.engine?.cc] : []
  );
  assertEquals(builders.filter((cc) => cc === "gcc").length, 6);
  assertEquals(builders.filter((cc) => cc === "clang").length, 3);
  assertEquals(timed.compilers?.map(({ title }) => title), [
    "gcc 1",
    "clang 1",
  ]);
});

Deno.test("timeContenders() goes on without a compiler that cannot build", async () => {
  const { timed } = await isolatesOf({ name: "native" }, [
    compiler("gcc"),
    compiler(BROKEN),
  ]);
  assertEquals(timed.complaint, "Cannot compile");
  assertEquals(timed.compilers?.map(({ cc }) => cc), ["gcc"]);
  assertEquals(timed.samples.length, 9);
});

Deno.test("timedCompilers() names those that work, each once", async () => {
  const { compilers, complaints } = await timedCompilers();
  assertEquals(
    new Set(compilers.map(({ title }) => title)).size,
    compilers.length,
  );
  assertEquals([compilers[0]?.cc, complaints], ["cc", []]);
  // One that is not there is no news.
  assertEquals(await timedCompilers("no-such-compiler"), {
    compilers: [],
    complaints: [],
  });
});
