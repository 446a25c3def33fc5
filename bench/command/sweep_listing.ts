/** What `lab sweep --dry-run` says: the cells of a plan, and what they take. */
import { format } from "@std/fmt/duration";
import { plural } from "../../sim/text/plural.ts";
import { estimateJobs } from "../sweep/estimate.ts";
import type { ExpandedPlan } from "../sweep/expand.ts";
import type { SweepJob } from "../sweep/jobs.ts";
import { formatSize } from "../../sim/text/size_text.ts";

const MOST_LISTED = 40;

function estimateText(jobs: readonly SweepJob[], lanes?: number): string {
  const { exactCpuSeconds, isolates, timedSeconds, memoryBytes } = estimateJobs(
    jobs,
    lanes,
  );
  const time = (seconds: number) =>
    format(Math.ceil(seconds) * 1000, { ignoreZero: true }) || "0s";
  const parts = [
    ...(exactCpuSeconds > 0
      ? [
        `${time(exactCpuSeconds)} of CPU time in ` +
        plural(isolates, "isolate"),
      ]
      : []),
    ...(timedSeconds > 0 ? [`${time(timedSeconds)} of timing`] : []),
    `${formatSize(memoryBytes)} of memory at most`,
  ];
  return `about ${parts.join(", ")}; I/Os of 1 MiB take five times as long`;
}

/**
 * Lists a plan.
 *
 * @param lanes Isolates that count at once; default: as many as there are CPUs.
 */
export function sweepListing(
  plan: ExpandedPlan,
  jobs: readonly SweepJob[],
  lanes?: number,
): string {
  const { cells, leftOut, dropped, repeated } = plan;
  const chosen = [...new Set(jobs.map(({ cell }) => cell.id))];
  const countOf = (kind: string) =>
    jobs.filter((job) => job.kind === kind).length;
  const lines = [
    `${plan.name}: ${plural(cells.length, "cell")}` +
    (chosen.length < cells.length ? `, ${chosen.length} of them here` : "") +
    `; ${countOf("exact")} exact and ${countOf("timed")} timed jobs`,
    ...(jobs.length > 0 ? [estimateText(jobs, lanes)] : []),
    ...chosen.map((id) => `  ${id}`),
    ...(dropped > 0 ? [`${dropped} dropped by include and exclude`] : []),
    ...(repeated > 0 ? [`${repeated} in several sub-plans, done once`] : []),
    ...(leftOut.length > 0 ? [`${leftOut.length} left out:`] : []),
    ...leftOut.slice(0, MOST_LISTED).map(({ axes, reason }) =>
      `  ${Object.values(axes).join(", ")}: ${reason}`
    ),
    ...(leftOut.length > MOST_LISTED
      ? [`  and ${leftOut.length - MOST_LISTED} more, see --json`]
      : []),
  ];
  return lines.join("\n") + "\n";
}
