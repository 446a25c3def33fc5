/**
 * What a CPU's caches make of a traced path: misses per level and modelled
 * stall cycles, per I/O. Never to be mixed with measured times (design.md,
 * rule 8).
 */
import type { HierarchyCounts, LevelCounts } from "../cache/counts.ts";
import type { Cpu } from "../cache/cpu.ts";
import type { DineroHierarchy } from "../cache/dinero.ts";
import { HierarchyPool } from "../cache/hierarchy_pool.ts";
import { stallSum } from "../cache/stall_sum.ts";
import { type AccessBatch, STAGE_MASK } from "./access_batch.ts";

// Constants of its own: bench/HOT_PATH.md.
const STAGES_MASK = STAGE_MASK;

/** Caches of runs that have ended, for others to come. */
const pool = new HierarchyPool();

/** One cache, per I/O. */
export interface ModelledLevel {
  /** Name of the level. */
  readonly name: string;
  /** Lines read or written that were not there. */
  readonly missesPerIo: number;
  /** Of those, reads. */
  readonly readMissesPerIo: number;
  /** Of those, writes. */
  readonly writeMissesPerIo: number;
  /** Dirty lines written to the next level. */
  readonly writebacksPerIo: number;
}

/** Modelled stall cycles per I/O and how far assumed latencies move them. */
export interface ModelledStall {
  /** With the latencies of the CPU as given. */
  readonly cycles: number;
  /** The least of it when every assumed latency moves by 25 %. */
  readonly low: number;
  /** The most of it when every assumed latency moves by 25 %. */
  readonly high: number;
}

/** A stretch of I/Os as a CPU's caches saw it. */
export interface ModelledStretch {
  /** I/Os of the stretch. */
  readonly ios: number;
  /** Loads and stores of the path. */
  readonly referencesPerIo: number;
  /** Data caches, first level first. */
  readonly levels: readonly ModelledLevel[];
  /** Stall cycles, if no two misses overlap. */
  readonly stallCyclesPerIo: ModelledStall;
}

/**
 * A CPU that takes the accesses of a path, from empty caches on.
 *
 * The device's accesses are left out: it reaches memory by DMA, and that a
 * completion entry is new to the CPU's caches is not modelled. Instructions
 * and the bytes of the data itself are left out, too.
 *
 * @example One store on a Pentium III misses both levels
 * ```ts
 * import { cpuPreset } from "@bvec/lab";
 * import { type AccessBatch } from "./access_batch.ts";
 * import { ModelledRun } from "./modelled_run.ts";
 * import { createReferenceBatch, REFERENCE_KIND } from "../cache/reference.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const batch: AccessBatch = {
 *   ...createReferenceBatch(1),
 *   stage: new Uint8Array(1),
 * };
 * batch.sizeAndKind[0] = 4 << 2 | REFERENCE_KIND.write;
 * batch.length = 1;
 * const run = new ModelledRun(cpuPreset("pentium3"), 5);
 * run.take(batch);
 * const { levels, stallCyclesPerIo } = run.endStretch(1);
 * assertEquals(levels[0]?.writeMissesPerIo, 1);
 * // The line comes from memory: the step from L2 to it is a read of L2.
 * assertEquals(stallCyclesPerIo.cycles, 103);
 * ```
 */
export class ModelledRun {
  readonly #cpu: Cpu;
  readonly #caches: DineroHierarchy;
  readonly #deviceStage: number;
  #before: HierarchyCounts;

  /**
   * Starts with empty caches.
   *
   * @param deviceStage Index of the stage whose accesses are a device's.
   */
  constructor(cpu: Cpu, deviceStage: number) {
    // Nobody fetches an instruction: the loop is faster without their caches.
    const levels = cpu.levels.filter(({ holds }) => holds !== "instruction");
    this.#cpu = { ...cpu, levels };
    this.#caches = pool.take({ levels });
    this.#deviceStage = deviceStage;
    this.#before = this.#caches.counts();
  }

  /**
   * Takes accesses.
   *
   * @param batch The accesses; those of the device are taken out of it.
   */
  take(batch: AccessBatch): void {
    const { addressLo, addressHi, sizeAndKind, stage, length } = batch;
    const deviceStage = this.#deviceStage;
    let kept = 0;
    for (let i = 0; i < length; i++) {
      if (((stage[i] as number) & STAGES_MASK) === deviceStage) continue;
      addressLo[kept] = addressLo[i] as number;
      addressHi[kept] = addressHi[i] as number;
      sizeAndKind[kept] = sizeAndKind[i] as number;
      stage[kept] = stage[i] as number;
      kept++;
    }
    batch.length = kept;
    this.run(batch);
  }

  /**
   * Takes accesses none of which is a device's, as `take()` leaves them:
   * several CPUs can take the same.
   *
   * @param batch The accesses; unchanged.
   */
  run(batch: AccessBatch): void {
    this.#caches.run(batch);
  }

  /** Ends the run: its caches are for another one, and it takes nothing more. */
  end(): void {
    pool.giveBack(this.#caches);
  }

  /**
   * Ends a stretch: what comes next belongs to another one.
   *
   * @param ios I/Os of the stretch, at least 1.
   * @returns What the caches did in it.
   */
  endStretch(ios: number): ModelledStretch {
    const now = this.#caches.counts();
    const counts = difference(now, this.#before);
    this.#before = now;
    const stall = stallSum(this.#cpu, counts);
    // Where the first level's latency is the assumed one, lower is more.
    const ends = [stall.low, stall.cycles, stall.high];
    const { reads, writes } = counts.references;
    return {
      ios,
      referencesPerIo: (reads + writes) / ios,
      levels: counts.levels.map((level) => ({
        name: level.name,
        missesPerIo: (level.readMisses + level.writeMisses) / ios,
        readMissesPerIo: level.readMisses / ios,
        writeMissesPerIo: level.writeMisses / ios,
        writebacksPerIo: level.writebacks / ios,
      })),
      stallCyclesPerIo: {
        cycles: stall.cycles / ios,
        low: Math.min(...ends) / ios,
        high: Math.max(...ends) / ios,
      },
    };
  }
}

function difference(
  now: HierarchyCounts,
  before: HierarchyCounts,
): HierarchyCounts {
  return {
    references: subtract(now.references, before.references),
    levels: now.levels.map((level, at) =>
      subtract(level, before.levels[at] as LevelCounts)
    ),
  };
}

/** Subtracts every count; leaves anything that is not a number. */
function subtract<Counts extends object>(now: Counts, before: Counts): Counts {
  const earlier = new Map(Object.entries(before));
  const counts = Object.entries(now).map(([key, value]) => {
    const then = earlier.get(key);
    return typeof value === "number" && typeof then === "number"
      ? [key, value - then]
      : [key, value];
  });
  return Object.fromEntries(counts) as Counts;
}
