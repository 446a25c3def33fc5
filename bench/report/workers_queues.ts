/** Columns of the queues of groups of workers, measured: locks and rings. */
import type { ResultGroup, ResultSizes } from "../result/group_types.ts";
import { formatFigure } from "../text/figure.ts";
import type { FigureColumn } from "./blocks.ts";
import { layoutColumn } from "./cell_columns.ts";

/** What submitters of shared queues did, per I/O: measured, all of it. */
function lockColumn(
  header: string,
  key: string,
  of: (group: ResultGroup) => number | null | undefined,
): FigureColumn<ResultGroup> {
  const perIo = (group: ResultGroup) => {
    const count = of(group);
    return typeof count !== "number" || group.observedIos === 0
      ? null
      : count / group.observedIos;
  };
  return {
    header,
    cell: (group, width) => formatFigure(perIo(group), width),
    fields: (group) => [[`workers.${key}`, perIo(group)]],
  };
}

/** Locks of submission rings, and what was sent between CPUs. */
export const LOCKS: readonly FigureColumn<ResultGroup>[] = [
  layoutColumn("hardware queues, per I/O"),
  lockColumn(
    "sq_lock",
    "queueLock.acquisitionsPerIo",
    ({ queueLock }) => queueLock?.acquisitions,
  ),
  lockColumn(
    "waited for",
    "queueLock.contendedPerIo",
    ({ queueLock }) => queueLock?.contended,
  ),
  lockColumn("sent back", "sent.requestsPerIo", ({ sent }) => sent?.requests),
  lockColumn("IPIs", "sent.interruptsPerIo", ({ sent }) => sent?.interrupts),
];

/** A column of the sizes of batches or rings. */
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

const freesOf = ({ remoteFrees, observedIos }: ResultGroup) =>
  observedIos === 0 ? null : remoteFrees / observedIos;

/** What was seen of the rings. */
export const RINGS: readonly FigureColumn<ResultGroup>[] = [
  layoutColumn("rings"),
  sizes("commands", "commandBatch"),
  sizes("completions", "completionBatch"),
  sizes("in ring", "ringOccupancy"),
  {
    header: "remote frees",
    cell: (group, width) => formatFigure(freesOf(group), width),
    fields: (group) => [["workers.remoteFreesPerIo", freesOf(group)]],
  },
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
