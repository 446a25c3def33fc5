/** Traced paths, with and without a footprint, beside the plain path. */
import { medianOf } from "../statistics/median.ts";
import { timeInTurns } from "./cache_targets.ts";
import { atMost, type BySize, type TargetGroup } from "./target.ts";
import { medianRatio } from "./turns.ts";

const WORKLOADS = { "4k": "randread-4k", "128k": "128k-scattered" } as const;

/**
 * Fresh isolates of each; the median counts, because what V8 makes of the same
 * code differs from one to the next by up to half (bench/HOT_PATH.md).
 */
const BUILDS: BySize<number> = { tiny: 1, quick: 5, full: 9 };

export const TRACE_TARGETS: readonly TargetGroup[] = Object.entries(WORKLOADS)
  .map(([name, trace]): TargetGroup => ({
    targets: (["traced", "footprint"] as const).map((what) =>
      atMost(`trace/${name}-${what}`, 12, "x the path alone")
    ),
    measure: async (size) => {
      const over = { traced: [] as number[], footprint: [] as number[] };
      for (let build = 0; build < BUILDS[size]; build++) {
        const { path, traced, footprint } = await timeInTurns({
          path: { contender: "path", trace },
          traced: { contender: "traced", trace },
          footprint: { contender: "footprint", trace },
        }, size);
        over.traced.push(medianRatio(traced.nsPerUnit, path.nsPerUnit));
        over.footprint.push(medianRatio(footprint.nsPerUnit, path.nsPerUnit));
      }
      return [medianOf(over.traced), medianOf(over.footprint)];
    },
  }));
