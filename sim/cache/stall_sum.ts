/**
 * Modelled stall cycles: how many more cycles the demand misses of a run cost
 * than hits in the first level, if no two of them overlapped. An upper bound
 * for a CPU that overlaps misses, and never to be mixed with measured times.
 */
import type { HierarchyCounts, LevelCounts } from "./counts.ts";
import type { Cpu } from "./cpu.ts";
import type { StallCycles } from "./stall.ts";

/** How far an assumed latency is moved to show its weight. */
const SENSITIVITY = 0.25;

/**
 * Returns the modelled stall cycles of a run on a CPU that is known to be one:
 * `stallCycles()` looks first.
 *
 * @returns The cycles, with the bounds from the assumed latencies.
 * @throws {RangeError} If the counts are of another hierarchy.
 */
export function stallSum(cpu: Cpu, counts: HierarchyCounts): StallCycles {
  const matches = counts.levels.length === cpu.levels.length &&
    counts.levels.every((level, at) => level.name === cpu.levels[at]?.name);
  if (!matches) {
    throw new RangeError(
      `Cannot model stall cycles of "${cpu.name}": counts of levels ${
        counts.levels.map((level) => level.name).join(", ")
      }, expected ${cpu.levels.map((level) => level.name).join(", ")}`,
    );
  }
  const total = (factor: number) => stallWith(cpu, counts, factor);
  return {
    cycles: total(1),
    low: total(1 - SENSITIVITY),
    high: total(1 + SENSITIVITY),
  };
}

function stallWith(cpu: Cpu, counts: HierarchyCounts, factor: number): number {
  const latencies = [...cpu.levels.map((level) => level.latency), cpu.memory]
    .map(({ cycles, basis }) => basis === "assumed" ? cycles * factor : cycles);
  const firstCount =
    cpu.levels.filter((level) => (level.holds ?? "unified") !== "unified")
      .length || 1;
  let cycles = 0;
  counts.levels.forEach((level, at) => {
    // A miss here adds the step from this level to the one below it; the
    // steps of all levels that a reference misses in add up to its latency.
    const below = Math.max(at + 1, firstCount);
    const step = (latencies[below] ?? 0) - (latencies[at] ?? 0);
    cycles += stallingMisses(level) * Math.max(step, 0);
  });
  return Math.round(cycles);
}

function stallingMisses(level: LevelCounts): number {
  return level.readMisses + level.instructionMisses;
}
