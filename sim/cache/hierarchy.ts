/**
 * A cache hierarchy: references in, one by one or in batches, counts out.
 */
import { CachegrindHierarchy } from "./cachegrind.ts";
import { type HierarchyConfig, resolveLevels } from "./config.ts";
import type { HierarchyCounts } from "./counts.ts";
import { DineroHierarchy } from "./dinero.ts";
import type { ReferenceBatch } from "./reference.ts";

/** A running hierarchy. */
export interface CacheHierarchy {
  /**
   * Takes one reference. Addresses are 64-bit, as two int32 words; the size is
   * at least 1 byte and the kind one of `REFERENCE_KIND`.
   */
  access(
    addressLo: number,
    addressHi: number,
    sizeBytes: number,
    kind: number,
  ): void;
  /** Takes all references of a batch: the fast way. */
  run(batch: ReferenceBatch): void;
  /** The counts up to now; call it as often as wanted. */
  counts(): HierarchyCounts;
  /** Copies all dirty lines back, as Dinero does at the end of a trace. */
  flush(): void;
  /** Addresses of the lines that each level holds now. */
  residentLines(): bigint[][];
}

/**
 * Builds a cache hierarchy with empty caches.
 *
 * A reference costs time in proportion to the ways of the sets that it looks
 * into; sets of more than 32 ways are indexed and take constant time. Memory
 * is 8 to 20 bytes per line of the caches, however long the trace (with miss
 * classes: plus 16 to 32 bytes per distinct line).
 *
 * @param config The levels, the counting mode and the seed.
 * @returns The hierarchy.
 * @throws {RangeError} If the hierarchy cannot exist.
 *
 * @example Two reads of one line: a miss, then a hit
 * ```ts
 * import { createHierarchy, REFERENCE_KIND } from "@bvec/lab/sim";
 * import { assertEquals } from "@std/assert";
 *
 * const caches = createHierarchy({
 *   levels: [
 *     { name: "L1", sizeBytes: 32768, ways: 8, lineBytes: 64 },
 *     { name: "L2", sizeBytes: 1 << 20, ways: 16, lineBytes: 64 },
 *   ],
 * });
 * caches.access(0x1000, 0, 8, REFERENCE_KIND.read);
 * caches.access(0x1008, 0, 8, REFERENCE_KIND.read);
 * const [l1, l2] = caches.counts().levels;
 * assertEquals([l1?.readAccesses, l1?.readMisses], [2, 1]);
 * assertEquals([l2?.readAccesses, l2?.readMisses], [1, 1]);
 * ```
 */
export function createHierarchy(config: HierarchyConfig): CacheHierarchy {
  const levels = resolveLevels(config);
  return config.mode === "cachegrind"
    ? new CachegrindHierarchy(levels, config)
    : new DineroHierarchy(levels, config);
}
