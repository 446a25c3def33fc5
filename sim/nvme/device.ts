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
const COMPLETION = CQE;
const COMMAND = SQE;

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
 *
 * @param queue The queue pair.
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
 * @param queue The queue pair.
 * @param carryOut Carries out the command at an offset of the memory.
 */
export function createDevice(
  memory: KernelMemory,
  queue: NvmeQueue,
  carryOut: (entry: number) => void,
): NvmeDevice {
  const { getLe32, setLe32, view, offsetMask } = memory;
  const { submission, completion, doorbell, depth } = queue;
  let head = 0;
  let tail = 0;
  let phase = 1;
  const process = (): void => {
    const end = getLe32(doorbell);
    while (head !== end) {
      const entry = (submission + Math.imul(head | 0, SQE_BYTES)) & offsetMask;
      carryOut(entry);
      head = head + 1 === depth ? 0 : head + 1;
      const done = (completion + Math.imul(tail | 0, CQE_BYTES)) & offsetMask;
      setLe32(done + COMPLETION.result, 0);
      view.setUint16(done + COMPLETION.sqHead, head, true);
      view.setUint16(done + COMPLETION.sqId, 1, true);
      view.setUint16(
        done + COMPLETION.commandId,
        view.getUint16(entry + COMMAND.commandId, true),
        true,
      );
      view.setUint16(done + COMPLETION.status, phase, true);
      if (tail + 1 === depth) {
        tail = 0;
        phase ^= 1;
      } else {
        tail++;
      }
    }
  };
  return { process };
}
