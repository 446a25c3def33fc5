/** A result of `lab:kernel run` on one screen. */
import { plainTable } from "../report/plain_table.ts";
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

/**
 * Prints a result.
 *
 * @param result It.
 * @returns Lines of at most 80 characters where names allow it.
 */
export function resultText(result: KernelResult): string {
  const rows = Object.entries(result.workloads).map(([name, workload]) => ({
    name,
    workload,
  }));
  type Row = { readonly name: string; readonly workload: KernelWorkload };
  const figure = (
    header: string,
    cell: (workload: KernelWorkload) => number,
  ) => ({ header, cell: ({ workload }: Row) => String(cell(workload)) });
  const lines = [
    `Kernel ${result.kernel}, NVMe with ${result.controller.toUpperCase()}s, ` +
    `QEMU ${result.qemu.split(":")[0]}: one I/O, the one of nine with the`,
    "fewest instructions; core is block, nvme and iov_iter",
    "",
    ...plainTable<Row>(
      [
        { header: "workload", cell: ({ name }) => name, left: true },
        figure("instr", ({ main }) => main),
        figure("core", ({ core }) => core),
        figure("loads", ({ loads }) => loads),
        figure("stores", ({ stores }) => stores),
        figure("lines", (one) => one.distinct_lines.all_kernel_data),
      ],
      rows,
      { maxWidth: WIDTH },
    ),
    "",
    "Lines of 64 bytes by structure, without those only filled by memset:",
    ...plainTable<Row>(
      [
        { header: "workload", cell: ({ name }) => name, left: true },
        ...SHOWN.map(([header, rule]) =>
          figure(header, ({ structures }) =>
            Object.entries(structures)
              .filter(([name]) => rule.test(name))
              .reduce((sum, [, one]) => sum + one.lines_not_bulk, 0))
        ),
        figure("unnamed", (one) => one.distinct_lines.unnamed),
      ],
      rows,
      { maxWidth: WIDTH },
    ),
  ];
  const notes = [
    ...Object.entries(result.skipped).map(([name, reason]) =>
      `${name} was not measured: ${reason}`
    ),
    ...rows.filter(({ workload }) => !workload.verified).map(({ name }) =>
      `${name}: its data was not read back (the disk with P2P memory keeps none)`
    ),
    ...result.warnings,
  ];
  if (notes.length > 0) lines.push("", ...notes.map((note) => `Note: ${note}`));
  return lines.join("\n") + "\n";
}
