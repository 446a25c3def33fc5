/**
 * The caches of kmalloc(): sizes of the objects that it gives out
 * (mm/slab_common.c), and how many of them a CPU keeps.
 */
import { allocatorOffsets } from "../memory/allocator_offsets.ts";

/** Its caches for up to two pages, in bytes. */
const CACHES = [
  8,
  16,
  32,
  64,
  96,
  128,
  192,
  256,
  512,
  1024,
  2048,
  4096,
  8192,
] as const;

/**
 * Returns the size of the object that kmalloc() answers with.
 *
 * @param sizeBytes Bytes that are asked for, from 1.
 * @returns That of the cache, above two pages a power of two.
 *
 * @example 32 vectors of 12 bytes
 * ```ts
 * import { kmallocBytes } from "./kmalloc.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([80, 384, 512, 8193].map(kmallocBytes), [96, 512, 512, 16384]);
 * ```
 */
export function kmallocBytes(sizeBytes: number): number {
  return CACHES.find((cache) => sizeBytes <= cache) ??
    2 ** Math.ceil(Math.log2(sizeBytes));
}

/**
 * Names the cache of objects of a size.
 *
 * @param objectBytes What `kmallocBytes()` gave.
 */
export function kmallocName(objectBytes: number): string {
  return `kmalloc-${objectBytes}`;
}

const PAGE_BYTES = 4096;

/**
 * Returns how many objects a sheaf has room for (mm/slub.c of 7.x,
 * calculate_sheaf_capacity()): fewer of large objects, and as many as fill the
 * kmalloc() object that the sheaf itself is.
 *
 * @param objectBytes Bytes of an object of the cache.
 *
 * @example 512 bytes: 32 bytes of header and 28 pointers are kmalloc-256
 * ```ts
 * import { sheafCapacity } from "./kmalloc.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([96, 512, 1024, 4096].map((of) => sheafCapacity(of, 8)), [
 *   ...[60, 28, 12, 4],
 * ]);
 * ```
 */
export function sheafCapacity(
  objectBytes: number,
  pointerBytes: number,
): number {
  const least = objectBytes >= PAGE_BYTES
    ? 4
    : objectBytes >= 1024
    ? 12
    : objectBytes >= 256
    ? 26
    : 60;
  const { objects: headerBytes } = allocatorOffsets(pointerBytes).sheaf;
  const sheafBytes = kmallocBytes(headerBytes + least * pointerBytes);
  return Math.floor((sheafBytes - headerBytes) / pointerBytes);
}
