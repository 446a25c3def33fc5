/** Columns of groups of workers: how rates scale, and their latencies. */
import { ENOUGH_BUILDS } from "../result/summary_warnings.ts";
import type { Interval, Verdict } from "../result/timing_types.ts";
import type {
  ResultGroup,
  ResultLatency,
  ResultScaling,
} from "../result/group_types.ts";
import { formatCount, formatEnds, formatFigure } from "../text/figure.ts";
import { leastOf, mostOf } from "../text/extremes.ts";
import type { Field, FigureColumn } from "./blocks.ts";
import { FEW_BUILDS_NOTE } from "./cell_facts.ts";
import { endFields, layoutColumn } from "./cell_columns.ts";

/** A column of a group size, whose fields have the size in their path. */
function scaling(
  column: Omit<FigureColumn<ResultScaling>, "fields">,
  fields: (row: ResultScaling) => readonly Field[],
): FigureColumn<ResultScaling> {
  return {
    ...column,
    fields: (row) =>
      fields(row).map(([key, value]) => [
        `workers.scaling.${row.workers}.${key}`,
        value,
      ]),
  };
}

/** How rates scale, a row for each size of group and layout. */
export const SCALING: readonly FigureColumn<ResultScaling>[] = [
  layoutColumn("scaling"),
  scaling({
    header: "workers",
    cell: ({ workers }) => `${workers}`,
    repeats: true,
  }, ({ workers }) => [["workers", workers]]),
  scaling({
    header: "devices",
    cell: ({ devices }) => `${devices}`,
    splitRank: 4,
  }, ({ devices }) => [["devices", devices]]),
  scaling({
    header: "IO/s",
    cell: ({ iosPerSecond }, width) =>
      formatFigure(Math.round(iosPerSecond.median), width),
  }, ({ iosPerSecond }) => [["iosPerSecond.median", iosPerSecond.median]]),
  scaling({
    header: "per worker",
    cell: ({ perWorker }) => formatRange(perWorker),
    splitRank: 2,
  }, ({ perWorker }) =>
    perWorker.length === 0 ? [] : [
      ["perWorker.least", leastOf(perWorker)],
      ["perWorker.most", mostOf(perWorker)],
    ]),
  scaling({
    header: "speed-up",
    cell: ({ speedUp }, width) => formatFigure(speedUp.median, width),
  }, ({ speedUp }) => [["speedUp.median", speedUp.median]]),
  scaling(
    { header: "95% CI", cell: ({ speedUp }) => endsOf(speedUp) },
    ({ speedUp }) => endFields("speedUp", speedUp),
  ),
  scaling({
    header: "verdict",
    left: true,
    cell: ({ speedUpVerdict }) => verdictWord(speedUpVerdict),
  }, ({ speedUpVerdict }) => [[
    "speedUp.verdict",
    verdictWord(speedUpVerdict),
  ]]),
  scaling({
    header: "efficiency",
    cell: ({ efficiency }, width) => formatFigure(efficiency.median, width),
    splitRank: 3,
  }, ({ efficiency }) => [["efficiency.median", efficiency.median]]),
  scaling({
    header: "ratio",
    cell: ({ ratio }, width) => formatFigure(ratio?.median, width),
    splitRank: 1,
  }, ({ ratio }) => [["ratio.median", ratio?.median]]),
  scaling(
    { header: "95% CI", cell: ({ ratio }) => endsOf(ratio), splitRank: 1 },
    ({ ratio }) => endFields("ratio", ratio),
  ),
  scaling({
    header: "difference",
    left: true,
    cell: ({ ratioVerdict }) => verdictWord(ratioVerdict),
    splitRank: 1,
  }, ({ ratioVerdict }) => [["ratio.difference", verdictWord(ratioVerdict)]]),
];

/** A column of latencies: a program reads ns, a reader us. */
function latency(
  header: string,
  key: string,
  ns: (found: ResultLatency | null) => number | undefined,
): FigureColumn<ResultGroup> {
  return {
    header,
    cell: (group, width) =>
      formatFigure(microseconds(ns(group.latency)), width),
    fields: (group) => [[`workers.latency.${key}`, ns(group.latency)]],
  };
}

/** Latencies of the largest groups. */
export const LATENCIES: readonly FigureColumn<ResultGroup>[] = [
  layoutColumn("latency, us"),
  ...["p50", "p90", "p99", "p99.9"].map((name) =>
    latency(
      name,
      `percentilesNs.${name}`,
      (found) => found?.percentilesNs[name],
    )
  ),
  latency("mean", "meanNs", (found) => found?.meanNs),
  latency("most", "mostNs", (found) => found?.mostNs),
  {
    header: "I/Os",
    cell: ({ latency }, width) => formatFigure(latency?.samples, width),
    fields: ({ latency }) => [["workers.latency.samples", latency?.samples]],
    splitRank: 1,
  },
];

/** What is compared with itself has no interval. */
function endsOf(interval: Interval | null): string {
  const isItself = interval?.median === 1 && interval.low === 1 &&
    interval.high === 1;
  return isItself ? "" : formatEnds(interval);
}

function verdictWord(verdict: Verdict | null | undefined): string {
  return verdict === "no difference shown" ? "not shown" : verdict ?? "-";
}

/**
 * Says of few builds that they say little.
 *
 * @returns The end of a sentence; empty where there are enough.
 */
export function buildsNote(scaling: readonly ResultScaling[]): string {
  const counts = scaling.flatMap(({ births }) => births ?? []);
  const births = Math.min(...counts);
  return births < ENOUGH_BUILDS
    ? `; ${formatCount(births, "build")} of each group: ${FEW_BUILDS_NOTE}`
    : "";
}

function microseconds(ns: number | undefined): number | null {
  return ns === undefined ? null : ns / 1000;
}

function formatRange(values: readonly number[]): string {
  if (values.length === 0) return "-";
  const least = formatFigure(Math.round(leastOf(values)), 5);
  const most = formatFigure(Math.round(mostOf(values)), 5);
  return least === most ? least : `${least}-${most}`;
}
