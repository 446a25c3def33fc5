/**
 * Measured ratios of a result beside those of the same run made again: two
 * intervals that overlap do not contradict each other.
 */
import type { Interval } from "../result/timing_types.ts";
import type { LabResult } from "../result/result.ts";
import type { ClaimFinding, UnequalFigure } from "./mail_table.ts";

/**
 * Compares measured ratios.
 *
 * @param measured The same run, made again.
 * @returns How many ratios have an interval in both, and which do not overlap.
 */
export function compareMeasured(
  claimed: LabResult,
  measured: LabResult,
): ClaimFinding {
  let compared = 0;
  const unequal: UnequalFigure[] = [];
  for (const cell of claimed.cells) {
    const other = measured.cells.find((own) =>
      own.workload === cell.workload && own.abi === cell.abi &&
      own.recognition === cell.recognition && own.engine === cell.engine
    );
    for (const { name, ratio } of cell.layouts) {
      const own = other?.layouts.find((one) => one.name === name)?.ratio;
      // The baseline beside itself is 1 by definition.
      if (name === cell.baseline || !hasEnds(ratio) || !hasEnds(own)) continue;
      compared++;
      if (ratio.low <= own.high && own.low <= ratio.high) continue;
      unequal.push({
        figure: `${cell.workload}, ${cell.abi}, ${cell.recognition}, ` +
          `${cell.engine}: ${name}`,
        claimed: words(ratio),
        counted: words(own),
      });
    }
  }
  return { compared, unequal };
}

type Ends = Interval & { readonly low: number; readonly high: number };

function hasEnds(ratio: Interval | null | undefined): ratio is Ends {
  return ratio !== null && ratio !== undefined && ratio.low !== null &&
    ratio.high !== null;
}

function words({ low, high }: Ends): string {
  return `${low.toFixed(3)}-${high.toFixed(3)}`;
}
