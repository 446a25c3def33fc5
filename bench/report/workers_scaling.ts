/** Columns of groups of workers: how rates scale, and their latencies. */
import { ENOUGH_BUILDS } from "../result/summary_warnings.ts";
import type { Interval } from "../result/timing_types.ts";
import type {
  ResultGroup,
  ResultLatency,
  ResultScaling,
} from "../result/group_types.ts";
import { shortVerdict } from "../result/verdict.ts";
import { plural } from "../../sim/text/plural.ts";
import {
  formatEnds,
  formatFigure,
  formatMicroseconds,
} from "../text/figure.ts";
import { leastOf, mostOf } from "../text/extremes.ts";
import type { FigureColumn } from "./blocks.ts";
import { FEW_BUILDS_NOTE } from "./cell_facts.ts";
import { layoutColumn } from "./cell_columns.ts";
import { endsColumn, figureColumn, wordColumn } from "./columns.ts";

/** A field of a group size, with the size in its path. */
const at = (key: string) => ({
  key: ({ workers }: ResultScaling) => `workers.scaling.${workers}.${key}`,
});

/** The interval of a ratio: what is compared with itself has none. */
const ratioText = {
  text: (interval: Interval | null | undefined) => {
    const isItself = interval?.median === 1 && interval.low === 1 &&
      interval.high === 1;
    return isItself ? "" : formatEnds(interval);
  },
};

/** How rates scale, a row for each size of group and layout. */
export const SCALING: readonly FigureColumn<ResultScaling>[] = [
  layoutColumn("scaling"),
  figureColumn("workers", ({ workers }) => workers, {
    ...at("workers"),
    repeats: true,
  }),
  figureColumn("devices", ({ devices }) => devices, {
    ...at("devices"),
    splitRank: 4,
  }),
  figureColumn("IO/s", ({ iosPerSecond }) => iosPerSecond.median, {
    ...at("iosPerSecond.median"),
    text: (rate, width) => formatFigure(rate && Math.round(rate), width),
  }),
  {
    header: "per worker",
    cell: ({ perWorker }) => formatRange(perWorker),
    fields: (row) =>
      row.perWorker.length === 0 ? [] : [
        [at("perWorker.least").key(row), leastOf(row.perWorker)],
        [at("perWorker.most").key(row), mostOf(row.perWorker)],
      ],
    splitRank: 2,
  },
  figureColumn("speed-up", ({ speedUp }) => speedUp.median, {
    ...at("speedUp.median"),
  }),
  endsColumn("95% CI", ({ speedUp }) => speedUp, {
    ...at("speedUp"),
    ...ratioText,
  }),
  wordColumn("verdict", ({ speedUpVerdict }) => shortVerdict(speedUpVerdict), {
    ...at("speedUp.verdict"),
  }),
  figureColumn("efficiency", ({ efficiency }) => efficiency.median, {
    ...at("efficiency.median"),
    splitRank: 3,
  }),
  figureColumn("ratio", ({ ratio }) => ratio?.median, {
    ...at("ratio.median"),
    splitRank: 1,
  }),
  endsColumn("95% CI", ({ ratio }) => ratio, {
    ...at("ratio"),
    ...ratioText,
    splitRank: 1,
  }),
  wordColumn("difference", ({ ratioVerdict }) => shortVerdict(ratioVerdict), {
    ...at("ratio.difference"),
    splitRank: 1,
  }),
];

/** A column of latencies: a program reads ns, a reader us. */
function latency(
  header: string,
  key: string,
  ns: (found: ResultLatency | null) => number | undefined,
): FigureColumn<ResultGroup> {
  return figureColumn(header, (group) => ns(group.latency), {
    key: `workers.latency.${key}`,
    text: formatMicroseconds,
  });
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
  figureColumn("I/Os", ({ latency }) => latency?.samples, {
    key: "workers.latency.samples",
    splitRank: 1,
  }),
];

/**
 * Says of few builds that they say little.
 *
 * @returns The end of a sentence; empty if there are enough.
 */
export function buildsNote(scaling: readonly ResultScaling[]): string {
  const counts = scaling.flatMap(({ builds }) => builds ?? []);
  const builds = Math.min(...counts);
  return builds < ENOUGH_BUILDS
    ? `; ${plural(builds, "build")} of each group: ${FEW_BUILDS_NOTE}`
    : "";
}

function formatRange(values: readonly number[]): string {
  if (values.length === 0) return "-";
  const least = formatFigure(Math.round(leastOf(values)), 5);
  const most = formatFigure(Math.round(mostOf(values)), 5);
  return least === most ? least : `${least}-${most}`;
}
