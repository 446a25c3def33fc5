/**
 * A pair of NVMe rings in host memory: the driver's side of submission and
 * completion (drivers/nvme/host/pci.c, struct nvme_queue).
 */
import type { KernelMemory } from "../memory/kernel_memory.ts";
import { CQE, SQE } from "./command.ts";

// V8 loads an imported binding anew at every use and folds a const of the
// module that uses it.
const SQE_BYTES = SQE.sizeBytes;
const CQE_BYTES = CQE.sizeBytes;
const COMPLETION = CQE;

/** One queue pair. */
export interface NvmeQueue {
  /** Entries of each ring. */
  readonly depth: number;
  /** Offset of the submission ring. */
  readonly submission: number;
  /** Offset of the completion ring. */
  readonly completion: number;
  /** Offset of the doorbells: submission tail, then completion head. */
  readonly doorbell: number;
  /** Copies a command into the ring (nvme_sq_copy_cmd). */
  readonly push: (command: number) => void;
  /** Tells the device about new commands (nvme_write_sq_db). */
  readonly ring: () => void;
  /** Takes the next completion: its command id, or -1 where none is. */
  readonly reap: () => number;
  /** Status of the completion that `reap` gave last; 0 for success. */
  readonly status: () => number;
  /** Empties both rings (nvme_init_queue), as after a controller reset. */
  readonly reset?: () => void;
}

/**
 * Makes a queue pair.
 *
 * @param memory Kernel memory.
 * @param depth Entries of each ring, a power of two.
 * @returns The pair.
 */
export function createNvmeQueue(
  memory: KernelMemory,
  depth: number,
): NvmeQueue {
  const { get16, set16, get32, set32, view, setLe32 } = memory;
  const { get64Lo, get64Hi, set64 } = memory;
  const submission = memory.reserve("nvme sq", depth * SQE_BYTES, {
    strideBytes: SQE_BYTES,
    alignBytes: 4096,
  });
  const completion = memory.reserve("nvme cq", depth * CQE_BYTES, {
    strideBytes: CQE_BYTES,
    alignBytes: 4096,
  });
  const doorbell = memory.reserve("nvme doorbell", 8);
  const queue = memory.reserve("nvme_queue", 64);
  const tailAt = queue;
  const headAt = queue + 2;
  const phaseAt = queue + 4;
  set16(phaseAt, 1);
  let lastStatus = 0;

  // memcpy() by machine words.
  const copy = memory.abi.longBytes === 8
    ? (to: number, from: number): void => {
      for (let i = 0; i < SQE_BYTES; i += 8) {
        set64(to + i, get64Lo(from + i), get64Hi(from + i));
      }
    }
    : (to: number, from: number): void => {
      for (let i = 0; i < SQE_BYTES; i += 4) set32(to + i, get32(from + i));
    };
  const push = (command: number): void => {
    const tail = get16(tailAt);
    copy(submission + tail * SQE_BYTES, command);
    set16(tailAt, tail + 1 === depth ? 0 : tail + 1);
  };
  const ring = (): void => setLe32(doorbell, get16(tailAt));
  const reap = (): number => {
    const head = get16(headAt);
    const entry = completion + head * CQE_BYTES;
    const status = view.getUint16(entry + COMPLETION.status, true);
    if ((status & 1) !== get16(phaseAt)) return -1;
    lastStatus = status >>> 1;
    const commandId = view.getUint16(entry + COMPLETION.commandId, true);
    if (head + 1 === depth) {
      set16(headAt, 0);
      set16(phaseAt, get16(phaseAt) ^ 1);
    } else {
      set16(headAt, head + 1);
    }
    return commandId;
  };
  const reset = (): void => {
    for (let at = 0; at < depth * CQE_BYTES; at += 4) {
      set32(completion + at, 0);
    }
    set16(tailAt, 0);
    set16(headAt, 0);
    set16(phaseAt, 1);
    setLe32(doorbell, 0);
  };
  return {
    depth,
    submission,
    completion,
    doorbell,
    push,
    ring,
    reap,
    status: () => lastStatus,
    reset,
  };
}
