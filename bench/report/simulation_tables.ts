/**
 * The tables of a simulation: latencies in simulated time, faults that were
 * injected, and how I/Os ended. Simulated times never are beside measured ones.
 */
import { layoutColumn } from "./cell_columns.ts";
import { figureColumn, wordColumn } from "./columns.ts";
import type { ResultCell } from "../result/result.ts";
import type {
  ResultFaultRule,
  ResultSimulatedLayout,
  SimulatedLatency,
} from "../simulate/result_types.ts";
import { type FigureColumn, prose, type Section, table } from "./blocks.ts";
import { formatSize } from "../../sim/text/size_text.ts";
import { plural } from "../../sim/text/plural.ts";
import { formatFigure, formatMicroseconds } from "../text/figure.ts";

type Simulated = ResultSimulatedLayout;

function simulated(
  header: string,
  key: string,
  of: (own: Simulated) => number | null | undefined,
  options: Parameters<typeof figureColumn<Simulated>>[2] = {},
): FigureColumn<Simulated> {
  return figureColumn(header, of, { key: `simulated.${key}`, ...options });
}

/** One of latencies: a program reads ns, a reader us. */
function latency(
  header: string,
  key: string,
  ns: (found: SimulatedLatency | null) => number | null | undefined,
): FigureColumn<Simulated> {
  return simulated(header, `latency.${key}`, ({ latency }) => ns(latency), {
    text: formatMicroseconds,
    splitRank: header === "p99.99" ? 1 : undefined,
  });
}

const LATENCIES: readonly FigureColumn<Simulated>[] = [
  layoutColumn("simulated us"),
  latency("mean", "meanNs", (found) => found?.meanNs),
  ...["p50", "p90", "p99", "p99.9", "p99.99"].map((name) =>
    latency(
      name,
      `percentilesNs.${name}`,
      (found) => found?.percentilesNs[name],
    )
  ),
  latency("most", "mostNs", (found) => found?.mostNs),
  simulated("IO/s", "iosPerSecond", ({ iosPerSecond }) => iosPerSecond, {
    text: (rate, width) => formatFigure(rate && Math.round(rate), width),
  }),
  simulated("busy", "utilisation", ({ utilisation }) => utilisation),
];

/** A column of a rule, whose fields have its number in their path. */
function rule(
  header: string,
  key: "rule" | "chosen" | "injected" | "hits",
): FigureColumn<ResultFaultRule> {
  return figureColumn(header, (own) => own[key], {
    key: ({ rule }) => `simulated.rules.${rule}.${key}`,
  });
}

const RULES: readonly FigureColumn<ResultFaultRule>[] = [
  wordColumn("fault", ({ kind }) => kind, {
    key: ({ rule }) => `simulated.rules.${rule}.kind`,
  }),
  rule("rule", "rule"),
  rule("I/Os chosen", "chosen"),
  rule("hit", "injected"),
  rule("attempts", "hits"),
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
 * Returns the tables of a cell's simulation.
 *
 * @returns What was simulated, and its tables; none where nothing was.
 */
export function simulationSections(cell: ResultCell): Section[] {
  if (cell.simulated === undefined) return [];
  const { layouts, device, arrivals, plan, planSeed } = cell.simulated;
  const [first] = layouts;
  const layoutOf = ({ layout }: Simulated) => layout;
  const times: Section = [
    ...prose(
      "simulated",
      `simulated time, device ${device}, arrivals ${arrivals}: from an I/O's ` +
        `arrival to its end; software takes no simulated time`,
    ),
    ...table(LATENCIES, layouts, layoutOf),
  ];
  if (plan === null || first === undefined) return [times];
  return [
    times,
    [
      ...prose(
        "simulated.plan",
        `faults of plan "${plan}" (seed ${planSeed}), the same for all ` +
          `layouts of a P2P detection; here for ${first.layout}`,
      ),
      ...table(RULES, first.rules, () => first.layout),
    ],
    table(endColumns(layouts), layouts, layoutOf),
    table(handlingColumns(layouts), layouts, layoutOf),
    prose(
      "simulated.checked",
      `every I/O ended as the kernel would end it; ` +
        `${formatSize(first.verifiedBytes)} checked for each layout; ` +
        `${plural(leaksOf(layouts), "resource")} leaked`,
    ),
  ];
}

function leaksOf(layouts: readonly ResultSimulatedLayout[]): number {
  return layouts.reduce((sum, { leaks }) => sum + leaks, 0);
}

function endColumns(layouts: readonly Simulated[]): FigureColumn<Simulated>[] {
  const names = new Set(layouts.flatMap((one) => Object.keys(one.statuses)));
  return [
    layoutColumn("I/Os ended"),
    ...[...names].map((name) =>
      simulated(
        name,
        `statuses.${name}`,
        ({ statuses }) => statuses[name] ?? 0,
      )
    ),
    simulated("leaks", "leaks", ({ leaks }) => leaks),
  ];
}

function handlingColumns(
  layouts: readonly Simulated[],
): FigureColumn<Simulated>[] {
  const counted = COUNTS.filter(([key]) =>
    layouts.some(({ counts }) => (counts[key] ?? 0) > 0)
  );
  if (counted.length === 0) return [];
  return [
    layoutColumn("handling"),
    ...counted.map(([key, header]) =>
      simulated(header, `counts.${key}`, ({ counts }) => counts[key] ?? 0)
    ),
  ];
}
