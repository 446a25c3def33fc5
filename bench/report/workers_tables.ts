/**
 * The tables of groups of workers: how rates scale, and what was seen of the
 * queues of the largest groups.
 */
import { ENOUGH_BUILDS } from "../result/summary_warnings.ts";
import type { Interval, Verdict } from "../result/timing_types.ts";
import type { ResultCell } from "../result/result.ts";
import { FEW_BUILDS_NOTE } from "./cell_facts.ts";
import type {
  ResultGroup,
  ResultLatency,
  ResultScaling,
  ResultSizes,
} from "../result/group_types.ts";
import {
  formatCount,
  formatEnds,
  formatFigure,
  formatSize,
} from "../text/figure.ts";
import {
  type Field,
  type FigureColumn,
  prose,
  type Section,
  table,
} from "./blocks.ts";
import { endFields } from "./cell_columns.ts";
import { leastOf, mostOf } from "../text/extremes.ts";

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

const SCALING: readonly FigureColumn<ResultScaling>[] = [
  {
    header: "scaling",
    left: true,
    cell: ({ layout }) => layout,
    fields: () => [],
  },
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

const LATENCIES: readonly FigureColumn<ResultGroup>[] = [
  {
    header: "latency, us",
    left: true,
    cell: ({ layout }) => layout,
    fields: () => [],
  },
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

/** Fields of a kind of operation, most of them first, over all groups. */
function atomicNames(
  groups: readonly ResultGroup[],
  kind: string,
): readonly string[] {
  const most = new Map<string, number>();
  for (const { sharing } of groups) {
    for (const cost of sharing.atomics ?? []) {
      if (cost.kind !== kind) continue;
      const name = `${cost.structure}.${cost.field}`;
      most.set(name, Math.max(most.get(name) ?? 0, cost.count));
    }
  }
  return [...most].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .map(([name]) => name);
}

/** A column of atomic operations per I/O: of one field, or of a kind. */
function atomicColumn(
  header: string,
  key: string,
  isOf: (name: string, kind: string) => boolean,
  splitRank?: number,
): FigureColumn<ResultGroup> {
  const perIo = ({ sharing: { atomics, tracedIos = 0 } }: ResultGroup) =>
    atomics === undefined || tracedIos === 0 ? null : atomics.reduce(
      (sum, { structure, field, kind, count }) =>
        sum + (isOf(`${structure}.${field}`, kind) ? count : 0),
      0,
    ) / tracedIos;
  return {
    header,
    cell: (group, width) => formatFigure(perIo(group), width),
    fields: (group) => [[`workers.atomics.${key}`, perIo(group)]],
    ...(splitRank === undefined ? {} : { splitRank }),
  };
}

/** Atomic operations and locks per I/O, all of them and by field. */
function atomicColumns(
  groups: readonly ResultGroup[],
): readonly FigureColumn<ResultGroup>[] {
  const named = (kind: string, first: number) =>
    atomicNames(groups, kind).map((name, i) =>
      atomicColumn(
        name,
        name,
        (other) => other === name,
        first + i,
      )
    );
  return [
    {
      header: "atomics, counted",
      left: true,
      cell: ({ layout }) => layout,
      fields: () => [],
    },
    atomicColumn("atomics", "atomic", (_, kind) => kind === "atomic"),
    atomicColumn("locks", "lock", (_, kind) => kind === "lock"),
    ...named("atomic", 1),
    ...named("lock", 1),
  ];
}

const HELD: readonly FigureColumn<ResultGroup>[] = [
  {
    header: "shared lines, all",
    left: true,
    cell: ({ layout }) => layout,
    fields: () => [],
  },
  ...([
    ["written by several", "writtenByMany"],
    ["with a bio_vec", "writtenByManyHolding"],
    ["handed over", "handedOver"],
    ["with a bio_vec", "handedOverHolding"],
  ] as const).map(([header, key]): FigureColumn<ResultGroup> => ({
    header,
    cell: ({ sharing }, width) => formatFigure(sharing[key], width),
    fields: ({ sharing }) => [[`workers.sharing.${key}`, sharing[key]]],
  })),
];

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

const LOCKS: readonly FigureColumn<ResultGroup>[] = [
  {
    header: "hardware queues, per I/O",
    left: true,
    cell: ({ layout }) => layout,
    fields: () => [],
  },
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

const freesOf = ({ remoteFrees, observedIos }: ResultGroup) =>
  observedIos === 0 ? null : remoteFrees / observedIos;

const RINGS: readonly FigureColumn<ResultGroup>[] = [
  {
    header: "rings",
    left: true,
    cell: ({ layout }) => layout,
    fields: () => [],
  },
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

/** Structures that get a column of their own. */
const SHARED_COLUMNS = 6;

/** One column for each structure of which lines are shared. */
function sharingColumns(
  groups: readonly ResultGroup[],
): readonly FigureColumn<ResultGroup>[] {
  const most = new Map<string, number>();
  for (const { sharing } of groups) {
    for (const { structure, writtenByMany, handedOver } of sharing.structures) {
      const lines = writtenByMany * 1000 + handedOver;
      most.set(structure, Math.max(most.get(structure) ?? 0, lines));
    }
  }
  const names = [...most].sort((a, b) => b[1] - a[1]).map(([name]) => name);
  return [
    {
      header: "shared lines",
      left: true,
      cell: ({ layout }) => layout,
      fields: () => [],
    },
    ...names.slice(0, SHARED_COLUMNS).map((
      name,
      i,
    ): FigureColumn<ResultGroup> => {
      const linesOf = ({ sharing }: ResultGroup) =>
        sharing.structures.find(({ structure }) => structure === name);
      const path = `workers.sharing.${name}`;
      return {
        header: name,
        cell: (group) => {
          const found = linesOf(group);
          return found === undefined
            ? "-"
            : `${found.writtenByMany}/${found.falselyShared}/${found.handedOver}`;
        },
        fields: (group) => {
          const found = linesOf(group);
          return [
            [`${path}.writtenByMany`, found?.writtenByMany],
            [`${path}.falselyShared`, found?.falselyShared],
            [`${path}.handedOver`, found?.handedOver],
          ];
        },
        splitRank: SHARED_COLUMNS - i,
      };
    }),
  ];
}

/**
 * Gives the tables of a cell's groups.
 *
 * @param cell The cell.
 * @returns What the groups were, and their tables; none without groups.
 */
export function workersSections(cell: ResultCell): Section[] {
  const { workers: found } = cell;
  if (found === undefined) return [];
  const { scaling, groups } = found;
  const waiting = found.poll ? "polling" : "asleep when idle";
  const who = found.devices === 0
    ? "each its own device"
    : `${formatCount(found.devices, "device")}, ${waiting}`;
  const where = found.completeOn === "other"
    ? "I/Os end on another worker, which their interrupt comes to"
    : found.completeOn === "ipi"
    ? "I/Os end where they were submitted, by an IPI from another worker, " +
      "which their interrupt comes to"
    : "I/Os end where they were submitted";
  const { hwQueues = found.workers } = found;
  const queues = hwQueues < found.workers
    ? `, ${formatCount(hwQueues, "hardware queue")}`
    : "";
  const [first] = groups;
  const checked = first === undefined
    ? "no group was checked"
    : found.workers === 1
    ? `commands are those of a run without groups (set ${first.digest}), ` +
      `${formatSize(first.verifiedBytes)} verified`
    : `${found.workers} workers build the commands of one ` +
      `(set ${first.digest}), ${formatSize(first.verifiedBytes)} verified`;
  const layoutOf = ({ layout }: { readonly layout: string }) => layout;
  const ofGroups = (
    columns: readonly FigureColumn<ResultGroup>[],
    has: (group: ResultGroup) => boolean,
  ) => groups.some(has) ? table(columns, groups, layoutOf) : [];
  const section = (rows: Section, ...notes: Section): Section =>
    rows.length === 0 ? [] : [...rows, ...notes];
  return [
    prose(
      "workers",
      `groups of workers${queues}, ${who}, depth ${found.depth} each, ` +
        `${where}; ` +
        checked,
    ),
    section(
      table(SCALING, scaling, layoutOf),
      ...prose(
        "workers.scaling",
        "efficiency: speed-up over workers; ratio: time per I/O against " +
          `${cell.baseline ?? "the baseline"} with as many workers; faster ` +
          "or slower: the interval lies on one side of 1, not shown: 1 is in " +
          `it${birthsNote(scaling)}`,
      ),
    ),
    ofGroups(LATENCIES, ({ latency }) => latency !== null),
    section(
      ofGroups(
        sharingColumns(groups),
        ({ sharing }) => sharing.structures.length > 0,
      ),
      ...prose(
        "workers.sharing",
        "lines of 64 B that several workers wrote / of those falsely shared " +
          "/ handed from one that wrote to others that read; exact, first " +
          `${first?.sharing.iosPerWorker} I/Os of each worker`,
      ),
      ...ofGroups(HELD, ({ sharing }) => sharing.handedOver !== undefined),
    ),
    section(
      ofGroups(
        atomicColumns(groups),
        ({ sharing }) => (sharing.atomics?.length ?? 0) > 0,
      ),
      ...prose(
        "workers.atomics",
        "per I/O, exact, of the same I/Os: operations on fields that only " +
          "locked instructions change, and locks that were taken, as the " +
          "kernel's functions do them on what the model has in memory; " +
          "nobody waits here",
      ),
    ),
    section(
      ofGroups(
        LOCKS,
        ({ queueLock }) => typeof queueLock === "object" && queueLock !== null,
      ),
      ...prose(
        "workers.locks",
        "measured, per I/O: how often the lock of a submission ring was taken, " +
          "and how often another worker held it; requests that the worker of " +
          "the interrupt sent back to the one that submitted them, and " +
          "interrupts between the two",
      ),
    ),
    section(
      ofGroups(RINGS, ({ commandBatch }) => commandBatch !== null),
      ...prose(
        "workers.rings",
        `mean and most; rings of ${first?.ringEntries} entries; objects ` +
          "that another worker freed, per I/O; sleeps of submitters + devices",
      ),
    ),
  ];
}

/** What is compared with itself has no interval. */
function endsOf(interval: Interval | null): string {
  const isItself = interval?.median === 1 && interval.low === 1 &&
    interval.high === 1;
  return isItself ? "" : formatEnds(interval);
}

function verdictWord(verdict: Verdict | null | undefined): string {
  return verdict === "no difference shown" ? "not shown" : verdict ?? "-";
}

/** Says of few births that they say little. */
function birthsNote(scaling: readonly ResultScaling[]): string {
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

function formatSizes(sizes: ResultSizes | null): string {
  return sizes === null
    ? "-"
    : `${formatFigure(sizes.mean, 5)}, ${formatFigure(sizes.most, 5)}`;
}
