/** Tables of a comparison of two kernels, for whatever shows them. */
import type { Column } from "../text/plain_table.ts";
import type { KernelComparison, WorkloadComparison } from "./compare.ts";
import { change, percentChange } from "./comparison_words.ts";
import type { KernelDifference } from "./difference.ts";

/** A table with a row for each workload. */
export interface ComparisonTable {
  readonly heading: string;
  readonly columns: readonly Column<WorkloadComparison>[];
}

export function comparisonTables(
  { controlled }: KernelComparison,
): ComparisonTable[] {
  const workload = {
    header: "workload",
    cell: ({ name }: WorkloadComparison) => name,
    left: true,
  };
  return [
    {
      heading: `Instructions of one I/O, medians of nine; noise is what ${
        controlled ? "two boots" : "the I/Os of one boot"
      } differ by (~ within it):`,
      columns: [
        workload,
        workloadColumn("core", "core", (one) => String(one.base)),
        workloadColumn("change", "core", change),
        workloadColumn("%", "core", percentChange),
        workloadColumn("noise", "core", (one) => String(one.noise)),
        workloadColumn("all", "all", (one) => String(one.base)),
        workloadColumn("change", "all", change),
        workloadColumn("noise", "all", (one) => String(one.noise)),
      ],
    },
    {
      heading: "Lines of 64 bytes that are touched, of bio_vecs and all; " +
        "loads and stores:",
      columns: [
        workload,
        workloadColumn("bio_vec", "bvecLines", pair),
        workloadColumn("lines", "lines", (one) => String(one.base)),
        workloadColumn("change", "lines", change),
        workloadColumn("loads", "loads", (one) => String(one.base)),
        workloadColumn("change", "loads", change),
        workloadColumn("stores", "stores", (one) => String(one.base)),
        workloadColumn("change", "stores", change),
      ],
    },
  ];
}

/** A column of a figure of each workload. */
export function workloadColumn(
  header: string,
  figure: keyof WorkloadComparison["figures"],
  cell: (figure: KernelDifference) => string,
): Column<WorkloadComparison> {
  return { header, cell: ({ figures }) => cell(figures[figure]) };
}

function pair({ base, patched }: KernelDifference): string {
  return base === patched ? String(base) : `${base} -> ${patched}`;
}
