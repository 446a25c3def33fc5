/**
 * A comparison of two kernels for a mail to a kernel list: at most 25 lines of
 * 72 columns, what is least needed left out first.
 */
import { plural } from "../../sim/text/plural.ts";
import { plainTable } from "../text/plain_table.ts";
import { commandLines } from "../text/shell_words.ts";
import type { KernelComparison, WorkloadComparison } from "./compare.ts";
import { workloadColumn } from "./comparison_tables.ts";
import {
  byChange,
  change,
  details,
  named,
  percentChange,
  share,
  summary,
  wrapped,
} from "./comparison_words.ts";
import { DEFAULT_GUEST_WORKLOADS } from "./workloads.ts";

const WIDTH = 72;
const MOST_LINES = 25;
const MOST_ROWS = 6;

export function comparisonMail(comparison: KernelComparison): string {
  const { setting, sizes } = comparison;
  const head = [
    ...prose(
      `${comparison.patched} against ${comparison.base}, one direct I/O to ` +
        `NVMe, counted in QEMU ${setting.qemu} (TCG), not timed.`,
    ),
    ...prose(summary(comparison)),
    "",
    ...table(comparison),
  ];
  const foot = [
    ...prose(method(comparison)),
    ...prose(`Counted by ${setting.tool}, for each kernel:`),
    ...commandLines(command(comparison), { width: WIDTH }),
  ];
  const changed = byChange(comparison);
  const more = [
    ...(sizes.length > 0 ? [prose(`Sizes: ${named(sizes)}.`, "  ")] : []),
    ...changed.flatMap((one) =>
      details(one, comparison).filter(([what]) => what === "functions")
        .map(([, list]) => prose(`${one.name}: ${named(list)}.`, "  "))
    ),
  ];
  // Two blank lines are around what there is room for.
  const room = MOST_LINES - head.length - foot.length - 2;
  const shown = notes(comparison.warnings, room);
  for (const lines of more) {
    if (shown.length + lines.length <= room) shown.push(...lines);
  }
  return [
    ...head,
    ...(shown.length > 0 ? ["", ...shown] : []),
    "",
    ...foot,
  ].join("\n") + "\n";
}

/** What makes results unlike; a line says if there is no room for all. */
function notes(warnings: readonly string[], room: number): string[] {
  const all = warnings.map((text) => prose(`Note: ${text}.`, "  "));
  if (all.flat().length <= room) return all.flat();
  const shown: string[] = [];
  let hidden = all.length;
  for (const lines of all) {
    if (shown.length + lines.length > room - 1) continue;
    shown.push(...lines);
    hidden--;
  }
  return [...shown, `${plural(hidden, "more note")} (lab:kernel compare).`];
}

function prose(text: string, indent = ""): string[] {
  return wrapped(text, { width: WIDTH, indent });
}

function table({ workloads }: KernelComparison): string[] {
  const kept = new Set(
    workloads.toSorted((a, b) => share(b) - share(a)).slice(0, MOST_ROWS),
  );
  const whole = [
    workloadColumn("all", "all", (one) => String(one.base)),
    workloadColumn("change", "all", change),
  ];
  const layOut = (more: typeof whole) =>
    plainTable<WorkloadComparison>(
      [
        { header: "instructions of", cell: ({ name }) => name, left: true },
        workloadColumn("core", "core", (one) => String(one.base)),
        workloadColumn("change", "core", change),
        workloadColumn("%", "core", percentChange),
        workloadColumn("noise", "core", (one) => String(one.noise)),
        ...more,
        workloadColumn(
          "bv lines",
          "bvecLines",
          ({ base, patched }) => `${base} -> ${patched}`,
        ),
      ],
      workloads.filter((one) => kept.has(one)),
      { maxWidth: WIDTH },
    );
  const wide = layOut(whole);
  // A mail is short: what is too wide goes without the instructions in all.
  const lines = wide.every((line) => line.length <= WIDTH) ? wide : layOut([]);
  const rest = workloads.length - kept.size;
  return rest > 0
    ? [...lines, `(the ${kept.size} that changed most; ${rest} more counted)`]
    : lines;
}

function method({ controlled }: KernelComparison): string {
  return "Core: block, nvme and iov_iter. Medians of nine I/Os; noise is what " +
    (controlled ? "two boots of the base and " : "") +
    "the nine of a boot differ by (~: within it). bv lines: 64-byte lines of " +
    "bio_vecs touched.";
}

function command({ setting, workloads }: KernelComparison): string[] {
  const names = workloads.map(({ name }) => name);
  const isDefault = names.length === DEFAULT_GUEST_WORKLOADS.length &&
    DEFAULT_GUEST_WORKLOADS.every((name) => names.includes(name));
  return [
    ...["deno", "task", "lab:kernel", "run", "--kernel", "bzImage"],
    ...(setting.controller === "prp"
      ? []
      : ["--controller", setting.controller]),
    ...(setting.latencyNs === 20_000_000
      ? []
      : ["--latency", String(setting.latencyNs / 1000)]),
    ...(setting.warmup === 40 ? [] : ["--warmup", String(setting.warmup)]),
    ...(setting.append === "" ? [] : ["--append", setting.append]),
    ...(isDefault
      ? []
      : ["--workload", ...(names.length > MOST_ROWS ? ["all"] : names)]),
  ];
}
