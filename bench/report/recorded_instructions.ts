/**
 * What a real kernel ran with another bio_vec, so that nobody takes the
 * instructions of the path in C for the kernel's.
 *
 * Linux 7.2.13 of a small config, gcc 12.2 -O2, in QEMU (TCG, one CPU): block,
 * nvme and iov_iter of one direct I/O, median of nine, against the unpatched
 * kernel. The same sources with mainline's layout differ by nothing there.
 */

/** Changes in percent of the instructions for 128 KiB in 32 pages. */
export const RECORDED_INSTRUCTIONS = {
  kernel: "Linux 7.2.13",
  what: "128 KiB in 32 pages",
  pread: { physFlagsByPage: -0.1, physFlagsByFlag: 1.8, packed: -0.5 },
  registered: { physFlagsByPage: -4.7, physFlagsByFlag: -4.7, packed: -5.2 },
} as const;

/**
 * Says what a patched kernel ran, beside what the path in C counts.
 *
 * @returns A sentence for below a table of instructions.
 */
export function kernelInstructionsNote(): string {
  const { kernel, what, pread, registered } = RECORDED_INSTRUCTIONS;
  const percent = (value: number) => `${value > 0 ? "+" : ""}${value}%`;
  const three = (of: typeof pread | typeof registered) =>
    [of.physFlagsByPage, of.physFlagsByFlag, of.packed].map(percent).join(", ");
  return `instructions of this path do not predict a kernel's: it is told the ` +
    `flag of memory, which a kernel finds in struct page when it pins it. ` +
    `${kernel}, patched, ran for ${what} with phys_flags by page, by flag, ` +
    `and phys_packed ${three(pread)} (pread) and ` +
    `${three(registered)} (registered)`;
}
