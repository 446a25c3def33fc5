/**
 * Modelled stall cycles of whatever CPU and counts a program gives: their form
 * is looked at before `stall_sum.ts` adds them up.
 */
import { checkValue, valueOf } from "../../layouts/option_check.ts";
import { type Cpu, cpuSchema } from "./cpu.ts";
import type { HierarchyCounts } from "./counts.ts";
import { stallSum } from "./stall_sum.ts";

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

/**
 * Returns the modelled stall cycles of a run.
 *
 * Reads and instruction fetches stall; stores retire into a store buffer, so
 * that write misses of the first level are left out. Below it, the line that a
 * store fetches is a read like any other and counted. Every demand miss of a level costs the latency of the level
 * that served it minus that of its own first level.
 *
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
  return stallSum(cpu, counts);
}
