/** A result of `lab:kernel run` on one screen. */
import { plainTable } from "../text/plain_table.ts";
import { wrap } from "../text/wrap.ts";
import { median } from "./difference.ts";
import type { KernelResult, KernelWorkload } from "./result.ts";

const WIDTH = 80;

/** Structures of an I/O that the lab models, in the order of the path. */
const SHOWN: readonly (readonly [string, RegExp])[] = [
  ["bio_vec", /^bio_vec/],
  ["page", /^struct page \(data\)/],
  ["bio", /^bio$/],
  ["request", /^request$/],
  ["iod", /^nvme_iod$/],
  ["PRP", /^PRP/],
];

interface Row {
  readonly name: string;
  readonly workload: KernelWorkload;
}

/** @returns Lines of at most 80 characters. */
export function resultText(result: KernelResult): string {
  const rows = Object.entries(result.workloads).map(([name, workload]) => ({
    name,
    workload,
  }));
  const lines = [
    ...prose(
      `Kernel ${result.kernel}, NVMe with ${result.controller.toUpperCase()}s, ` +
        `QEMU ${
          result.qemu.split(":")[0]
        }. One I/O: the median of nine after ` +
        `${result.warmup} others; range is what the nine differ by, most less ` +
        `least. Core is block, nvme and iov_iter, less what counts jiffies.`,
    ),
    "",
    ...table(rows, [
      ...["instr", "range"].map((header, index) =>
        column(header, ({ main_all: all }) => middleOrRange(all, index))
      ),
      ...["core", "range"].map((header, index) =>
        column(header, ({ core_all: all }) => middleOrRange(all, index))
      ),
      column("loads", (one) => median(one.loads_all)),
      column("stores", (one) => median(one.stores_all)),
      ...["lines", "range"].map((header, index) =>
        column(header, ({ lines_all: all }) => middleOrRange(all, index))
      ),
    ]),
    "",
    ...prose(
      "Lines of 64 bytes by structure, in the I/O with the fewest " +
        "instructions, without those that are only filled by memset:",
    ),
    ...table(rows, [
      ...SHOWN.map(([header, rule]) =>
        column(header, ({ structures }) =>
          Object.entries(structures)
            .filter(([name]) => rule.test(name))
            .reduce((sum, [, one]) => sum + one.lines_not_bulk, 0))
      ),
      column("all", (one) =>
        one.distinct_lines.all_kernel_data -
        one.distinct_lines.only_by_bulk_memset),
      column("unnamed", (one) => one.distinct_lines.unnamed),
    ]),
  ];
  const notes = [
    ...Object.entries(result.skipped).map(([name, reason]) =>
      `${name} was not measured: ${reason}`
    ),
    ...rows.filter(({ workload }) => !workload.verified).map(({ name }) =>
      `${name}: its data was not written and read back before`
    ),
    ...result.warnings,
  ];
  if (notes.length > 0) {
    lines.push("", ...notes.flatMap((note) => prose(`Note: ${note}`)));
  }
  return lines.join("\n") + "\n";
}

function prose(text: string): string[] {
  return wrap(text, { width: WIDTH });
}

function column(header: string, cell: (workload: KernelWorkload) => number) {
  return { header, cell: ({ workload }: Row) => String(cell(workload)) };
}

function table(
  rows: readonly Row[],
  columns: readonly ReturnType<typeof column>[],
): string[] {
  return plainTable<Row>(
    [{ header: "workload", cell: ({ name }) => name, left: true }, ...columns],
    rows,
    { maxWidth: WIDTH },
  );
}

function middleOrRange(all: readonly number[], index: number): number {
  if (index === 0) return median(all);
  return all.length === 0 ? 0 : Math.max(...all) - Math.min(...all);
}
