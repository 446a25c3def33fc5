/**
 * A pair of NVMe rings in host memory: the driver's side of submission and
 * completion (drivers/nvme/host/pci.c, struct nvme_queue).
 */
import { fieldOffset } from "../kernel/path_structs.ts";
import type { ParsedStruct } from "../kernel/pahole_offsets.ts";
import type { KernelMemory } from "../memory/kernel_memory.ts";
import { createTouch } from "../kernel/touch.ts";
import { CQE, SQE } from "./command.ts";

// Constants of its own: bench/HOT_PATH.md.
const SQE_BYTES = SQE.sizeBytes;
const CQE_BYTES = CQE.sizeBytes;
const COMMAND_ID_AT = CQE.commandId;
const STATUS_AT = CQE.status;

/** struct nvme_completion, as the touched fields name it. */
const CQE_STRUCT: ParsedStruct = {
  sizeBytes: CQE_BYTES,
  fields: { result: { offsetBytes: CQE.result, sizeBytes: 8 } },
};

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
  /** Offset of the struct nvme_queue; where it is shared, there is none. */
  readonly state?: number;
  /** Copies a command into the ring (nvme_sq_copy_cmd). */
  readonly push: (command: number) => void;
  /** Tells the device about new commands (nvme_write_sq_db). */
  readonly ring: () => void;
  /**
   * Takes the next completion: its command id, or -1 if there is none, in which
   * case the device is notified of those that were taken
   * (nvme_ring_cq_doorbell).
   */
  readonly reap: () => number;
  /** Status of the completion that `reap` gave last; 0 for success. */
  readonly status: () => number;
  /** Empties both rings (nvme_init_queue), as after a controller reset. */
  readonly reset?: () => void;
}

/**
 * Makes a queue pair.
 *
 * @param depth Entries of each ring, a power of two.
 */
export function createNvmeQueue(
  memory: KernelMemory,
  depth: number,
  struct: ParsedStruct,
): NvmeQueue {
  const { get8, set8, get16, set16, get32, set32, view, setLe32 } = memory;
  const { copy64, offsetMask } = memory;
  const submission = memory.reserve("nvme sq", depth * SQE_BYTES, {
    strideBytes: SQE_BYTES,
    alignBytes: 4096,
  });
  const completion = memory.reserve("nvme cq", depth * CQE_BYTES, {
    strideBytes: CQE_BYTES,
    alignBytes: 4096,
  });
  const doorbell = memory.reserve("nvme doorbell", 8);
  const queue = memory.reserve("nvme_queue", struct.sizeBytes);
  const tailAt = queue + fieldOffset(struct, "sq_tail");
  const headAt = queue + fieldOffset(struct, "cq_head");
  const phaseAt = queue + fieldOffset(struct, "cq_phase");
  set8(phaseAt, 1);
  const touchPush = createTouch(memory, struct, "queuePush");
  const touchRing = createTouch(memory, struct, "queueRing");
  const touchPoll = createTouch(memory, struct, "queuePoll");
  const touchHandle = createTouch(memory, struct, "queueHandle");
  const touchRingCompletion = createTouch(
    memory,
    struct,
    "queueRingCompletion",
  );
  const touchEntry = createTouch(memory, CQE_STRUCT, "completionHandle");
  // Int32 words instead of `let`s: bench/HOT_PATH.md, "Integers".
  const { getOwn, setOwn, addOwn } = memory;
  const STATUS = memory.reserveOwn(2);
  /** Completions taken that the device does not know of yet. */
  const TAKEN = STATUS + 4;

  // memcpy() by machine words.
  const copy = memory.abi.longBytes === 8
    ? (to: number, from: number): void => {
      for (let i = 0; i < SQE_BYTES; i += 8) {
        copy64(to + i, from + i);
      }
    }
    : (to: number, from: number): void => {
      for (let i = 0; i < SQE_BYTES; i += 4) set32(to + i, get32(from + i));
    };
  const push = (command: number): void => {
    touchPush(queue);
    const tail = get16(tailAt);
    copy(
      (submission + Math.imul(tail | 0, SQE_BYTES)) & offsetMask,
      command & offsetMask,
    );
    set16(tailAt, tail + 1 === depth ? 0 : tail + 1);
  };
  const ring = (): void => {
    touchRing(queue);
    setLe32(doorbell, get16(tailAt));
  };
  const reap = (): number => {
    touchPoll(queue);
    const head = get16(headAt);
    const entry = (completion + Math.imul(head | 0, CQE_BYTES)) & offsetMask;
    const status = view.getUint16(entry + STATUS_AT, true);
    if ((status & 1) !== get8(phaseAt)) {
      if (getOwn(TAKEN) > 0) {
        setOwn(TAKEN, 0);
        touchRingCompletion(queue);
        setLe32(doorbell + 4, head);
      }
      return -1;
    }
    addOwn(TAKEN, 1);
    touchHandle(queue);
    touchEntry(entry);
    setOwn(STATUS, status >>> 1);
    const commandId = view.getUint16(entry + COMMAND_ID_AT, true);
    if (head + 1 === depth) {
      set16(headAt, 0);
      set8(phaseAt, get8(phaseAt) ^ 1);
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
    set8(phaseAt, 1);
    setOwn(TAKEN, 0);
    setLe32(doorbell, 0);
    setLe32(doorbell + 4, 0);
  };
  return {
    depth,
    submission,
    completion,
    doorbell,
    state: queue,
    push,
    ring,
    reap,
    status: () => getOwn(STATUS),
    reset,
  };
}
