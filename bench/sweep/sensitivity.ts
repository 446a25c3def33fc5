/**
 * Which axis of a sweep matters: how much of what differs between cells goes
 * with it, and for how many choices on the other axes the best layout depends
 * on it.
 */
import { medianOf } from "../statistics/median.ts";
import type { ChangeRow, SweepChanges } from "./changes.ts";

export interface AxisEffect {
  readonly name: string;
  /** How many values it has. */
  readonly values: number;
  /**
   * The share of the variance of the changes, within each layout and summed
   * over layouts, that is between the means of its values; from 0 to 1.
   */
  readonly share: number;
  /** The layout whose median changes most along it. */
  readonly layout: string;
  /** How far apart that layout's medians are, in percent points. */
  readonly spread: number;
  /** Sets of cells that differ in this axis alone, of two cells or more. */
  readonly sets: number;
  /** Of those, the ones in which no layout is best in all cells. */
  readonly turned: number;
}

export interface Sensitivity {
  /** The axes, that which explains most first. */
  readonly axes: readonly AxisEffect[];
  /**
   * The share of the variance that no axis explains alone: what combinations of
   * values do. Where the cells are not a full grid, axes share some of what
   * they explain, and it is less than it would be.
   */
  readonly together: number;
}

export function sensitivity(changes: SweepChanges): Sensitivity {
  const { axes, rows } = changes;
  const layouts = changes.layouts.filter((name) => name !== changes.baseline);
  const total = sum(layouts.map((layout) => variation(valuesOf(rows, layout))));
  const effects = axes.map(({ name, values }): AxisEffect => {
    const byValue = Map.groupBy(rows, (row) => row.axes[name] ?? "");
    let between = 0;
    let most = { layout: "", spread: 0 };
    for (const layout of layouts) {
      const all = mean(valuesOf(rows, layout));
      const medians: number[] = [];
      for (const some of byValue.values()) {
        const own = valuesOf(some, layout);
        if (own.length === 0) continue;
        between += own.length * (mean(own) - all) ** 2;
        medians.push(medianOf(own));
      }
      const spread = medians.length === 0
        ? 0
        : Math.max(...medians) - Math.min(...medians);
      if (spread > most.spread) most = { layout, spread };
    }
    return {
      name,
      values: values.length,
      share: isNothing(total) ? 0 : between / total,
      ...most,
      ...turns(rows, name, axes.map((axis) => axis.name)),
    };
  }).sort((a, b) => b.share - a.share);
  return {
    axes: effects,
    together: isNothing(total)
      ? 0
      : Math.max(0, 1 - sum(effects.map(({ share }) => share))),
  };
}

/** How often the best layout depends on an axis, all others being equal. */
function turns(
  rows: readonly ChangeRow[],
  axis: string,
  axes: readonly string[],
): Pick<AxisEffect, "sets" | "turned"> {
  const others = axes.filter((name) => name !== axis);
  const sets = [
    ...Map.groupBy(
      rows,
      (row) => JSON.stringify(others.map((name) => row.axes[name] ?? null)),
    ).values(),
  ].filter((set) => set.length > 1);
  const turned = sets.filter((set) => {
    const [first, ...rest] = set;
    return !first?.best.some((name) =>
      rest.every(({ best }) => best.includes(name))
    );
  });
  return { sets: sets.length, turned: turned.length };
}

function valuesOf(rows: readonly ChangeRow[], layout: string): number[] {
  return rows.flatMap(({ changes }) => {
    const change = changes.get(layout);
    return change === undefined ? [] : [change];
  });
}

function variation(values: readonly number[]): number {
  const centre = mean(values);
  return sum(values.map((value) => (value - centre) ** 2));
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : sum(values) / values.length;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/**
 * What rounding leaves of equal figures is not variance, in percent squared.
 */
function isNothing(total: number): boolean {
  return total < 1e-9;
}
