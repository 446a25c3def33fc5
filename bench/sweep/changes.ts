/**
 * What a sweep's layouts have in comparison with the baseline, cell by cell:
 * small rows of one figure each, of which there may be thousands.
 */
import type { ResultLayout } from "../result/result.ts";
import { BASELINE } from "../setup/baseline.ts";
import type { MergedCell } from "./sweep_result.ts";

/** A figure by which layouts are compared. */
export interface SweepMetric {
  readonly key: string;
  /** What it is, with its unit. */
  readonly title: string;
  /** Counted, modelled or measured: never in one table. */
  readonly kind: "exact" | "modelled" | "measured";
  /** The figure; the less the better. */
  readonly of: (layout: ResultLayout) => number | null | undefined;
  /**
   * Cells whose baseline has less are left out: a share of next to nothing says
   * nothing. 0 if absent.
   */
  readonly leastBase?: number;
  /** The least that it may be, where it is measured; itself if absent. */
  readonly least?: (layout: ResultLayout) => number | null | undefined;
  /** The most that it may be, in the same way. */
  readonly most?: (layout: ResultLayout) => number | null | undefined;
}

/** The figures that pages of sweeps are about. */
const SWEEP_METRICS: readonly SweepMetric[] = [
  {
    key: "lines",
    title: "cache lines touched per I/O",
    kind: "exact",
    of: ({ counts }) => counts.linesPerIo ?? counts.bvecLinesPerIo,
  },
  {
    key: "instructions",
    title: "instructions per I/O of the path in C",
    kind: "exact",
    of: ({ machineCode }) => machineCode?.instructionsPerIo,
  },
  {
    key: "stall",
    title: "stall cycles per I/O of the cache model",
    kind: "modelled",
    of: ({ modelled }) => modelled?.stallCyclesPerIo?.cycles,
    // Less than a miss of the second level in each I/O.
    leastBase: 50,
  },
  {
    key: "time",
    title: "time per I/O on the machine that measured",
    kind: "measured",
    of: ({ ratio }) => ratio?.median,
    least: ({ ratio }) => ratio?.low,
    most: ({ ratio }) => ratio?.high,
  },
];

export interface SweepAxis {
  readonly name: string;
  /** Its values, in the order of the cells. */
  readonly values: readonly string[];
}

/** One cell: its layouts beside the baseline. */
export interface ChangeRow {
  readonly id: string;
  /** Its values, by axis. */
  readonly axes: Readonly<Record<string, string>>;
  /** Change from the baseline in percent, by layout; the baseline has 0. */
  readonly changes: ReadonlyMap<string, number>;
  /**
   * The layouts that have least, all of those that have as little; where it is
   * measured, all whose interval reaches that of the least.
   */
  readonly best: readonly string[];
}

export interface SweepChanges {
  readonly metric: SweepMetric;
  readonly axes: readonly SweepAxis[];
  /** Layouts, the baseline first. */
  readonly layouts: readonly string[];
  readonly baseline: string;
  readonly rows: readonly ChangeRow[];
  /** Cells that are left out, because their baseline has too little of it. */
  readonly small: number;
}

export class ChangeCollector {
  readonly #axes: readonly string[];
  readonly #values = new Map<string, Set<string>>();
  readonly #rows = SWEEP_METRICS.map((): ChangeRow[] => []);
  readonly #small: number[] = [];
  readonly #layouts = new Set<string>();
  #baseline = BASELINE;

  /** Knows no cell yet. */
  constructor(axes: readonly string[]) {
    this.#axes = axes;
  }

  add({ id, axes, cell }: MergedCell): void {
    this.#baseline = cell.baseline ?? this.#baseline;
    for (const name of this.#axes) {
      const value = axes[name];
      if (value === undefined) continue;
      const values = this.#values.get(name) ?? new Set();
      this.#values.set(name, values.add(value));
    }
    for (const { name } of cell.layouts) this.#layouts.add(name);
    SWEEP_METRICS.forEach((metric, at) => {
      const figures = new Map(cell.layouts.flatMap((layout) => {
        // Ratios are to the baseline, which has none.
        const figure = metric.kind === "measured" &&
            layout.name === this.#baseline
          ? 1
          : metric.of(layout);
        return isFigure(figure) ? [[layout.name, figure] as const] : [];
      }));
      const base = figures.get(this.#baseline);
      if (base === undefined || figures.size < 2) return;
      if (base <= 0 || base < (metric.leastBase ?? 0)) {
        this.#small[at] = (this.#small[at] ?? 0) + 1;
        return;
      }
      this.#rows[at]?.push({
        id,
        axes,
        changes: new Map(
          [...figures].map(([name, figure]) => [
            name,
            100 * (figure / base - 1),
          ]),
        ),
        best: bestOf(cell.layouts, metric, figures),
      });
    });
  }

  /** The cells, in each figure that some of them have. */
  get changes(): readonly SweepChanges[] {
    const axes = this.#axes.map((name): SweepAxis => ({
      name,
      values: [...this.#values.get(name) ?? []],
    })).filter(({ values }) => values.length > 1);
    const layouts = [
      this.#baseline,
      ...[...this.#layouts].filter((name) => name !== this.#baseline),
    ];
    return SWEEP_METRICS.flatMap((metric, at) => {
      const rows = this.#rows[at] ?? [];
      return rows.length === 0 ? [] : [{
        ...{ metric, axes, layouts, rows, baseline: this.#baseline },
        small: this.#small[at] ?? 0,
      }];
    });
  }
}

function isFigure(value: number | null | undefined): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function bestOf(
  layouts: readonly ResultLayout[],
  { least = () => null, most = () => null }: SweepMetric,
  figures: ReadonlyMap<string, number>,
): string[] {
  const ends = layouts.flatMap((layout) => {
    const figure = figures.get(layout.name);
    return figure === undefined ? [] : [{
      name: layout.name,
      figure,
      low: least(layout) ?? figure,
      high: most(layout) ?? figure,
    }];
  });
  const first = ends.reduce((a, b) => b.figure < a.figure ? b : a);
  return ends.filter(({ low }) => low <= first.high).map(({ name }) => name);
}
