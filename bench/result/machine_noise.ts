/**
 * How busy the machine is before anything is measured: work of others, time
 * that a hypervisor took away, clocks that may move. What the permissions do
 * not let one see is `null`, with the reason.
 */
import { cpus } from "node:os";
import { fixedWork } from "../machine/speed_probe.ts";
import type { ReadText } from "../machine/read_if_possible.ts";
import { probeStillness, stillnessWarnings } from "../statistics/stillness.ts";
import { BUSY_HINT, type LabWarning } from "../statistics/warning.ts";

export interface MachineNoise {
  /** Share of all CPU time that other work took while the lab slept. */
  readonly busyShare: number | null;
  /** Share of all CPU time that a hypervisor took away meanwhile. */
  readonly stealShare: number | null;
  /** Frequency of the first CPU in MHz. */
  readonly cpuMhz: number | null;
  /** What decides on the frequency, such as `performance`. */
  readonly governor: string | null;
  /** Excess of the typical run of fixed work over the fastest; 0.1 is 10 %. */
  readonly excess: number | null;
  /** Why some of these are `null`. */
  readonly unknown: readonly string[];
}

/** CPU time so far, of all CPUs together, in any unit. */
export interface CpuTimes {
  readonly total: number;
  /** Neither idle nor waiting. */
  readonly busy: number;
}

export interface NoiseProbe {
  readonly readText: ReadText;
  /** The CPU clock that is measured with, in ns. */
  readonly cpuClock: () => number;
  /** CPU times so far; `null` if they cannot be seen. */
  readonly cpuTimes?: () => CpuTimes | null;
  /** Sleeps; default: a third of a second. */
  readonly sleep?: () => Promise<void>;
}

const FREQUENCY = "/sys/devices/system/cpu/cpu0/cpufreq/";

/**
 * Looks at the machine while the lab does nothing, and then at fixed work.
 *
 * @param probe Files, clock and sleep.
 */
export async function probeNoise(probe: NoiseProbe): Promise<MachineNoise> {
  const { readText, cpuClock, cpuTimes = timesOfCpus } = probe;
  const sleep = probe.sleep ??
    (() => new Promise((resolve) => setTimeout(resolve, 300)));
  const before = cpuTimes();
  const stealBefore = readSteal(await readText("/proc/stat"));
  await sleep();
  const after = cpuTimes();
  const stealAfter = readSteal(await readText("/proc/stat"));
  const mhz = await readText(`${FREQUENCY}scaling_cur_freq`);
  const governor = (await readText(`${FREQUENCY}scaling_governor`))?.trim();
  const kiloHertz = /^\d+$/.test(mhz?.trim() ?? "") ? Number(mhz) : null;
  const cpuMhz = kiloHertz === null ? nominalMhz() : kiloHertz / 1000;
  const unknown: string[] = [];
  if (before === null) unknown.push("busyShare: CPU times cannot be read");
  if (stealBefore === null) {
    unknown.push("stealShare: Deno reads /proc/stat only with --allow-all");
  }
  if (cpuMhz === null) {
    unknown.push("cpuMhz: not readable without --allow-all");
  }
  return {
    busyShare: share(before, after),
    stealShare: share(stealBefore, stealAfter),
    cpuMhz,
    governor: governor ?? null,
    excess: probeStillness({ clock: cpuClock, work: millisecondOfWork }),
    unknown,
  };
}

/** About a millisecond, so that the steps of the clock do not count. */
function millisecondOfWork(): void {
  for (let run = 0; run < 33; run++) fixedWork();
}

/** Warns of a machine that will disturb the measurement. */
export function noiseWarnings(noise: MachineNoise): LabWarning[] {
  const warnings: LabWarning[] = [];
  const percent = (value: number) => `${(100 * value).toFixed(0)} %`;
  const { busyShare, stealShare, governor } = noise;
  if (busyShare !== null && busyShare > 0.1) {
    warnings.push({
      code: "other-work",
      message: `other work took ${percent(busyShare)} of the CPUs while the ` +
        `lab did nothing`,
      hint: BUSY_HINT,
    });
  }
  if (stealShare !== null && stealShare > 0.01) {
    warnings.push({
      code: "steal",
      message: `the hypervisor took ${percent(stealShare)} of the CPUs away`,
      hint: "some of it is counted as CPU time: use a dedicated machine, or " +
        "another hour",
    });
  }
  if (governor === "powersave" || governor === "ondemand") {
    warnings.push({
      code: "frequency-moves",
      message: `the CPU's frequency is up to the governor "${governor}"`,
      hint: "set the governor to performance",
    });
  }
  return [...warnings, ...stillnessWarnings(noise.excess)];
}

/** The first line of /proc/stat (proc(5)): steal is the eighth number. */
function readSteal(stat: string | null): CpuTimes | null {
  const line = /^cpu +(\d[\d ]*)$/m.exec(stat ?? "")?.[1];
  if (line === undefined) return null;
  const times = line.trim().split(/ +/).map(Number);
  if (times.length < 8) return null;
  // Guest time, after steal, is part of user time already.
  const total = times.slice(0, 8).reduce((sum, x) => sum + x, 0);
  return { total, busy: times[7] ?? 0 };
}

function share(before: CpuTimes | null, after: CpuTimes | null): number | null {
  if (before === null || after === null) return null;
  const total = after.total - before.total;
  return total > 0 ? Math.max(0, after.busy - before.busy) / total : null;
}

function timesOfCpus(): CpuTimes | null {
  try {
    let total = 0;
    let idle = 0;
    for (const { times } of cpus()) {
      idle += times.idle;
      total += times.user + times.nice + times.sys + times.idle + times.irq;
    }
    return total > 0 ? { total, busy: total - idle } : null;
  } catch {
    return null;
  }
}

function nominalMhz(): number | null {
  try {
    return cpus()[0]?.speed || null;
  } catch {
    return null;
  }
}
