import { assertEquals } from "@std/assert";
import {
  type MachineNoise,
  noiseWarnings,
  probeNoise,
} from "../../../bench/result/machine_noise.ts";

/** A clock that moves by 1 us at each reading. */
function steadyClock(): () => number {
  let now = 0;
  return () => now += 1000;
}

function pages(contents: Record<string, readonly string[]>) {
  const read = new Map<string, number>();
  return (path: string | URL): Promise<string | null> => {
    const times = read.get(String(path)) ?? 0;
    read.set(String(path), times + 1);
    return Promise.resolve(contents[String(path)]?.[times] ?? null);
  };
}

const QUIET: MachineNoise = {
  busyShare: 0.01,
  stealShare: 0,
  cpuMhz: 3000,
  governor: "performance",
  excess: 0.01,
  unknown: [],
};

Deno.test("probeNoise() takes shares of the time in between", async () => {
  // 400 ticks pass, 100 of them busy; /proc/stat: 40 pass, 2 of them stolen.
  const times = [{ total: 1000, busy: 500 }, { total: 1400, busy: 600 }];
  const noise = await probeNoise({
    cpuClock: steadyClock(),
    readText: pages({
      "/proc/stat": [
        "cpu  100 0 0 100 0 0 0 10 7 7\ncpu0 1 2 3\n",
        "cpu  118 0 0 120 0 0 0 12 9 9\ncpu0 1 2 3\n",
      ],
      "/sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq": ["2450000\n"],
      "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor": ["ondemand\n"],
    }),
    cpuTimes: () => times.shift() ?? null,
    sleep: () => Promise.resolve(),
  });

  assertEquals(noise, {
    busyShare: 0.25,
    stealShare: 0.05,
    cpuMhz: 2450,
    governor: "ondemand",
    excess: 0,
    unknown: [],
  });
});

Deno.test("probeNoise() says why it does not know", async () => {
  const noise = await probeNoise({
    cpuClock: steadyClock(),
    readText: () => Promise.resolve(null),
    cpuTimes: () => null,
    sleep: () => Promise.resolve(),
  });

  assertEquals([noise.busyShare, noise.stealShare, noise.governor], [
    null,
    null,
    null,
  ]);
  assertEquals(
    noise.unknown.map((text) => text.split(":")[0]).slice(0, 2),
    ["busyShare", "stealShare"],
  );
  assertEquals(noiseWarnings(noise), []);
});

Deno.test("noiseWarnings() names work, steal, governor and unstill CPUs", () => {
  const codes = (change: Partial<MachineNoise>) =>
    noiseWarnings({ ...QUIET, ...change }).map(({ code }) => code);

  assertEquals(codes({}), []);
  assertEquals(codes({ busyShare: 0.2 }), ["other-work"]);
  assertEquals(codes({ stealShare: 0.02 }), ["steal"]);
  assertEquals(codes({ governor: "powersave" }), ["frequency-moves"]);
  assertEquals(codes({ excess: 0.2 }), ["unsteady-machine"]);
});
