/**
 * The tables of groups of workers: how rates scale, and what was seen of the
 * queues of the largest groups.
 */
import { ENOUGH_BIRTHS } from "../experiment/summarise.ts";
import type { Interval, ResultCell, Verdict } from "../result.ts";
import { FEW_BIRTHS_NOTE } from "./cell_facts.ts";
import type {
  ResultGroup,
  ResultScaling,
  ResultSizes,
} from "../workers/group_types.ts";
import { formatCount, formatEnds, formatFigure, formatSize } from "./figure.ts";
import { type Column, plainTable } from "./plain_table.ts";
import { wrap } from "./wrap.ts";
import { leastOf, mostOf } from "./extremes.ts";

const SCALING: readonly Column<ResultScaling>[] = [
  { header: "scaling", left: true, cell: ({ layout }) => layout },
  { header: "workers", cell: ({ workers }) => `${workers}` },
  { header: "devices", cell: ({ devices }) => `${devices}`, dropRank: 3 },
  {
    header: "IO/s",
    cell: ({ iosPerSecond }, width) =>
      formatFigure(Math.round(iosPerSecond.median), width),
  },
  {
    header: "per worker",
    cell: ({ perWorker }) => formatRange(perWorker),
    dropRank: 1,
  },
  {
    header: "speed-up",
    cell: ({ speedUp }, width) => formatFigure(speedUp.median, width),
  },
  { header: "95% CI", cell: ({ speedUp }) => endsOf(speedUp) },
  {
    header: "verdict",
    left: true,
    cell: ({ speedUpVerdict }) => verdictWord(speedUpVerdict),
  },
  {
    header: "efficiency",
    cell: ({ efficiency }, width) => formatFigure(efficiency.median, width),
    dropRank: 2,
  },
  {
    header: "ratio",
    cell: ({ ratio }, width) => formatFigure(ratio?.median, width),
  },
  { header: "95% CI", cell: ({ ratio }) => endsOf(ratio), dropRank: 4 },
  {
    header: "difference",
    left: true,
    cell: ({ ratioVerdict }) => verdictWord(ratioVerdict),
    dropRank: 5,
  },
];

const LATENCIES: readonly Column<ResultGroup>[] = [
  { header: "latency, us", left: true, cell: ({ layout }) => layout },
  ...["p50", "p90", "p99", "p99.9"].map((name): Column<ResultGroup> => ({
    header: name,
    cell: ({ latency }, width) =>
      formatFigure(microseconds(latency?.percentilesNs[name]), width),
  })),
  {
    header: "mean",
    cell: ({ latency }, width) =>
      formatFigure(microseconds(latency?.meanNs), width),
  },
  {
    header: "most",
    cell: ({ latency }, width) =>
      formatFigure(microseconds(latency?.mostNs), width),
  },
  {
    header: "I/Os",
    cell: ({ latency }, width) => formatFigure(latency?.samples, width),
    dropRank: 1,
  },
];

const RINGS: readonly Column<ResultGroup>[] = [
  { header: "rings", left: true, cell: ({ layout }) => layout },
  {
    header: "commands",
    cell: ({ commandBatch }) => formatSizes(commandBatch),
  },
  {
    header: "completions",
    cell: ({ completionBatch }) => formatSizes(completionBatch),
  },
  {
    header: "in ring",
    cell: ({ ringOccupancy }) => formatSizes(ringOccupancy),
  },
  {
    header: "remote frees",
    cell: ({ remoteFrees, observedIos }, width) =>
      formatFigure(observedIos === 0 ? null : remoteFrees / observedIos, width),
  },
  {
    header: "sleeps",
    cell: ({ submitterSleeps, deviceSleeps }) =>
      `${submitterSleeps}+${deviceSleeps}`,
    dropRank: 1,
  },
];

/** Structures that get a column of their own. */
const SHARED_COLUMNS = 6;

/** One column for each structure of which lines are shared. */
function sharingColumns(
  groups: readonly ResultGroup[],
): readonly Column<ResultGroup>[] {
  const most = new Map<string, number>();
  for (const { sharing } of groups) {
    for (const { structure, writtenByMany, handedOver } of sharing.structures) {
      const lines = writtenByMany * 1000 + handedOver;
      most.set(structure, Math.max(most.get(structure) ?? 0, lines));
    }
  }
  const names = [...most].sort((a, b) => b[1] - a[1]).map(([name]) => name);
  return [
    { header: "shared lines", left: true, cell: ({ layout }) => layout },
    ...names.slice(0, SHARED_COLUMNS).map((name, i): Column<ResultGroup> => ({
      header: name,
      cell: ({ sharing }) => {
        const found = sharing.structures.find(({ structure }) =>
          structure === name
        );
        return found === undefined
          ? "-"
          : `${found.writtenByMany}/${found.falselyShared}/${found.handedOver}`;
      },
      dropRank: SHARED_COLUMNS - i,
    })),
  ];
}

