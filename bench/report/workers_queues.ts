/** Columns of the queues of groups of workers, measured: locks and rings. */
import type { ResultGroup, ResultSizes } from "../result/group_types.ts";
import { formatFigure } from "../text/figure.ts";
import type { FigureColumn } from "./blocks.ts";
import { layoutColumn } from "./cell_columns.ts";
import { figureColumn } from "./columns.ts";

/** A column of what a group did, per I/O that was observed. */
function perIoColumn(
  header: string,
  key: string,
  of: (group: ResultGroup) => number | undefined,
): FigureColumn<ResultGroup> {
  return figureColumn(header, (group) => {
    const count = of(group);
    return count === undefined || group.observedIos === 0
      ? null
      : count / group.observedIos;
  }, { key: `workers.${key}` });
}

/** Locks of submission rings, and what was sent between CPUs. */
export const LOCKS: readonly FigureColumn<ResultGroup>[] = [
  layoutColumn("hardware queues, per I/O"),
  perIoColumn(
    "sq_lock",
    "queueLock.acquisitionsPerIo",
    ({ queueLock }) => queueLock?.acquisitions,
  ),
  perIoColumn(
    "waited for",
    "queueLock.contendedPerIo",
    ({ queueLock }) => queueLock?.contended,
  ),
  perIoColumn("sent back", "sent.requestsPerIo", ({ sent }) => sent?.requests),
  perIoColumn("IPIs", "sent.interruptsPerIo", ({ sent }) => sent?.interrupts),
];

function sizes(
  header: string,
  key: "commandBatch" | "completionBatch" | "ringOccupancy",
): FigureColumn<ResultGroup> {
  return {
    header,
    cell: (group) => formatSizes(group[key]),
    fields: (group) => [
      [`workers.${key}.mean`, group[key]?.mean],
      [`workers.${key}.most`, group[key]?.most],
    ],
  };
}

export const RINGS: readonly FigureColumn<ResultGroup>[] = [
  layoutColumn("rings"),
  sizes("commands", "commandBatch"),
  sizes("completions", "completionBatch"),
  sizes("in ring", "ringOccupancy"),
  perIoColumn(
    "remote frees",
    "remoteFreesPerIo",
    ({ remoteFrees }) => remoteFrees,
  ),
  {
    header: "sleeps",
    cell: ({ submitterSleeps, deviceSleeps }) =>
      `${submitterSleeps}+${deviceSleeps}`,
    fields: ({ submitterSleeps, deviceSleeps }) => [
      ["workers.submitterSleeps", submitterSleeps],
      ["workers.deviceSleeps", deviceSleeps],
    ],
    splitRank: 1,
  },
];

function formatSizes(sizes: ResultSizes | null): string {
  return sizes === null
    ? "-"
    : `${formatFigure(sizes.mean, 5)}, ${formatFigure(sizes.most, 5)}`;
}
