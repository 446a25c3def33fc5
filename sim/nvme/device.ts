/**
 * The device at the other end of the rings. The null device takes commands and
 * completes them at once; the decoding one reads each command's PRPs as a
 * controller would, digests them and moves the bytes.
 */
import {
  ARENA_PHYS_HI_64,
  type KernelMemory,
} from "../memory/kernel_memory.ts";
import {
  type DataPlace,
  differsFromMedium,
  fillMedium,
  type PhysicalMemory,
} from "../memory/physical_memory.ts";
import { CQE, CTRL_PAGE_BYTES, NVME_CMD, SQE } from "./command.ts";
import { LIST_PAGE_BYTES } from "./descriptor_pool.ts";
import { DeviceError } from "./device_error.ts";
import { StreamDigest } from "./digest.ts";
import type { NvmeQueue } from "./queue.ts";

/** A device that works on one queue pair. */
export interface NvmeDevice {
  /** Takes all commands up to the doorbell and completes them. */
  readonly process: () => void;
}

/** What the decoding device has counted. */
export interface DecodedCounts {
  /** Commands. */
  commands: number;
  /** PRP entries that name data: PRP1, PRP2 or list entries, no links. */
  prpEntries: number;
  /** Bytes moved. */
  bytes: number;
}

/** Options of the decoding device. */
export interface DecodeOptions {
  /** Where data bytes are; while it is undefined none are moved. */
  readonly data: () => PhysicalMemory | undefined;
  /** Salt of the medium's content. */
  readonly salt: number;
  /** Told of each command, by its offset in kernel memory, before it is done. */
  readonly onCommand?: (entry: number) => void;
}

/**
 * Makes the null device: it takes every command and completes it, at no other
 * cost than the rings' own.
 *
 * @param memory Kernel memory.
 * @param queue The queue pair.
 * @returns The device.
 */
export function createNullDevice(
  memory: KernelMemory,
  queue: NvmeQueue,
): NvmeDevice {
  return createDevice(memory, queue, () => {});
}

/**
 * Makes the device that decodes commands.
 *
 * @param memory Kernel memory.
 * @param queue The queue pair.
 * @param options Data memory and content.
 * @returns The device, its counts and its digest.
 */
