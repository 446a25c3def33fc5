/**
 * A cache hierarchy: references in, one by one or in batches, counts out.
 */
import { hierarchySchema } from "./config_form.ts";
import { checkValue } from "../../layouts/option_check.ts";
import { CachegrindHierarchy } from "./cachegrind.ts";
import { type HierarchyConfig, resolveLevels } from "./config.ts";
import type { HierarchyCounts } from "./counts.ts";
import { DineroHierarchy } from "./dinero.ts";
import type { ReferenceBatch } from "./reference.ts";

/** A running hierarchy. */
export interface CacheHierarchy {
  /**
   * Takes one reference.
   *
   * @param address Its address: a whole number, a bigint from 2^53 to 2^64 - 1.
   * @param sizeBytes Its size, 1 to `LARGEST_REFERENCE_BYTES`.
   * @param kind What it does, one of `REFERENCE_KIND`.
   * @throws {TypeError} If one of them is of another type.
   * @throws {RangeError} If one of them is out of its range.
   */
  access(address: bigint | number, sizeBytes: number, kind: number): void;
  /**
   * The fast form of `access()`, which looks at nothing: the address as two
   * int32 halves.
   */
  accessHalves(
    addressLo: number,
    addressHi: number,
    sizeBytes: number,
    kind: number,
  ): void;
  /** Takes all references of a batch: the fast way. */
  run(batch: ReferenceBatch): void;
  /**
   * Makes a batch for `run()` of this hierarchy: the first one, if it is made
   * before anything runs, is taken where it is, without copying it.
   *
   * @param capacity How many references it can hold, 1 to 2^28.
   * @returns The batch, empty.
   * @throws {RangeError} If the capacity is out of its range.
   */
  createBatch(capacity: number): ReferenceBatch;
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
 * The time per reference is proportional to the ways of the sets that it
 * searches; sets of more than 32 ways are indexed and take constant time.
 * Memory is 8 to 20 bytes per line of the caches, however long the trace (with
 * miss classes: plus 16 to 32 bytes per distinct line).
 *
 * @param config The levels, the counting mode and the seed.
 * @returns The hierarchy.
 * @throws {RangeError} If the hierarchy cannot exist.
 *
 * @example Two reads of one line: a miss, then a hit
 * ```ts
 * import { createHierarchy, REFERENCE_KIND } from "@bvec/lab";
 * import { assertEquals } from "@std/assert";
 *
 * const caches = createHierarchy({
 *   levels: [
 *     { name: "L1", sizeBytes: 32768, ways: 8, lineBytes: 64 },
 *     { name: "L2", sizeBytes: 1 << 20, ways: 16, lineBytes: 64 },
 *   ],
 * });
 * caches.access(0x1000, 8, REFERENCE_KIND.read);
 * caches.access(0x1008n, 8, REFERENCE_KIND.read);
 * const [l1, l2] = caches.counts().levels;
 * assertEquals([l1?.readAccesses, l1?.readMisses], [2, 1]);
 * assertEquals([l2?.readAccesses, l2?.readMisses], [1, 1]);
 * ```
 */
export function createHierarchy(config: HierarchyConfig): CacheHierarchy {
  checkValue("build cache hierarchy", hierarchySchema, config);
  const levels = resolveLevels(config);
  return config.mode === "cachegrind"
    ? new CachegrindHierarchy(levels, config)
    : new DineroHierarchy(levels, config);
}
