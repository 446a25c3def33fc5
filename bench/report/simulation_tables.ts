/**
 * The tables of a simulation: latencies in simulated time, faults that were
 * injected, and how I/Os ended. Simulated times never stand beside measured
 * ones.
 */
import type { ResultCell } from "../result.ts";
import type {
  ResultFaultRule,
  ResultSimulatedLayout,
} from "../simulate/result_types.ts";
import { formatCount, formatFigure, formatSize } from "./figure.ts";
import { type Column, plainTable } from "./plain_table.ts";
import { wrap } from "./wrap.ts";

const microseconds = (ns: number | null | undefined): number | null =>
  ns === null || ns === undefined ? null : ns / 1000;

const LATENCIES: readonly Column<ResultSimulatedLayout>[] = [
  { header: "simulated us", left: true, cell: ({ layout }) => layout },
  {
    header: "mean",
    cell: ({ latency }, width) =>
      formatFigure(microseconds(latency?.meanNs), width),
  },
  ...["p50", "p90", "p99", "p99.9", "p99.99"].map((
    name,
  ): Column<ResultSimulatedLayout> => ({
    header: name,
    cell: ({ latency }, width) =>
      formatFigure(microseconds(latency?.percentilesNs[name]), width),
    ...(name === "p99.99" ? { dropRank: 1 } : {}),
  })),
  {
    header: "most",
    cell: ({ latency }, width) =>
      formatFigure(microseconds(latency?.mostNs), width),
  },
  {
    header: "IO/s",
    cell: ({ iosPerSecond }, width) =>
      formatFigure(
        iosPerSecond === null ? null : Math.round(iosPerSecond),
        width,
      ),
  },
  {
    header: "busy",
    cell: ({ utilisation }, width) => formatFigure(utilisation, width),
  },
];

const RULES: readonly Column<ResultFaultRule>[] = [
  { header: "fault", left: true, cell: ({ kind }) => kind },
  { header: "rule", cell: ({ rule }) => `${rule}` },
  {
    header: "I/Os chosen",
    cell: ({ chosen }, width) => formatFigure(chosen, width),
  },
  {
    header: "hit",
    cell: ({ injected }, width) => formatFigure(injected, width),
  },
  { header: "attempts", cell: ({ hits }, width) => formatFigure(hits, width) },
];

/** Counts of error handling that have columns, where any is not 0. */
const COUNTS: readonly (readonly [key: string, header: string])[] = [
  ["retries", "retries"],
  ["requeues", "requeues"],
  ["tagWaits", "tag waits"],
  ["aborts", "aborts"],
  ["polled", "polled"],
  ["resets", "resets"],
  ["ignoredCompletions", "ignored"],
  ["silentShorts", "unknown"],
  ["refused", "refused"],
];

/**
 * Gives the tables of a cell's simulation.
 *
 * @param cell The cell.
 * @param maxWidth Characters per line at most.
 * @returns Their lines; none where nothing was simulated.
 */
export function simulationTables(cell: ResultCell, maxWidth: number): string[] {
  const { simulated } = cell;
  if (simulated === undefined) return [];
  const { layouts, device, arrivals, plan, planSeed } = simulated;
  const limits = { maxWidth };
  const prose = (text: string) => wrap(text, { width: maxWidth });
  const [first] = layouts;
  const handling = handlingColumns(layouts);
  return [
    ...prose(
      `simulated time, device ${device}, arrivals ${arrivals}: from an I/O's ` +
        `arrival to its end; software takes no simulated time`,
    ),
    ...plainTable(LATENCIES, layouts, limits),
    "",
    ...(plan === null || first === undefined ? [] : [
      ...prose(
        `faults of plan "${plan}" (seed ${planSeed}), alike for all layouts ` +
          `that recognise alike; here for ${first.layout}`,
      ),
      ...plainTable(RULES, first.rules, limits),
      "",
      ...plainTable(endColumns(layouts), layouts, limits),
      "",
      ...(handling.length === 0
        ? []
        : [...plainTable(handling, layouts, limits), ""]),
      ...prose(
        `every I/O ended as the kernel would end it; ` +
          `${formatSize(first.verifiedBytes)} checked for each layout; ` +
          `${formatCount(leaksOf(layouts), "resource")} leaked`,
      ),
      "",
    ]),
  ];
}

function leaksOf(layouts: readonly ResultSimulatedLayout[]): number {
  return layouts.reduce((sum, { leaks }) => sum + leaks, 0);
}

/** A column for each status that occurred. */
function endColumns(
  layouts: readonly ResultSimulatedLayout[],
): Column<ResultSimulatedLayout>[] {
  const names = new Set(layouts.flatMap((one) => Object.keys(one.statuses)));
  return [
    { header: "I/Os ended", left: true, cell: ({ layout }) => layout },
    ...[...names].map((name): Column<ResultSimulatedLayout> => ({
      header: name,
      cell: ({ statuses }, width) => formatFigure(statuses[name] ?? 0, width),
    })),
    { header: "leaks", cell: ({ leaks }, width) => formatFigure(leaks, width) },
  ];
}

/** A column for each thing that error handling did. */
function handlingColumns(
  layouts: readonly ResultSimulatedLayout[],
): Column<ResultSimulatedLayout>[] {
  const counted = COUNTS.filter(([key]) =>
    layouts.some(({ counts }) => (counts[key] ?? 0) > 0)
  );
  if (counted.length === 0) return [];
  return [
    { header: "handling", left: true, cell: ({ layout }) => layout },
    ...counted.map(([key, header]): Column<ResultSimulatedLayout> => ({
      header,
      cell: ({ counts }, width) => formatFigure(counts[key] ?? 0, width),
    })),
  ];
}
