/**
 * Cache lines that one I/O touched in a real kernel, so that nobody takes the
 * lines of the model for all of them.
 *
 * Debian's kernel 7.2.13+deb14-amd64, unmodified, in QEMU (TCG, one CPU) on
 * QEMU's NVMe controller without SGLs, raw block device, scheduler none: every
 * load and store of one direct I/O in nine, the one of fewest instructions, was
 * logged and named by the kernel's DWARF; page-table walks, speculation and
 * instruction fetches are not in it. `init_on_alloc` is on, as in Debian; lines
 * that it alone touches are in the sums and not in those of bio_vecs.
 */

import { DEFAULT_API } from "../../sim/block/direct_io.ts";
import type { ResultCell } from "../result/result.ts";

export interface RecordedLines {
  /** The lab's workload of that kind, with the submitter that it has. */
  readonly workload: string;
  /** How the I/O was submitted. */
  readonly api: "pread" | "io_uring";
  /** Whose memory it was on. */
  readonly submitter: "user" | "registered";
  /** What it was, in a few words. */
  readonly what: string;
  /** Distinct lines of 64 bytes, of everything. */
  readonly lines: number;
  /** Of those, lines of the array of bio_vecs. */
  readonly bvecLines: number;
  /**
   * Of those, lines of what each I/O has for itself, which is cold where many
   * are in flight: struct pages, bio_vecs, bio, blkdev_dio, request, nvme_iod,
   * descriptor list, SQE and CQE, with io_uring its io_kiocb and its own SQE.
   * The others are of the queue, the CPU and the task, and stay warm.
   */
  readonly ownLines: number;
  /** Lines that vectors of 12 bytes save, by the model (phys_packed). */
  readonly saved: {
    /** Where init_on_alloc zeroes the object of the array, as recorded. */
    readonly zeroed: number;
    /** Where it does not. */
    readonly plain: number;
  };
}

/** The part of a cell that identifies the recording of the same I/O. */
export type RecordedUse = Pick<
  ResultCell,
  "workload" | "abi" | "submitter" | "api"
>;

/**
 * Finds the recording of a cell's own I/O.
 *
 * @returns The one of its workload, memory and way of submitting; nothing where
 *   no such I/O was recorded, or the ABI is not that of the recorded machine.
 */
export function recordedLines(cell: RecordedUse): RecordedLines | undefined {
  const { workload, abi, submitter = "user", api = DEFAULT_API } = cell;
  return abi !== "lp64"
    ? undefined
    : RECORDED_LINES.find((one) =>
      one.workload === workload && one.submitter === submitter &&
      one.api === api
    );
}

/**
 * Says what was recorded, and of what: an I/O that is submitted otherwise
 * touches others.
 *
 * @returns Text such as `309 lines for 128 KiB in 32 pages by io_uring`.
 */
export function recordedWords({ lines, what, api }: RecordedLines): string {
  return `${lines} lines for ${what} by ${api}`;
}

export const RECORDED_KERNEL = "Debian's 7.2.13";

export const RECORDED_LINES: readonly RecordedLines[] = [
  {
    workload: "4k-hot",
    api: "io_uring",
    submitter: "registered",
    what: "4 KiB registered",
    lines: 224,
    bvecLines: 1,
    ownLines: 19,
    saved: { zeroed: 0, plain: 0 },
  },
  {
    workload: "128k-scattered",
    api: "pread",
    submitter: "user",
    what: "128 KiB in 32 pages",
    lines: 257,
    bvecLines: 8,
    ownLines: 57,
    saved: { zeroed: 0, plain: 2 },
  },
  {
    workload: "128k-scattered",
    api: "io_uring",
    submitter: "user",
    what: "128 KiB in 32 pages",
    lines: 309,
    // 8 of the vectors in an array for 64; GUP stages pointers in 4 others.
    bvecLines: 12,
    ownLines: 69,
    saved: { zeroed: 4, plain: 4 },
  },
  {
    workload: "1m-p2p",
    api: "pread",
    submitter: "user",
    what: "1 MiB of P2P memory",
    lines: 665,
    bvecLines: 64,
    ownLines: 401,
    saved: { zeroed: 0, plain: 16 },
  },
  {
    workload: "1m-segment",
    api: "pread",
    submitter: "user",
    what: "1 MiB of a huge page",
    lines: 604,
    // 1 of the vector; GUP stages page pointers in the others.
    bvecLines: 33,
    ownLines: 400,
    saved: { zeroed: 0, plain: 0 },
  },
];
