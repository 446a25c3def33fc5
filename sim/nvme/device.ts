/**
 * The device at the other end of the rings: takes commands up to the doorbell
 * and completes them. The null device does nothing else; the one that decodes
 * them is in decoding_device.ts.
 */
import type { KernelMemory } from "../memory/kernel_memory.ts";
import { CQE, SQE } from "./command.ts";
import type { NvmeQueue } from "./queue.ts";

// Constants of its own: bench/HOT_PATH.md.
const SQE_BYTES = SQE.sizeBytes;
const CQE_BYTES = CQE.sizeBytes;
const ENDED_ID_AT = CQE.commandId;
const RESULT_AT = CQE.result;
const SQ_HEAD_AT = CQE.sqHead;
const SQ_ID_AT = CQE.sqId;
const STATUS_AT = CQE.status;
const COMMAND_ID_AT = SQE.commandId;

/** A device that works on one queue pair. */
export interface NvmeDevice {
  /** Takes all commands up to the doorbell and completes them. */
  readonly process: () => void;
}

/** Makes a device from what it does with a command. */
export type MakeDevice = (
  memory: KernelMemory,
  queue: NvmeQueue,
  carryOut: (entry: number) => void,
) => NvmeDevice;

/**
 * Makes the null device: it takes every command and completes it, at no other
 * cost than the rings' own.
 */
export function createNullDevice(
  memory: KernelMemory,
  queue: NvmeQueue,
): NvmeDevice {
  return createDevice(memory, queue, () => {});
}

/**
 * Makes a device from what it does with a command.
 *
 * @param carryOut Carries out the command at an offset of the memory.
 */
export function createDevice(
  memory: KernelMemory,
  queue: NvmeQueue,
  carryOut: (entry: number) => void,
): NvmeDevice {
  const { getLe32, setLe32, view, offsetMask } = memory;
  const { submission, completion, doorbell, depth } = queue;
  // Int32 words instead of `let`s: bench/HOT_PATH.md, "Integers".
  const { getOwn, setOwn } = memory;
  const HEAD = memory.reserveOwn(3);
  const TAIL = HEAD + 4;
  const PHASE = HEAD + 8;
  setOwn(PHASE, 1);
  const process = (): void => {
    const end = getLe32(doorbell);
    for (;;) {
      const before = getOwn(HEAD);
      if (before === end) return;
      const entry = (submission + Math.imul(before, SQE_BYTES)) & offsetMask;
      carryOut(entry);
      const next = (before + 1) | 0;
      const head = next === depth ? 0 : next;
      setOwn(HEAD, head);
      const tail = getOwn(TAIL);
      const phase = getOwn(PHASE);
      const done = (completion + Math.imul(tail, CQE_BYTES)) & offsetMask;
      setLe32(done + RESULT_AT, 0);
      view.setUint16(done + SQ_HEAD_AT, head, true);
      view.setUint16(done + SQ_ID_AT, 1, true);
      view.setUint16(
        done + ENDED_ID_AT,
        view.getUint16(entry + COMMAND_ID_AT, true),
        true,
      );
      view.setUint16(done + STATUS_AT, phase, true);
      const behind = (tail + 1) | 0;
      if (behind === depth) setOwn(PHASE, phase ^ 1);
      setOwn(TAIL, behind === depth ? 0 : behind);
    }
  };
  return { process };
}
