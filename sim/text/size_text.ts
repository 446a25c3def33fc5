/** Sizes in binary units, for people and for the command line. */
import { format as formatBytes } from "@std/fmt/bytes";

/**
 * Writes a size with binary units.
 *
 * @returns Text such as `4 KiB` or `391 MiB`.
 */
export function formatSize(sizeBytes: number): string {
  // std writes the small k of the metric prefix for 1024 too.
  return formatBytes(sizeBytes, { binary: true }).replace("kiB", "KiB");
}

const UNITS = ["", "KiB", "MiB", "GiB", "TiB"] as const;

/**
 * Writes a size as `parseQuantity()` reads it again, to the byte.
 *
 * @returns Text such as `4096`, `64MiB` or `1000`.
 */
export function exactSize(sizeBytes: number): string {
  let [size, unit] = [sizeBytes, 0];
  while (size > 0 && size % 1024 === 0 && unit + 1 < UNITS.length) {
    size /= 1024;
    unit++;
  }
  return `${size}${UNITS[unit]}`;
}
