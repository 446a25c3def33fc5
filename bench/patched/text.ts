/** A comparison with patched kernels as text of 80 columns. */
import { type Column, plainTable } from "../text/plain_table.ts";
import { wrap } from "../text/wrap.ts";
import { plural } from "../../sim/text/plural.ts";
import {
  MOST_POINTS_OFF,
  type PatchedResult,
  type PatchedRow,
  SIGN_FROM_PERCENT,
} from "./result.ts";

const WIDTH = 80;

/** A change in percent with its sign, to a tenth. */
function percent(value: number | null): string {
  if (value === null) return "-";
  const text = value.toFixed(1);
  return text === "-0.0" || text === "0.0"
    ? "0.0"
    : value > 0
    ? `+${text}`
    : text;
}

/** Reasons by the letter that is in the table. */
function lettered(rows: readonly PatchedRow[]): ReadonlyMap<string, string> {
  const reasons = rows.flatMap(({ reason }) => reason ?? []);
  return new Map(
    [...new Set(reasons)].map((
      reason,
      i,
    ) => [reason, String.fromCharCode(97 + i)]),
  );
}

/**
 * Formats a comparison: the kernel's change, the lab's and what explains a
 * difference.
 *
 * @returns Lines of at most 80 columns.
 */
export function patchedLines(result: PatchedResult): string[] {
  const { rows, build, tool } = result;
  const letters = lettered(rows);
  const columns: Column<PatchedRow>[] = [
    { header: "workload", left: true, cell: ({ workload }) => workload },
    {
      header: "kernel",
      left: true,
      cell: ({ kernel, layout, recognition }) =>
        layout === "" ? kernel : `${kernel}: ${layout}, ${recognition}`,
    },
    { header: "real %", cell: ({ kernelChange }) => percent(kernelChange) },
    { header: "lab %", cell: ({ labChange }) => percent(labChange) },
    {
      header: "off",
      cell: ({ kernelChange, labChange }) =>
        percent(labChange === null ? null : labChange - kernelChange),
    },
    {
      header: "",
      left: true,
      cell: ({ within, reason }) =>
        [
          within === false ? "WRONG" : "",
          reason === undefined ? "" : letters.get(reason) ?? "",
        ].join(" ").trim(),
    },
  ];
  const counted = rows.filter(({ within }) => within !== null);
  const right = counted.filter(({ within }) => within).length;
  return [
    ...wrap(
      `${
        plural(counted.length, "change")
      } of instructions compared, ${right} within ${MOST_POINTS_OFF} ` +
        `percentage points and of the kernel's sign where that is above ` +
        `${SIGN_FROM_PERCENT} %. Real: block, nvme and iov_iter of a kernel ` +
        `with that bio_vec against the unpatched one; lab: the path in C ` +
        `against mainline's layout (${build}; ${tool}).`,
      { width: WIDTH },
    ),
    "",
    ...plainTable(columns, rows, { maxWidth: WIDTH }),
    ...[...letters].flatMap(([reason, letter]) =>
      wrap(`${letter}: ${reason}`, { width: WIDTH, indent: "   " })
    ),
  ];
}
