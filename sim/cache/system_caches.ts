/**
 * A CPU of the model from the caches that the system reports: sizes, ways and
 * lines are known then, latencies are not.
 */
import type { CacheLatency, Cpu, CpuLevel } from "./cpu.ts";
import { resolveLevels } from "./config.ts";

/** A cache as Linux reports it. */
export interface SystemCache {
  /** Its name, such as `L1d`. */
  readonly name: string;
  /** Its level, from 1. */
  readonly level: number;
  /** What it holds. */
  readonly type: "Data" | "Instruction" | "Unified";
  readonly sizeBytes: number;
  readonly ways: number;
  readonly lineBytes: number;
}

/** Usual load-to-use cycles by level; those of the preset `zen4` and further. */
const USUAL_CYCLES = [4, 14, 50, 100] as const;
const USUAL_MEMORY_CYCLES = 400;

/**
 * Makes a CPU of its caches.
 *
 * @param caches The caches of one core, in any order.
 * @returns The CPU; `notes` say what was changed so that it can be modelled.
 * @throws {RangeError} If its hierarchy cannot be modelled.
 */
export function cpuOfCaches(
  caches: readonly SystemCache[],
  told: { name: string; title: string; source: string },
): Cpu {
  const notes = [
    "Hardware prefetchers are not modelled.",
    "Replacement is modelled as LRU, levels as not inclusive.",
    `${told.source} does not report latencies: usual ones are assumed.`,
  ];
  const sorted = [...caches].sort((a, b) =>
    a.level - b.level || order(a) - order(b)
  );
  const levels = sorted.flatMap((cache) => {
    if (cache.level > 1 && cache.type === "Instruction") {
      notes.push(
        `${cache.name} is left out: an instruction cache below the first level.`,
      );
      return [];
    }
    return [levelOf(cache, told.source, notes)];
  });
  resolveLevels({ levels });
  return {
    schemaVersion: 1,
    name: told.name,
    title: told.title,
    levels,
    memory: assumed(USUAL_MEMORY_CYCLES, told.source),
    notes,
  };
}

function order({ type }: SystemCache): number {
  return type === "Instruction" ? 0 : 1;
}

function levelOf(
  cache: SystemCache,
  source: string,
  notes: string[],
): CpuLevel {
  const { name, level, type, sizeBytes, lineBytes } = cache;
  const cycles = USUAL_CYCLES[level - 1] ?? USUAL_CYCLES[3];
  const ways = modelledWays(cache);
  if (ways !== cache.ways) {
    notes.push(
      `${name} is modelled with ${ways} ways, not ${cache.ways}: the model's ` +
        "sets are a power of two.",
    );
  }
  return {
    name,
    sizeBytes,
    ways,
    lineBytes,
    ...(level === 1 && type !== "Unified" && {
      holds: type === "Data" ? "data" : "instruction",
    }),
    source,
    latency: assumed(cycles, source),
  };
}

/** The fewest ways from the real ones on that leave a power of two of sets. */
function modelledWays({ sizeBytes, lineBytes, ways }: SystemCache): number {
  const lines = sizeBytes / lineBytes;
  let sets = lines / ways;
  if (!Number.isSafeInteger(sets) || sets === 0) return ways; // refused later
  let powerOfTwo = 1;
  while (sets % 2 === 0) {
    sets /= 2;
    powerOfTwo *= 2;
  }
  return lines / powerOfTwo;
}

function assumed(cycles: number, source: string): CacheLatency {
  return { cycles, basis: "assumed", source: `usual; ${source} reports none` };
}
