/**
 * Block sizes of job files that no read or write can have. Which directions a
 * job has is known at its end only, and an option may be overridden by a later
 * one, so that the option to blame is kept till then.
 */
import type { JobDraft } from "./fio_draft.ts";
import type { FioOption } from "./fio_lines.ts";
import { sizesOf } from "./fio_setup.ts";
import type { ByDirection } from "./fio_value.ts";
import { LONGEST_RW_BYTES } from "./io_limits.ts";
import { type JobSizes, mostBytes } from "./job_sizes.ts";

/**
 * Keeps an option that made I/Os longer than `LONGEST_RW_BYTES`.
 *
 * @param before The sizes of I/Os without it.
 */
export function noteLongSizes(
  draft: JobDraft,
  option: FioOption,
  before: ByDirection<JobSizes>,
): void {
  const noted = [...draft.longSizes] as [...JobDraft["longSizes"]];
  for (const [direction, sizes] of sizesOf(draft).entries()) {
    const most = mostBytes(sizes);
    const was = before[direction];
    if (most <= LONGEST_RW_BYTES) noted[direction] = null;
    else if (was === undefined || mostBytes(was) !== most) {
      noted[direction] = option;
    }
  }
  draft.longSizes = noted;
}

/**
 * Finds the option by which a job has reads or writes that are too long. Trims
 * may be longer.
 *
 * @returns The option; null if there is none.
 */
export function longSize(draft: JobDraft): FioOption | null {
  const found = dataSizes(draft).map((index) => draft.longSizes[index]);
  return found.find((option) => option !== null) ?? null;
}

/** Which of the three sizes reads and writes have. */
function dataSizes({ pattern, bsIsSeqRand }: JobDraft): (0 | 1 | 2)[] {
  if (pattern.endsWith("trim")) return [];
  // Sequential and random ones.
  if (bsIsSeqRand) return pattern.startsWith("rand") ? [0, 1] : [0];
  if (pattern === "randtrimwrite") return [2]; // as long as the trim was
  if (pattern.endsWith("rw")) return [0, 1];
  return [pattern.endsWith("write") ? 1 : 0];
}
