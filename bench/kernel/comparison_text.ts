/** A comparison of two kernels on one screen. */
import { plainTable } from "../report/plain_table.ts";
import {
  isCore,
  type KernelComparison,
  type KernelDifference,
  type WorkloadComparison,
} from "./compare.ts";

const WIDTH = 80;
const MOST_NAMED = 6;

/**
 * Prints a comparison.
 *
 * @param comparison It.
 * @returns Lines of at most 80 characters.
 */
export function comparisonText(comparison: KernelComparison): string {
  const { workloads, sizes, warnings } = comparison;
  const lines = [
    `Kernel ${comparison.patched} against ${comparison.base}:`,
    ...wrap(sentence(comparison)),
    "",
    "Instructions of one I/O in block, nvme and iov_iter (core), and in all:",
    ...plainTable<WorkloadComparison>(
      [
        { header: "workload", cell: ({ name }) => name, left: true },
        column("core", 0, (one) => String(one.base)),
        column("patched", 0, change),
        column("noise", 0, (one) => `±${one.noise}`),
        column("all", 1, (one) => String(one.base)),
        column("patched", 1, change),
        column("loads", 2, signed),
        column("stores", 3, signed),
        column("lines", 4, signed),
      ],
      workloads,
      { maxWidth: WIDTH },
    ),
  ];
  if (sizes.length > 0) {
    lines.push("", ...wrap(`Sizes in bytes: ${named(sizes)}`));
  }
  for (const one of workloads) {
    const core = one.functions.filter(({ name }) => isCore(name));
    const parts = [
      ["lines", one.lines.filter(ofPath)],
      ["accesses", one.accesses.filter(ofPath)],
      ["functions", core.length > 0 ? core : one.functions],
    ] as const;
    const found = parts.filter(([, list]) => list.length > 0);
    if (found.length === 0) continue;
    lines.push("", `${one.name}:`);
    for (const [what, list] of found) {
      lines.push(...wrap(`  ${what}: ${named(list)}`, "    "));
    }
  }
  if (warnings.length > 0) {
    lines.push("", ...warnings.flatMap((text) => wrap(`Note: ${text}`)));
  }
  return lines.join("\n") + "\n";
}

/**
 * What an I/O has for itself. Shared objects, such as the queue, lie where a
 * boot happens to put them, and so take a line more or less.
 */
function ofPath({ name }: KernelDifference): boolean {
  return /^(bio|bio_vec.*|blkdev_dio|struct page \(data\)|request|nvme_iod|scatterlist|PRP.*|nvme SQ)$/
    .test(name);
}

function sentence(comparison: KernelComparison): string {
  const core = comparison.workloads.flatMap(({ name, figures }) => {
    const [figure] = figures;
    return figure === undefined ? [] : [{ name, figure }];
  });
  const sure = core.filter(({ figure }) =>
    figure.verdict === "exact" || figure.verdict === "beyond noise"
  );
  if (sure.length === 0) {
    return `No difference in block, nvme and iov_iter beyond the noise, in ` +
      `${core.length} workload${core.length === 1 ? "" : "s"}.`;
  }
  const less = sure.filter(({ figure }) => figure.patched < figure.base);
  return `Fewer instructions in ${less.length}, more in ` +
    `${sure.length - less.length}, no difference beyond the noise in ` +
    `${core.length - sure.length} of ${core.length} workloads.`;
}

function column(
  header: string,
  index: number,
  cell: (figure: KernelDifference) => string,
) {
  return {
    header,
    cell: ({ figures }: WorkloadComparison) => {
      const figure = figures[index];
      return figure === undefined ? "-" : cell(figure);
    },
  };
}

function change(one: KernelDifference): string {
  const apart = one.patched - one.base;
  if (apart === 0) return "same";
  const percent = one.base === 0 ? "" : ` ${sign(apart / one.base * 100, 1)}%`;
  return `${sign(apart)}${percent}${one.verdict === "within noise" ? "~" : ""}`;
}

function signed(one: KernelDifference): string {
  return one.patched === one.base ? "same" : sign(one.patched - one.base);
}

function sign(value: number, digits = 0): string {
  return `${value > 0 ? "+" : ""}${value.toFixed(digits)}`;
}

function named(list: readonly KernelDifference[]): string {
  const shown = list.slice(0, MOST_NAMED).map(({ name, base, patched }) =>
    `${name} ${base} -> ${patched}`
  );
  const more = list.length - shown.length;
  return shown.join(", ") + (more > 0 ? `, and ${more} more (--json)` : "");
}

function wrap(text: string, indent = ""): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line.length + word.length + 1 > WIDTH && line.trim() !== "") {
      lines.push(line);
      line = indent + word;
    } else line = line === "" && lines.length === 0 ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines;
}
