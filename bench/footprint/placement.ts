/**
 * The part of a recording that depends on where things stood when the I/O that
 * is shown was done, and not on what the kernel does.
 */
import type { RecordedCell } from "./recorded_cell.ts";

/** Entries of a completion queue that are in one line. */
const COMPLETIONS_IN_LINE = 4;

/** Where rings and buffers stood. */
export interface BufferPlacement {
  /**
   * When the requests of an I/O that was split are completed: all after the
   * last, or each before the next one takes its tag, as by a device that is
   * faster than its driver.
   */
  readonly completion: "with-last" | "before-next";
  /** Entries of the completion queue that are in its line before this one. */
  readonly completionsBefore: number;
  /** Whether the I/O's buffer is the first one in its huge page. */
  readonly isFirstInFolio: boolean;
  /**
   * Whether struct pages of a huge page that the I/O has no data in are named
   * as those of its data are.
   */
  readonly countsWholeFolio: boolean;
}

/** Where a recording does not show another place. */
export const PLAIN_PLACEMENT: BufferPlacement = {
  completion: "with-last",
  completionsBefore: 0,
  isFirstInFolio: true,
  countsWholeFolio: true,
};

/**
 * Lists what may be elsewhere.
 *
 * @returns For each thing the other places that it may have.
 */
export function placementsOf(
  { bytes, limits, kind }: RecordedCell,
): readonly (readonly Partial<BufferPlacement>[])[] {
  return [
    bytes > limits.maxSectors * 512 ? [{ completion: "before-next" }] : [],
    kind === "huge"
      ? [
        { isFirstInFolio: false },
        { isFirstInFolio: false, countsWholeFolio: false },
      ]
      : [],
    Array.from({ length: COMPLETIONS_IN_LINE - 1 }, (_, i) => ({
      completionsBefore: i + 1,
    })),
  ];
}
