/** From the name of a workload of patched kernels to a cell of the lab. */
import { DEFAULT_KERNEL } from "../../sim/kernel/profile.ts";
import type { QueueLimits } from "../../sim/block/queue_limits.ts";
import type {
  BufferKind,
  NoCell,
  RecordedCell,
} from "../footprint/recorded_cell.ts";

/** QEMU's controller: requests of 512 KiB, SGLs, so that gaps are allowed. */
const LIMITS: QueueLimits = {
  logicalBlockBytes: 512,
  physicalBlockBytes: 512,
  maxSectors: 1024,
  chunkSectors: 0,
  maxSegments: 129,
  maxSegmentBytes: 0xffffffff,
  segBoundaryMask: 0xffffffff,
  virtBoundaryMask: 0,
  dmaAlignmentMask: 3,
};

/** An I/O: `a_4k_uring_fixed`, `e_64k_pwrite_scattered`, `f2_64k_pread_p2p`. */
const NAME =
  /^[a-z]\d*_(\d{1,4})([km])_(pread|pwrite|uring)(_fixed)?(?:_([a-z0-9]+))?$/;

const KINDS: Readonly<Record<string, BufferKind>> = {
  scattered: "scattered",
  contig: "contiguous",
  huge: "huge",
  p2p: "p2p",
};

/**
 * @param workload Its name: size, API, `_fixed` for a registered buffer, and
 *   the memory of the buffer.
 */
export function patchedCell(workload: string): RecordedCell | NoCell {
  const found = NAME.exec(workload);
  if (found === null) {
    return { reason: "its name does not say size, API and memory" };
  }
  const [, size, unit, api, fixed, memory = "scattered"] = found;
  if (memory === "p2pmix") {
    return {
      reason: "a 7.2 ends a direct I/O where the kind of memory changes, and " +
        "the rest goes through the page cache (pread) or is left to the " +
        "program (io_uring): neither is modelled",
    };
  }
  const kind = Object.hasOwn(KINDS, memory) ? KINDS[memory] : undefined;
  if (kind === undefined) {
    return {
      reason: `memory "${memory}" is not known, only ` +
        Object.keys(KINDS).join(", "),
    };
  }
  const bytes = Number(size) * (unit === "k" ? 1 << 10 : 1 << 20);
  const isUring = api === "uring";
  if (fixed !== undefined && (!isUring || kind === "p2p")) {
    return { reason: "only io_uring registers buffers, and no P2P memory" };
  }
  if (isUring && bytes > LIMITS.maxSectors * 512) {
    return {
      reason: "an io_uring read that has to be split fails with EAGAIN, and " +
        "a worker does it again",
    };
  }
  return {
    kernel: DEFAULT_KERNEL,
    api: isUring ? "io_uring" : "pread",
    registered: fixed !== undefined,
    isWrite: api === "pwrite",
    bytes,
    depth: 1,
    kind,
    limits: LIMITS,
    sgl: true,
    // The kernels have no init_on_alloc, and no stack is zeroed.
    initOnAlloc: false,
    p2pdma: true,
    buffersInTurn: true,
  };
}
