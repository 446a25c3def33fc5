/** Values of fio job files: sizes with suffixes, lists by direction. */
import { fixedSize, type JobSizes } from "./io_job.ts";
import type { BlockDistribution } from "./block_order.ts";

/**
 * Suffixes of sizes. With fio's default kb_base=1024, k is 1024 and, for the
 * sake of old job files, ki is 1000 (HOWTO, "Parameter types").
 */
const SUFFIX = /^(\d+|0x[0-9a-f]+)(?:([kmgtp])(i?)b?|b)?$/i;

/**
 * Reads a size.
 *
 * @param text The text, such as `4k`.
 * @returns Bytes, or null if it is none.
 */
export function parseSize(text: string): number | null {
  const parts = SUFFIX.exec(text.trim());
  if (parts === null) return null;
  const power = "kmgtp".indexOf((parts[2] ?? "").toLowerCase() || "-") + 1;
  const bytes = Number(parts[1]) * (parts[3] ? 1000 : 1024) ** power;
  return bytes <= Number.MAX_SAFE_INTEGER ? bytes : null;
}

/**
 * Reads `read[,write][,trim]`: a value without a comma behind it holds for the
 * directions after it too.
 *
 * @param text The text.
 * @param options How to read one direction, and what an empty one means.
 * @returns The sizes of reads, writes and trims, or null if malformed.
 */
export function parseDirections(
  text: string,
  options: {
    parse: (part: string) => JobSizes | null;
    absent: JobSizes;
  },
): [JobSizes, JobSizes, JobSizes] | null {
  const parts = text.split(",");
  if (parts.length > 3 || text.trim() === "") return null;
  const sizes: JobSizes[] = [];
  for (const part of parts) {
    const size = part.trim() === "" ? options.absent : options.parse(part);
    if (size === null) return null;
    sizes.push(size);
  }
  const last = sizes.at(-1) ?? options.absent;
  return [sizes[0] ?? last, sizes[1] ?? last, sizes[2] ?? last];
}

/**
 * Reads a block size of one direction.
 *
 * @param text Such as `4k`.
 * @returns The size, or null if malformed.
 */
export function parseBlockSize(text: string): JobSizes | null {
  const bytes = parseSize(text);
  return bytes === null || bytes === 0 ? null : fixedSize(bytes);
}

/**
 * Reads a bsrange of one direction.
 *
 * @param text Such as `4k-64k`.
 * @returns The range, or null if malformed.
 */
export function parseRange(text: string): JobSizes | null {
  const [least, most, ...rest] = text.split(/[-:]/).map(parseSize);
  if (!least || !most || rest.length > 0 || least > most) return null;
  return { kind: "range", leastBytes: least, mostBytes: most };
}

/**
 * Reads a bssplit of one direction. Sizes without a share divide what is left
 * of 100; what is then still left goes to the last one, as in fio.
 *
 * @param text Such as `4k/60:64k/40`.
 * @returns The split, or null if malformed.
 */
export function parseSplit(text: string): JobSizes | null {
  const parts: { bytes: number; percent: number | null }[] = [];
  for (const part of text.split(":")) {
    const [size = "", share = "", ...rest] = part.split("/");
    const bytes = parseSize(size);
    if (!bytes || rest.length > 0 || !/^\d{0,3}$/.test(share.trim())) {
      return null;
    }
    const percent = share.trim() === "" ? null : Number(share);
    parts.push({ bytes, percent });
  }
  const given = parts.reduce((sum, part) => sum + (part.percent ?? 0), 0);
  if (given > 100) return null;
  const blanks = parts.filter((part) => part.percent === null).length;
  const each = blanks === 0 ? 0 : (100 - given) / blanks;
  const shares = parts.map((part) => part.percent ?? each);
  if (blanks === 0 && shares.length > 0) {
    shares[shares.length - 1] = (shares.at(-1) ?? 0) + 100 - given;
  }
  return {
    kind: "split",
    parts: parts.map(({ bytes }, i) => ({ bytes, percent: shares[i] ?? 0 })),
  };
}

/**
 * Reads a random_distribution.
 *
 * @param text Such as `zipf:1.2`.
 * @returns The distribution, or null if malformed or not one that is known.
 */
export function parseDistribution(text: string): BlockDistribution | null {
  const [kind, value, ...rest] = text.split(":");
  if (rest.length > 0) return null;
  if (kind === "random") return value === undefined ? { kind } : null;
  // fio's defaults: zipf 1.1, pareto 0.2, normal 0.
  const number = Number(value ?? { zipf: "1.1", pareto: "0.2" }[kind ?? ""]);
  if (value === "" || !Number.isFinite(number) || number <= 0) return null;
  switch (kind) {
    case "zipf":
      return number === 1 || number > 10 ? null : { kind, theta: number };
    case "pareto":
      return number < 1 ? { kind, h: number } : null;
    case "normal":
      return number <= 100 ? { kind, deviationPercent: number } : null;
    default:
      return null;
  }
}
