/** Workloads of `lab:kernel run`: names and shapes of oracle/footprint. */

/** What the guest program does, nine times recorded. */
export interface GuestWorkload {
  readonly name: string;
  /** How I/Os are submitted; "uringfix" has registered buffers. */
  readonly api: "pread" | "aio" | "uring" | "uringfix";
  readonly op: "r" | "w";
  /** Bytes of one I/O. */
  readonly bytes: number;
  /** Memory of the buffers. */
  readonly kind: "contiguous" | "scattered" | "huge" | "p2p";
  /** I/Os submitted at a time. */
  readonly depth: number;
}

const KIB = 1024;

export const WORKLOADS: readonly GuestWorkload[] = [
  of("a_4k_uring_fixed", "uringfix", 4 * KIB),
  of("b_4k_pread", "pread", 4 * KIB),
  of("c_128k_pread_scattered", "pread", 128 * KIB),
  of("d_1m_pread_huge", "pread", 1024 * KIB, { kind: "huge" }),
  of("e_64k_pwrite_scattered", "pread", 64 * KIB, { op: "w" }),
  of("a2_4k_uring", "uring", 4 * KIB),
  of("a3_4k_aio", "aio", 4 * KIB),
  of("c2_128k_uring_scattered", "uring", 128 * KIB),
  of("c3_128k_uring_fixed_scattered", "uringfix", 128 * KIB),
  of("c4_128k_pread_contiguous", "pread", 128 * KIB, { kind: "contiguous" }),
  of("c5_128k_aio_scattered", "aio", 128 * KIB),
  of("d5_512k_pread_huge", "pread", 512 * KIB, { kind: "huge" }),
  of("g_4k_uring_fixed_qd32", "uringfix", 4 * KIB, { depth: 32 }),
  of("f_1m_pread_p2p", "pread", 1024 * KIB, { kind: "p2p" }),
];

/** What is measured without --workload: the five of the time budget. */
export const DEFAULT_GUEST_WORKLOADS: readonly string[] = [
  "a_4k_uring_fixed",
  "b_4k_pread",
  "c_128k_pread_scattered",
  "d_1m_pread_huge",
  "e_64k_pwrite_scattered",
];

function of(
  name: string,
  api: GuestWorkload["api"],
  bytes: number,
  more: Partial<GuestWorkload> = {},
): GuestWorkload {
  return { name, api, op: "r", bytes, kind: "scattered", depth: 1, ...more };
}
