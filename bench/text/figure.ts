/**
 * Numbers of any size in few characters, for columns that must not burst.
 */
/** Suffixes for numbers that are too long to be written out. */
const SUFFIXES = ["", "k", "M", "G", "T", "P"];

/**
 * Writes a number in at most `width` characters with at most four significant
 * digits after the point, whole numbers whole as long as they fit.
 *
 * @param value The number, or `null` for "not measured".
 * @param width Characters at most, 5 or more.
 * @returns Text such as `1234567`, `123.4`, `0.001`, `10.0M`, `<.001`, `-`.
 */
export function formatFigure(
  value: number | null | undefined,
  width: number,
): string {
  if (value === null || value === undefined) return "-";
  if (value < 0) return `-${formatFigure(-value, width - 1)}`;
  if (Number.isInteger(value) && String(value).length <= width) {
    return String(value);
  }
  if (value < 0.0005) return "<.001";
  const digits = Math.floor(Math.log10(value)) + 1;
  for (let decimals = Math.min(3, 4 - digits); decimals >= 0; decimals--) {
    const text = value.toFixed(decimals);
    if (text.length <= width) return text;
  }
  const plain = value.toFixed(0);
  if (plain.length <= width) return plain;
  return scaled(value, width);
}

function scaled(value: number, width: number): string {
  let rest = value;
  let power = 0;
  while (rest >= 999.5 && power < SUFFIXES.length - 1) {
    rest /= 1000;
    power++;
  }
  const suffix = SUFFIXES[power] ?? "";
  const text = rest.toPrecision(3).replace(/e.*/, "");
  const cut = text.length + suffix.length > width ? rest.toFixed(0) : text;
  return cut + suffix;
}

/** Writes a time of ns in us, in the same way. */
export function formatMicroseconds(
  ns: number | null | undefined,
  width: number,
): string {
  return formatFigure(ns === null || ns === undefined ? ns : ns / 1000, width);
}

/**
 * Writes the two ends of an interval.
 *
 * @param ends The interval, or `null` for "not measured".
 * @returns Text such as `0.981-1.023`; `-` if there is no interval.
 */
export function formatEnds(
  ends:
    | { readonly low: number | null; readonly high: number | null }
    | null
    | undefined,
): string {
  if (!ends || ends.low === null || ends.high === null) return "-";
  // Older labs wrote the one value of a single measurement as both ends.
  if (ends.low === ends.high) return "-";
  return `${formatFigure(ends.low, 5)}-${formatFigure(ends.high, 5)}`;
}

/**
 * Returns the difference of two exact figures, ignoring the last bits of their
 * division by the I/Os.
 *
 * @returns It; `null` where one of them is missing.
 */
export function exactDifference(
  value: number | null | undefined,
  base: number | null | undefined,
): number | null {
  if (typeof value !== "number" || typeof base !== "number") return null;
  return Math.abs(value - base) < 1e-9 ? 0 : value - base;
}

/**
 * Writes a difference with its sign.
 *
 * @param width Characters at most.
 * @returns Text such as `-2`, `+0.500`, `0` or `-`.
 */
export function formatSigned(
  value: number | null | undefined,
  width: number,
): string {
  if (value === null || value === undefined) return "-";
  if (value === 0) return "0";
  return (value > 0 ? "+" : "-") + formatFigure(Math.abs(value), width - 1);
}

/**
 * Writes a ratio as a change.
 *
 * @param ratio The ratio; 1 is no change.
 * @returns Text such as `-4.1%` or `+12%`.
 */
export function formatChange(ratio: number): string {
  return `${ratio < 1 ? "-" : "+"}${formatPercent(Math.abs(ratio - 1))}`;
}

/**
 * Writes a share as a percentage with two significant digits.
 *
 * @param share The share; 0.031 is 3.1 %.
 * @returns Text such as `3.1%`.
 */
export function formatPercent(share: number): string {
  const percent = 100 * share;
  if (percent === 0) return "0%";
  if (percent < 0.01) return "<0.01%";
  const decimals = Math.max(
    0,
    Math.min(2, 1 - Math.floor(Math.log10(percent))),
  );
  return `${percent.toFixed(decimals)}%`;
}

/**
 * Writes how far measured values were apart. Equal ones are equal because of
 * the clock's steps: they are called close, not the same.
 *
 * @param share The difference as a share; 0.031 is 3.1 %.
 * @returns Text such as `3.1%`, or `<0.01%`.
 */
export function formatMeasuredDifference(share: number): string {
  return formatPercent(share === 0 ? Number.MIN_VALUE : share);
}

/**
 * Writes how far measured values were apart at most.
 *
 * @param share The largest difference as a share; 0.031 is 3.1 %.
 * @returns Text such as `up to 3.1%`, or `less than 0.01%`.
 */
export function formatMostDifference(share: number): string {
  const text = formatMeasuredDifference(share);
  return text.startsWith("<") ? `less than ${text.slice(1)}` : `up to ${text}`;
}
