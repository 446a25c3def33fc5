/**
 * Fields that lie beside each other: 0 is stored into all of them at once where
 * nobody watches, as a compiler of C does (`-fstore-merging`).
 */

/**
 * Gives whether fields, each an offset and a size in bytes, follow one another
 * without a gap and are 8 bytes together.
 *
 * @param fields In the order that they are written in; an offset below 0 is
 * that of a field that a kernel has not.
 *
 * @example
 * ```ts
 * import { areEightBytes } from "./joined_fields.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(areEightBytes([[20, 2], [22, 2], [24, 4]]), true);
 * assertEquals(areEightBytes([[20, 2], [24, 2], [26, 4]]), false);
 * assertEquals(areEightBytes([[20, 2], [22, 2]]), false);
 * ```
 */
export function areEightBytes(
  fields: readonly (readonly [offset: number, sizeBytes: number])[],
): boolean {
  let end = fields[0]?.[0] ?? -1;
  if (end < 0) return false;
  const start = end;
  for (const [offset, sizeBytes] of fields) {
    if (offset !== end) return false;
    end += sizeBytes;
  }
  return end - start === 8;
}