export function createDecodingDevice(
  memory: KernelMemory,
  queue: NvmeQueue,
  options: DecodeOptions,
): NvmeDevice & {
  readonly counts: DecodedCounts;
  readonly digest: StreamDigest;
} {
  const { getLe32, view, abi } = memory;
  const { salt, onCommand } = options;
  const listHi = abi.pointerBytes === 8 ? ARENA_PHYS_HI_64 : 0;
  const counts: DecodedCounts = { commands: 0, prpEntries: 0, bytes: 0 };
  const digest = new StreamDigest();
  const place: DataPlace = { words: new Uint32Array(0), index: 0 };

  const listAt = (lo: number, hi: number): number => {
    if (
      hi !== listHi || (lo & 7) !== 0 || (lo >>> 0) >= memory.buffer.byteLength
    ) {
      throw new DeviceError(
        `Cannot read a PRP list at bus address ${hex(lo, hi)}: ` +
          `no list memory is there, expected one of the descriptor pools`,
      );
    }
    return lo;
  };

  const move = (
    lo: number,
    hi: number,
    length: number,
    word: number,
    isRead: boolean,
  ): void => {
    const data = options.data();
    if (data === undefined) return;
    data.atBus(lo, hi, length, place);
    const { words, index } = place;
    if (words.length === 0) {
      throw new DeviceError(
        `Cannot move ${length} bytes at bus address ${hex(lo, hi)}: ` +
          `nothing is there, expected host memory or a BAR`,
      );
    }
    const stretch = { index, count: length >>> 2, word, salt };
    if (isRead) fillMedium(words, stretch);
    else {
      const wrong = differsFromMedium(words, stretch);
      if (wrong >= 0) {
        throw new DeviceError(
          `Cannot write ${length} bytes from bus address ${hex(lo, hi)}: ` +
            `byte ${wrong * 4} is not what the I/O holds`,
        );
      }
    }
    counts.bytes += length;
  };

  const decode = (entry: number): void => {
    if (onCommand !== undefined) onCommand(entry);
    const opcode = view.getUint8(entry + SQE.opcode);
    const slbaLo = getLe32(entry + SQE.slba);
    const slbaHi = getLe32(entry + SQE.slba + 4);
    const blocks = view.getUint16(entry + SQE.length, true) + 1;
    counts.commands++;
    digest.add(opcode);
    digest.add(slbaLo);
    digest.add(slbaHi);
    digest.add(blocks);
    if (opcode !== NVME_CMD.read && opcode !== NVME_CMD.write) return;
    const isRead = opcode === NVME_CMD.read;
    let rest = blocks * 512;
    // Index of the medium's 4-byte word; wraps at 2^32 words, 16 TiB.
    let word = Math.imul(slbaLo, 128);
    const take = (lo: number, hi: number) => {
      const length = Math.min(rest, CTRL_PAGE_BYTES - (lo & 4095));
      digest.add(lo);
      digest.add(hi);
      counts.prpEntries++;
      move(lo, hi, length, word, isRead);
      word = (word + (length >>> 2)) | 0;
      rest -= length;
    };
    take(getLe32(entry + SQE.prp1), getLe32(entry + SQE.prp1 + 4));
    const prp2Lo = getLe32(entry + SQE.prp2);
    const prp2Hi = getLe32(entry + SQE.prp2 + 4);
    if (rest === 0) {
      if ((prp2Lo | prp2Hi) !== 0) {
        throw new DeviceError(
          `Cannot take a command of one page: PRP2 is ${
            hex(prp2Lo, prp2Hi)
          }, ` +
            `expected 0`,
        );
      }
      return;
    }
    if (rest <= CTRL_PAGE_BYTES) {
      take(prp2Lo, prp2Hi);
      return;
    }
    let at = listAt(prp2Lo, prp2Hi);
    let slot = 0;
    const perPage = LIST_PAGE_BYTES / 8;
    while (rest > 0) {
      const lo = getLe32(at);
      const hi = getLe32(at + 4);
      slot++;
      if (slot === perPage && rest > CTRL_PAGE_BYTES) {
        // The last slot of a full page links to the next one.
        at = listAt(lo, hi);
        slot = 0;
        continue;
      }
      if ((lo & 4095) !== 0) {
        throw new DeviceError(
          `Cannot take PRP entry ${hex(lo, hi)}: it is inside a page, ` +
            `expected a multiple of 4096`,
        );
      }
      take(lo, hi);
      at += 8;
    }
  };
  return { ...createDevice(memory, queue, decode), counts, digest };
}

function createDevice(
  memory: KernelMemory,
  queue: NvmeQueue,
  carryOut: (entry: number) => void,
): NvmeDevice {
  const { getLe32, setLe32, view } = memory;
  const { submission, completion, doorbell, depth } = queue;
  let head = 0;
  let tail = 0;
  let phase = 1;
  const process = (): void => {
    const end = getLe32(doorbell);
    while (head !== end) {
      const entry = submission + head * SQE.sizeBytes;
      carryOut(entry);
      head = head + 1 === depth ? 0 : head + 1;
      const done = completion + tail * CQE.sizeBytes;
      setLe32(done + CQE.result, 0);
      view.setUint16(done + CQE.sqHead, head, true);
      view.setUint16(done + CQE.sqId, 1, true);
      view.setUint16(
        done + CQE.commandId,
        view.getUint16(entry + SQE.commandId, true),
        true,
      );
      view.setUint16(done + CQE.status, phase, true);
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

function hex(lo: number, hi: number): string {
  const high = (hi >>> 0).toString(16);
  return `0x${high}${(lo >>> 0).toString(16).padStart(8, "0")}`;
}
