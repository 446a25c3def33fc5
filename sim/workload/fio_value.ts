/**
 * Values of fio job files: sizes with units, percentages, lists by direction
 * (HOWTO, "Parameter types"; parse.c).
 */
import { evaluateExpression } from "./fio_expression.ts";

/** Reads, writes and trims have one each. */
export type ByDirection<Value> = readonly [Value, Value, Value];

/** What the numbers of a job file are read with. */
export interface FioUnits {
  /** fio's kb_base, 1000 or 1024: what `k` stands for. */
  readonly kbBase: number;
  /** Values that fio reads otherwise than they look, each with its bytes. */
  readonly odd: Map<string, number>;
}

/** A size, or a share of the file in percent. */
export type FioSize =
  | { readonly bytes: number }
  | { readonly percent: number };

const NUMBER = /^(\s*)([-+]?\d+|0x[0-9a-f]+)(?:([kmgtp])(i?)(b?)|b)?$/i;
const POWERS = "kmgtp";

/**
 * Reads a size. With kb_base=1024, fio's default, `k` and `kB` are 1024 and,
 * for the sake of old job files, `KiB` is 1000; with kb_base=1000 it is the
 * other way round. fio takes `ki` without `B` for `k`, and no unit at all after
 * a hexadecimal number or where a blank is before the number.
 *
 * @param units What `k` stands for; values that are not what they look like
 *   are noted there.
 * @returns Bytes, or null if it is not a size below 2^53.
 */
export function parseSize(text: string, units: FioUnits): number | null {
  if (/^\s*\(/.test(text)) return evaluateExpression(text);
  const parts = NUMBER.exec(text);
  if (parts === null) return null;
  const [, blank = "", digits = "", prefix = "", i = "", b = ""] = parts;
  const isHex = /x/i.test(digits);
  const power = POWERS.indexOf(prefix.toLowerCase() || "-") + 1;
  const hasNoUnit = blank !== "" || isHex;
  const isOpposite = i !== "" && b !== "";
  const base = isOpposite
    ? (units.kbBase === 1000 ? 1024 : 1000)
    : units.kbBase;
  const bytes = Number(digits) * (hasNoUnit ? 1 : base ** power);
  if (Math.abs(bytes) > Number.MAX_SAFE_INTEGER) return null;
  if (power > 0 && (hasNoUnit || (i !== "" && b === ""))) {
    units.odd.set(text, bytes);
  }
  return bytes;
}

/**
 * Reads a size or a percentage.
 *
 * @param text Such as `4k` or `50%`.
 * @returns The size, or null if it is malformed or above 100 %.
 */
export function parseSizeOrPercent(
  text: string,
  units: FioUnits,
): FioSize | null {
  const [, blank, digits] = /^(\s*)(\d+)%$/.exec(text) ?? [];
  if (digits !== undefined) {
    const number = Number(digits);
    if (blank === "") return number <= 100 ? { percent: number } : null;
    units.odd.set(text, number);
    return number <= Number.MAX_SAFE_INTEGER ? { bytes: number } : null;
  }
  const bytes = parseSize(text, units);
  return bytes === null || bytes < 0 ? null : { bytes };
}

/**
 * Reads `read[,write][,trim]`: a value without another after it holds for the
 * directions after it too, and one left empty stays what it was.
 *
 * @param options What separates directions, how to read one, and what they
 *   were.
 * @returns The values, or null if malformed.
 */
export function parseDirections<Value>(
  text: string,
  options: {
    separators: RegExp;
    parse: (part: string) => Value | null;
    before: ByDirection<Value>;
  },
): [Value, Value, Value] | null {
  const { separators, parse, before } = options;
  const parts = text.replace(/,$/, "").split(separators);
  if (parts.length > 3 || parts.every((part) => part.trim() === "")) {
    return null;
  }
  const values: [Value, Value, Value] = [...before];
  for (const [direction, part] of parts.entries()) {
    if (part.trim() === "") continue;
    const value = parse(part);
    if (value === null) return null;
    const isLast = direction === parts.length - 1;
    values.fill(value, direction, isLast ? 3 : direction + 1);
  }
  return values;
}

/** The smallest and the largest size of a direction; 0 where it is not said. */
export interface FioRange {
  readonly least: number;
  readonly most: number;
}

/**
 * Reads a bsrange of one direction.
 *
 * @param text Such as `4k-64k`; the larger may come first.
 * @returns The range, or null if malformed.
 */
export function parseRange(text: string, units: FioUnits): FioRange | null {
  const parts = text.split(/[-:]/).map((part) => parseSize(part, units));
  const [first = null, second = null] = parts;
  if (first === null || second === null || parts.length > 2) return null;
  return { least: Math.min(first, second), most: Math.max(first, second) };
}

/** Sizes with their shares in percent. */
export type FioSplit = readonly {
  readonly bytes: number;
  readonly percent: number;
}[];

/** Most sizes of a bssplit (BSSPLIT_MAX in thread_options.h). */
const MOST_SPLITS = 64;

/**
 * Reads a bssplit of one direction. Sizes without a share divide the rest of
 * 100 in whole percent; what is then still left goes to the largest share, of
 * equal ones to the last, as in fio.
 *
 * @param text Such as `4k/60:64k/40`.
 * @returns The split, or null if malformed.
 */
export function parseSplit(text: string, units: FioUnits): FioSplit | null {
  const parts: { bytes: number; percent: number | null }[] = [];
  for (const part of text.trim().replace(/:$/, "").split(":")) {
    const [size = "", share = "", ...rest] = part.split("/");
    const bytes = parseSize(size, units);
    if (bytes === null || bytes < 1 || rest.length > 0) return null;
    if (!/^\d{0,3}$/.test(share.trim())) return null;
    const percent = Number(share.trim()) || null; // fio takes 0 for no share
    parts.push({ bytes, percent });
  }
  if (parts.length > MOST_SPLITS) return null;
  const given = parts.reduce((sum, part) => sum + (part.percent ?? 0), 0);
  if (given > 100) return null;
  const blanks = parts.filter((part) => part.percent === null).length;
  const each = blanks === 0 ? 0 : Math.floor((100 - given) / blanks);
  const shares = parts.map((part) => part.percent ?? each);
  const left = 100 - shares.reduce((sum, share) => sum + share, 0);
  const largest = shares.lastIndexOf(Math.max(...shares));
  shares[largest] = (shares[largest] ?? 0) + left;
  return parts.map(({ bytes }, i) => ({ bytes, percent: shares[i] ?? 0 }));
}
