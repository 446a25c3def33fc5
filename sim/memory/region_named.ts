/** Finds a region of kernel memory by its name. */
import type { MemoryRegion } from "./memory_region.ts";

/**
 * Finds a region.
 *
 * @param name Its name; of a structure that there is one of, the structure's.
 * @throws {RangeError} If there is none of that name, or more than one.
 *
 * @example The table of requests
 * ```ts
 * import { regionNamed } from "./region_named.ts";
 * import { KernelMemory } from "./kernel_memory.ts";
 * import { findAbi } from "@bvec/lab";
 * import { assertEquals } from "@std/assert";
 *
 * const memory = new KernelMemory({ abi: findAbi("lp64"), sizeBytes: 8192 });
 * memory.reserve("request", 256, { strideBytes: 128 });
 * assertEquals(regionNamed(memory.regions, "request").strideBytes, 128);
 * ```
 */
export function regionNamed(
  regions: readonly MemoryRegion[],
  name: string,
): MemoryRegion {
  const found = regions.filter((region) =>
    (region.name ?? region.structure) === name
  );
  const [region] = found;
  if (region !== undefined && found.length === 1) return region;
  throw new RangeError(
    `Cannot find region "${name}" of kernel memory: ${found.length} of its ` +
      `${regions.length} regions have that name, expected one`,
  );
}