/** How a report draws. */
export interface WorkersDrawing {
  /** Lines of a table. */
  readonly table: <Row>(
    columns: readonly Column<Row>[],
    rows: readonly Row[],
  ) => readonly string[];
  /** Lines of a paragraph. */
  readonly prose: (text: string) => readonly string[];
}

/**
 * Draws in plain text.
 *
 * @param maxWidth Characters per line at most.
 * @returns How to draw.
 */
export function plainDrawing(maxWidth: number): WorkersDrawing {
  return {
    table: (columns, rows) => plainTable(columns, rows, { maxWidth }),
    prose: (text) => wrap(text, { width: maxWidth }),
  };
}

/**
 * Gives the tables of a cell's groups.
 *
 * @param cell The cell.
 * @param drawing How to draw them.
 * @returns Their lines, with an empty one behind each; none without groups.
 */
export function workersTables(
  cell: ResultCell,
  drawing: WorkersDrawing,
): string[] {
  const { workers: found } = cell;
  if (found === undefined) return [];
  const { scaling, groups } = found;
  const { table, prose } = drawing;
  const waiting = found.poll ? "polling" : "asleep when idle";
  const who = found.devices === 0
    ? "each its own device"
    : `${formatCount(found.devices, "device")}, ${waiting}`;
  const where = found.completeOn === "other"
    ? "I/Os end on another worker"
    : "I/Os end where they were submitted";
  const [first] = groups;
  const checked = first === undefined
    ? "no group was checked"
    : found.workers === 1
    ? `commands are those of a run without groups (set ${first.digest}), ` +
      `${formatSize(first.verifiedBytes)} verified`
    : `${found.workers} workers build the commands of one ` +
      `(set ${first.digest}), ${formatSize(first.verifiedBytes)} verified`;
  return [
    ...prose(
      `groups of workers, ${who}, depth ${found.depth} each, ${where}; ` +
        checked,
    ),
    "",
    ...(scaling.length === 0 ? [] : [
      ...table(SCALING, scaling),
      ...prose(
        "efficiency: speed-up over workers; ratio: time per I/O against " +
          `${cell.baseline ?? "the baseline"} with as many workers; faster ` +
          "or slower: the interval lies on one side of 1, not shown: 1 is in " +
          `it${birthsNote(scaling)}`,
      ),
      "",
    ]),
    ...(groups.some(({ latency }) => latency !== null)
      ? [...table(LATENCIES, groups), ""]
      : []),
    ...(groups.some(({ sharing }) => sharing.structures.length > 0)
      ? [
        ...table(sharingColumns(groups), groups),
        ...prose(
          "lines of 64 B that several workers wrote / of those falsely shared " +
            "/ handed from one that wrote to others that read; exact, first " +
            `${first?.sharing.iosPerWorker} I/Os of each worker`,
        ),
        "",
      ]
      : []),
    ...(groups.some(({ commandBatch }) => commandBatch !== null)
      ? [
        ...table(RINGS, groups),
        ...prose(
          `mean and most; rings of ${first?.ringEntries} entries; objects ` +
            "that another worker freed, per I/O; sleeps of submitters + devices",
        ),
        "",
      ]
      : []),
  ];
}

/** What is compared with itself has no interval. */
function endsOf(interval: Interval | null): string {
  const isItself = interval?.median === 1 && interval.low === 1 &&
    interval.high === 1;
  return isItself ? "" : formatEnds(interval, 5);
}

function verdictWord(verdict: Verdict | null | undefined): string {
  return verdict === "no difference shown" ? "not shown" : verdict ?? "-";
}

/** Says of few births that they say little. */
function birthsNote(scaling: readonly ResultScaling[]): string {
  const counts = scaling.flatMap(({ births }) => births ?? []);
  const births = Math.min(...counts);
  return births < ENOUGH_BIRTHS
    ? `; ${formatCount(births, "birth")} of each group: ${FEW_BIRTHS_NOTE}`
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

function formatSizes(sizes: ResultSizes | null): string {
  return sizes === null
    ? "-"
    : `${formatFigure(sizes.mean, 5)}, ${formatFigure(sizes.most, 5)}`;
}
