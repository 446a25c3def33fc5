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
        column("core", "core", (one) => String(one.base)),
        column("change", "core", change),
        column("%", "core", percentChange),
        column("noise", "core", (one) => String(one.noise)),
        column("all", "all", (one) => String(one.base)),
        column("change", "all", change),
        column("noise", "all", (one) => String(one.noise)),
      ],
    },
    {
      heading: "Lines of 64 bytes that are touched, of bio_vecs and all; " +
        "loads and stores:",
      columns: [
        workload,
        column("bio_vec", "bvecLines", pair),
        column("lines", "lines", (one) => String(one.base)),
        column("change", "lines", change),
        column("loads", "loads", (one) => String(one.base)),
        column("change", "loads", change),
        column("stores", "stores", (one) => String(one.base)),
        column("change", "stores", change),
      ],
    },
  ];
}

/** A column of a figure of each workload. */
export function column(
  header: string,
  figure: keyof WorkloadComparison["figures"],
  cell: (figure: KernelDifference) => string,
): Column<WorkloadComparison> {
  return { header, cell: ({ figures }) => cell(figures[figure]) };
}

function pair({ base, patched }: KernelDifference): string {
  return base === patched ? String(base) : `${base} -> ${patched}`;
}
