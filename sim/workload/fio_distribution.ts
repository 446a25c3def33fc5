/** Values of random_distribution and file_service_type. */
import type { BlockDistribution } from "./block_order.ts";
import { type FioUnits, parseSize } from "./fio_value.ts";
import type { ZonedDistribution, ZoneShare } from "./zoned_order.ts";

/** fio's defaults (fio.h: FIO_DEF_ZIPF, FIO_DEF_PARETO). */
const DEFAULTS: Readonly<Record<string, number>> = {
  zipf: 1.1,
  pareto: 0.2,
  normal: 0,
};

/** Most zones of a direction (ZONESPLIT_MAX in thread_options.h). */
const MOST_ZONES = 256;

/**
 * Reads a distribution over blocks or files.
 *
 * @param text Such as `zipf:1.2`, or with the place of the most frequent block
 *   `zipf:1.2:0.5`.
 * @returns The distribution, or null if malformed or not one that is known.
 */
export function parseDistribution(text: string): BlockDistribution | null {
  const [kind = "", value, place, ...rest] = text.split(":");
  if (rest.length > 0) return null;
  if (kind === "random") return value === undefined ? { kind } : null;
  const number = value === undefined ? DEFAULTS[kind] : fraction(value);
  const center = place === undefined ? undefined : fraction(place);
  if (number === undefined || !(number >= 0)) return null;
  if (center !== undefined && !(center >= 0 && center <= 1)) return null;
  const at = center === undefined ? {} : { center: center };
  switch (kind) {
    case "zipf":
      return number === 1 || number > 10
        ? null
        : { kind, theta: number, ...at };
    case "pareto":
      return number > 0 && number < 1 ? { kind, h: number, ...at } : null;
    case "normal":
      return number <= 100 ? { kind, deviationPercent: number, ...at } : null;
    default:
      return null;
  }
}

/** NaN for what is not a plain decimal number. */
function fraction(text: string): number {
  return /^\s*(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*$/i.test(text)
    ? Number(text)
    : NaN;
}

/**
 * Reads a distribution over zones.
 *
 * @param text Such as `zoned:50/5:30/15:20/` or `zoned_abs:90/1g:10/`, for
 *   reads, writes and trims separated by commas.
 * @returns The zones, or null if malformed.
 */
export function parseZones(
  text: string,
  units: FioUnits,
): ZonedDistribution | null {
  const [, kind, list = ""] = /^(zoned|zoned_abs):(.*)$/.exec(text) ?? [];
  if (kind === undefined) return null;
  const unit = kind === "zoned" ? "percent" : "bytes";
  const parts = list.split(",");
  if (parts.length > 3) return null;
  const zones = parts.map((part) => zonesOf(part, { unit, units }));
  const [reads, writes = reads, trims = writes] = zones;
  if (!reads || !writes || !trims) return null;
  return { kind: "zoned", unit, zones: [reads, writes, trims] };
}

function zonesOf(
  text: string,
  options: { unit: ZonedDistribution["unit"]; units: FioUnits },
): ZoneShare[] | null {
  const { unit, units } = options;
  const zones: { accessPercent: number; size: number | null }[] = [];
  for (const part of text.replace(/:$/, "").split(":")) {
    const [access = "", size = "", ...rest] = part.split("/");
    if (rest.length > 0 || !/^\d{1,3}$/.test(access)) return null;
    const parsed = unit === "bytes"
      ? (size === "" ? 0 : parseSize(size, units))
      : (/^\d{0,3}$/.test(size) ? Number(size) : -1);
    if (parsed === null || parsed < 0) return null;
    const isShared = unit === "percent" && parsed === 0;
    zones.push({
      accessPercent: Number(access),
      size: isShared ? null : parsed,
    });
  }
  if (zones.length > MOST_ZONES) return null;
  const accesses = zones.reduce((sum, zone) => sum + zone.accessPercent, 0);
  if (accesses !== 100) return null;
  const given = zones.reduce((sum, zone) => sum + (zone.size ?? 0), 0);
  if (unit === "percent" && given > 100) return null;
  const blanks = zones.filter((zone) => zone.size === null).length;
  const each = blanks === 0 ? 0 : Math.floor((100 - given) / blanks);
  return zones.map(({ accessPercent, size }) => ({
    accessPercent,
    size: size ?? each,
  }));
}
