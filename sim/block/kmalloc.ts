/** Sizes of the objects that kmalloc() gives out (mm/slab_common.c). */

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
 * Gives the size of the object that kmalloc() answers with.
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
