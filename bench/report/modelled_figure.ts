/**
 * Modelled stall cycles as figures for a reader: no finer than the model.
 *
 * They are misses times latencies. A cited latency is a whole number of cycles
 * of tens to hundreds, an assumed one may be off by a quarter, and no miss
 * overlaps another or is prefetched: the second digit is the last one that such
 * a sum can have. The result file keeps all digits, so that two results can be
 * compared exactly.
 */
import { formatSigned } from "../text/figure.ts";

const DIGITS = 2;

/** A difference in units; less than one of them, but not nothing. */
export type UnitDifference = number | string | null;

/**
 * Returns the unit of the figures of a table.
 *
 * @returns The power of ten that leaves the largest two digits; 1 at least.
 */
export function cycleUnit(cycles: readonly number[]): number {
  let most = 0;
  for (const value of cycles) {
    if (Number.isFinite(value)) most = Math.max(most, Math.abs(value));
  }
  const digits = Math.floor(Math.log10(Math.max(1, most))) + 1;
  return 10 ** Math.max(0, digits - DIGITS);
}

/**
 * Rounds a figure to a unit.
 *
 * @returns It, or `null` if there is none.
 */
export function inUnits(
  value: number | null | undefined,
  unit: number,
): number | null {
  return typeof value === "number" && Number.isFinite(value)
    ? Math.round(value / unit) * unit
    : null;
}

/**
 * Returns a difference in units: that of the printed figures, so that a reader
 * who subtracts finds the same.
 *
 * @returns A multiple of the unit; `<10` for figures that are printed alike but
 * differ, because the model cannot distinguish them; `null` without figures.
 */
export function differenceInUnits(
  value: number | null | undefined,
  base: number | null | undefined,
  unit: number,
): UnitDifference {
  const [own, other] = [inUnits(value, unit), inUnits(base, unit)];
  if (own === null || other === null) return null;
  if (own !== other) return own - other;
  const difference = (value as number) - (base as number);
  return Math.abs(difference) < 1e-9 ? 0 : `<${unit}`;
}

/**
 * Writes such a difference with its sign.
 *
 * @param width Characters at most.
 * @returns Text such as `-20`, `+300`, `<10`, `0` or `-`.
 */
export function formatUnits(difference: UnitDifference, width: number): string {
  return typeof difference === "string"
    ? difference
    : formatSigned(difference, width);
}
