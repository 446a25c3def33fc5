/**
 * What real kernels ran with other bio_vecs, and how near the path in C comes,
 * so that instructions of the path are not taken for more than they are.
 *
 * Linux 7.2.13 of a small config, gcc 12.2 -O2, in QEMU (TCG, one CPU): block,
 * nvme and iov_iter of one direct I/O, median of nine, against the unpatched
 * kernel (`deno task oracle --patched`, bench/results/README.md).
 */
import patched from "../results/patched_kernels.json" with { type: "json" };
import { mostOf } from "../text/extremes.ts";

/** Kernel with mainline's layout in converted sources: what noise there is. */
const CONTROL = "S0";

/** The changes that were measured in kernels and counted here. */
const CHANGES = patched.rows.flatMap(({ kernel, kernelChange, labChange }) =>
  kernel === CONTROL || labChange === null
    ? []
    : [{ kernelChange, pointsOff: Math.abs(labChange - kernelChange) }]
);

/** How near the path in C comes to patched kernels. */
export const PATCHED_KERNELS: {
  readonly kernel: string;
  /** Changes of instructions that were compared. */
  readonly changes: number;
  /** Percentage points that the path in C is off at most. */
  readonly mostPointsOff: number;
} = {
  kernel: "Linux 7.2.13",
  changes: CHANGES.length,
  mostPointsOff: mostOf(CHANGES.map(({ pointsOff }) => pointsOff)),
};

/** A change of a kernel in one workload, in percent to a tenth. */
function changeOf(kernel: string, workload: string): string {
  const found = patched.rows.find((row) =>
    row.kernel === kernel && row.workload === workload
  );
  const text = (found?.kernelChange ?? NaN).toFixed(1);
  return `${text.startsWith("-") ? "" : "+"}${text}%`;
}

/**
 * Says what patched kernels ran, beside what the path in C counts.
 *
 * @returns A sentence for below a table of instructions.
 */
export function kernelInstructionsNote(): string {
  const { kernel, changes, mostPointsOff } = PATCHED_KERNELS;
  const three = (workload: string) =>
    ["B", "Bf", "P"].map((name) => changeOf(name, workload)).join(", ");
  return `${kernel} was patched with such bio_vecs and counted: 128 KiB in 32 ` +
    `pages change its instructions with phys_flags by page, by flag, and ` +
    `phys_packed by ${three("c_128k_pread_scattered")} (pread) and ` +
    `${
      three("c3_128k_uring_fixed_scattered")
    } (registered); the path in C is within ${
      mostPointsOff.toFixed(1)
    } percentage points of each of ` +
    `${changes} such changes, by which it was tuned`;
}
