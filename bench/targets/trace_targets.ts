/** Traced paths, with and without a footprint, beside the plain path. */
import { timeInTurns } from "./cache_targets.ts";
import { atMost, type TargetGroup } from "./target.ts";
import { medianRatio } from "./turns.ts";

const WORKLOADS = { "4k": "randread-4k", "128k": "128k-scattered" } as const;

export const TRACE_TARGETS: readonly TargetGroup[] = Object.entries(WORKLOADS)
  .map(([name, trace]): TargetGroup => ({
    targets: (["traced", "footprint"] as const).map((what) =>
      atMost(`trace/${name}-${what}`, 12, "x the path alone")
    ),
    measure: async (size) => {
      const { path, traced, footprint } = await timeInTurns({
        path: { contender: "path", trace },
        traced: { contender: "traced", trace },
        footprint: { contender: "footprint", trace },
      }, size);
      return [
        medianRatio(traced.nsPerUnit, path.nsPerUnit),
        medianRatio(footprint.nsPerUnit, path.nsPerUnit),
      ];
    },
  }));
