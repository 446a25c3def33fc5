/**
 * Modelled stall cycles: how many more cycles the demand misses of a run cost
 * than hits in the first level, if no two of them overlapped. An upper bound
 * for a CPU that overlaps misses, and never to be mixed with measured times.
 */
import { checkValue, valueOf } from "../../layouts/option_check.ts";
import { type Cpu, cpuSchema } from "./cpu.ts";
import type { HierarchyCounts, LevelCounts } from "./counts.ts";

/** Modelled cycles, and how far the assumed latencies move them. */
export interface StallCycles {
  /** With the latencies as given. */
  readonly cycles: number;
  /** With every assumed latency 25 % lower. */
  readonly low: number;
  /** With every assumed latency 25 % higher. */
  readonly high: number;
}

const countsSchema = valueOf(
  "counts, as counts() of a hierarchy gives them",
  ({ levels }) => Array.isArray(levels),
);

/** How far an assumed latency is moved to show its weight. */
const SENSITIVITY = 0.25;

/**
 * Gives the modelled stall cycles of a run.
 *
 * Reads and instruction fetches stall; stores retire into a store buffer, so
 * that write misses of the first level are left out. Below it, the line that a
 * store fetches is a read like any other and counted. Every demand miss of a level costs the latency of the level
 * that served it minus that of its own first level.
 *
 * @param cpu The CPU whose hierarchy was run.
 * @param counts The counts of that run.
 * @returns The cycles, with the bounds from the assumed latencies.
 * @throws {RangeError} If the counts are of another hierarchy.
 *
 * @example One read from memory on a Pentium III
 * ```ts
 * import { cpuPreset, createHierarchy } from "@bvec/lab";
 * import { stallCycles } from "./stall.ts";
 * import { REFERENCE_KIND } from "./reference.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const cpu = cpuPreset("pentium3");
 * const caches = createHierarchy({ levels: cpu.levels });
 * caches.access(0, 4, REFERENCE_KIND.read);
 * assertEquals(stallCycles(cpu, caches.counts()).cycles, 107);
 * ```
 */
export function stallCycles(cpu: Cpu, counts: HierarchyCounts): StallCycles {
  checkValue("model stall cycles", cpuSchema, cpu, "cpu");
  checkValue("model stall cycles", countsSchema, counts, "counts");
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
