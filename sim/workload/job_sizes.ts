/** Sizes of the I/Os of a job: what a direction may have, and a draw of them. */
import type { RandomStream } from "../random/random_stream.ts";

/** Sizes of the I/Os of one direction. */
export type JobSizes =
  /** Sizes with their shares in percent, as bs and bssplit. */
  | {
    readonly kind: "split";
    readonly parts: readonly { bytes: number; percent: number }[];
  }
  /** Any multiple of the smallest size, as bsrange. */
  | {
    readonly kind: "range";
    readonly leastBytes: number;
    readonly mostBytes: number;
  };

/**
 * How sizes that differ are drawn. `free`: each by its share alone, and random
 * I/Os start where the longest still fits. `fitted`, as in fio: an I/O may
 * start anywhere, a size that does not fit there is drawn again, and one that
 * runs into visited blocks is cut.
 */
export type SizeFit = "free" | "fitted";

/** Gives one size for all I/Os of a direction. */
export function fixedSize(bytes: number): JobSizes {
  return { kind: "split", parts: [{ bytes, percent: 100 }] };
}

/** Smallest I/O of a direction. */
export function leastBytes(sizes: JobSizes): number {
  return sizes.kind === "range"
    ? sizes.leastBytes
    : Math.min(...sizes.parts.map((part) => part.bytes));
}

/** Largest I/O of a direction. */
export function mostBytes(sizes: JobSizes): number {
  return sizes.kind === "range"
    ? sizes.mostBytes
    : Math.max(...sizes.parts.map((part) => part.bytes));
}

/**
 * Draws a size.
 *
 * @param roomBytes Bytes up to the end of the job's region.
 * @returns The size, or 0 if none fits; a single size is given in any case.
 */
export type SizeDraw = (roomBytes: number) => number;

/**
 * Opens a source of sizes.
 *
 * @param options How they are drawn, whether sizes need not be multiples of the
 *   smallest (fio's bs_unaligned), and where the draws come from.
 */
export function sizeDraw(
  sizes: JobSizes,
  options: { fit: SizeFit; isUnaligned: boolean; random: RandomStream },
): SizeDraw {
  const { fit, isUnaligned, random } = options;
  const least = leastBytes(sizes);
  if (least === mostBytes(sizes)) return () => least;
  if (sizes.kind === "range") {
    return fit === "free"
      ? freeRange(sizes, random)
      : fittedRange(sizes, { isUnaligned, random });
  }
  return fit === "free"
    ? freeSplit(sizes, random)
    : fittedSplit(sizes, { isUnaligned, random });
}

type Range = Extract<JobSizes, { kind: "range" }>;
type Split = Extract<JobSizes, { kind: "split" }>;

function freeRange(sizes: Range, random: RandomStream): SizeDraw {
  const { leastBytes, mostBytes } = sizes;
  const choices = Math.floor(mostBytes / leastBytes);
  return () => leastBytes * (1 + random.below(choices));
}

function freeSplit(sizes: Split, random: RandomStream): SizeDraw {
  const { parts } = sizes;
  const first = parts[0]?.bytes ?? 0;
  return () => {
    let draw = random.fraction() * 100;
    for (const part of parts) {
      draw -= part.percent;
      if (draw < 0) return part.bytes;
    }
    return first;
  };
}

/**
 * The smallest plus a share of the largest, cut to a multiple of the smallest
 * and to the largest, as get_next_buflen() in fio's io_u.c. The share is drawn
 * below the first that does not fit, which spares fio's drawing again.
 */
function fittedRange(
  sizes: Range,
  options: { isUnaligned: boolean; random: RandomStream },
): SizeDraw {
  const { leastBytes: least, mostBytes: most } = sizes;
  const { random } = options;
  const unit = options.isUnaligned ? 1 : least;
  return (room) => {
    if (room < least) return 0;
    const fitting = room >= most
      ? 1
      : (room - room % unit + unit - least) / most;
    const drawn = least + most * random.fraction() * Math.min(1, fitting);
    return Math.min(most, Math.floor(drawn / unit) * unit);
  };
}

/** Sizes by their shares, the largest share last, as bssplit_ddir() sorts. */
function fittedSplit(
  sizes: Split,
  options: { isUnaligned: boolean; random: RandomStream },
): SizeDraw {
  const { random } = options;
  const least = leastBytes(sizes);
  const unit = options.isUnaligned ? 1 : least;
  const parts = sizes.parts.filter((part) => part.percent > 0)
    .toSorted((a, b) => a.percent - b.percent)
    .map(({ bytes, percent }) => ({
      bytes,
      percent,
      cutBytes: bytes - bytes % unit,
    }));
  // The last is taken where no other is, and may be cut to fit.
  const shortest = Math.min(
    ...parts.map(({ bytes, cutBytes }, i) =>
      i === parts.length - 1 ? cutBytes : bytes
    ),
  );
  return (room) => {
    if (room < shortest) return 0;
    for (;;) {
      const draw = random.fraction() * 100;
      let below = 0;
      let cut = 0;
      for (const part of parts) {
        below += part.percent;
        cut = part.cutBytes;
        if (draw < below && part.bytes <= room) break;
      }
      if (cut <= room) return cut;
    }
  };
}
