/**
 * A device that reads each command's PRPs or SGL as a controller would,
 * digests them and moves the bytes. It trusts nothing: a bad descriptor or an
 * address where nothing is ends the run with what was wrong.
 */
import {
  ARENA_PHYS_HI_64,
  type KernelMemory,
} from "../memory/kernel_memory.ts";
import { CTRL_PAGE_BYTES, NVME_CMD, SGL_TYPE, SQE } from "./command.ts";
import { LIST_PAGE_BYTES } from "./descriptor_pool.ts";
import { createDevice, type MakeDevice, type NvmeDevice } from "./device.ts";
import { createDeviceData, type DeviceDataOptions } from "./device_data.ts";
import { busAddressText, DeviceError } from "./device_error.ts";
import { createDeviceMetadata } from "./device_metadata.ts";
import { StreamDigest } from "./digest.ts";
import type { NvmeQueue } from "./queue.ts";
import { SGL_DESCRIPTOR_BYTES } from "./sgl.ts";

/** What the decoding device has counted. */
export interface DecodedCounts {
  /** Commands. */
  commands: number;
  /** PRP entries that name data: PRP1, PRP2 or list entries, no links. */
  prpEntries: number;
  /** SGL data descriptors. */
  sglDescriptors: number;
  /** Bytes moved. */
  bytes: number;
}

/** Options of the decoding device. */
export interface DecodeOptions extends DeviceDataOptions {
  /** Whether it takes SGLs. */
  readonly sgl: boolean;
  /** Whether it takes SGLs for metadata, too; default: false. */
  readonly metadataSgl?: boolean | undefined;
  /** Called for each command before it is done, by its offset in memory. */
  readonly onCommand?: ((entry: number) => void) | undefined;
  /** Makes the rings' side; default: one that completes at once. */
  readonly make?: MakeDevice | undefined;
  /** Digests the commands; default: one in the order of commands. */
  readonly digest?: StreamDigest | undefined;
}

/**
 * Makes the device that decodes commands.
 *
 * @param queue The queue pair.
 * @param options Data memory and content.
 */
export function createDecodingDevice(
  memory: KernelMemory,
  queue: NvmeQueue,
  options: DecodeOptions,
): NvmeDevice & {
  readonly counts: DecodedCounts;
  readonly digest: StreamDigest;
  /** Carries out the command at an offset, for a device of another kind. */
  readonly carryOut: (entry: number) => void;
} {
  const { getLe32, view, abi } = memory;
  const { onCommand, blockBytes } = options;
  const listHi = abi.pointerBytes === 8 ? ARENA_PHYS_HI_64 : 0;
  const counts: DecodedCounts = {
    commands: 0,
    prpEntries: 0,
    sglDescriptors: 0,
    bytes: 0,
  };
  const digest = options.digest ?? new StreamDigest();
  let rest = 0;

  const listAt = (lo: number, hi: number, what: string): number => {
    if (
      hi !== listHi || (lo & 7) !== 0 || (lo >>> 0) >= memory.sizeBytes
    ) {
      throw new DeviceError(
        `Cannot read ${what} at bus address ${busAddressText(lo, hi)}: ` +
          `no list memory is there, expected one of the descriptor pools`,
      );
    }
    return lo;
  };

  const moved = createDeviceData(memory, options, {
    counts,
    metadata: createDeviceMetadata(memory, listAt),
  });
  const move = (lo: number, hi: number, length: number): void => {
    rest -= length;
    moved.move(lo, hi, length);
  };

  const takePage = (lo: number, hi: number): void => {
    digest.add(lo);
    digest.add(hi);
    counts.prpEntries++;
    move(lo, hi, Math.min(rest, CTRL_PAGE_BYTES - (lo & 4095)));
  };

  const decodePrp = (entry: number): void => {
    takePage(getLe32(entry + SQE.prp1), getLe32(entry + SQE.prp1 + 4));
    const prp2Lo = getLe32(entry + SQE.prp2);
    const prp2Hi = getLe32(entry + SQE.prp2 + 4);
    if (rest === 0) {
      if ((prp2Lo | prp2Hi) !== 0) {
        throw new DeviceError(
          `Cannot take a command of one page: PRP2 is ${
            busAddressText(prp2Lo, prp2Hi)
          }` +
            `, expected 0`,
        );
      }
      return;
    }
    if (rest <= CTRL_PAGE_BYTES) {
      takeWhole(prp2Lo, prp2Hi);
      return;
    }
    let at = listAt(prp2Lo, prp2Hi, "a PRP list");
    let slot = 0;
    while (rest > 0) {
      const lo = getLe32(at);
      const hi = getLe32(at + 4);
      slot++;
      if (slot === LIST_PAGE_BYTES / 8 && rest > CTRL_PAGE_BYTES) {
        // The last slot of a full page links to the next one.
        at = listAt(lo, hi, "a PRP list");
        slot = 0;
        continue;
      }
      takeWhole(lo, hi);
      at += 8;
    }
  };

  const takeWhole = (lo: number, hi: number): void => {
    if ((lo & 4095) !== 0) {
      throw new DeviceError(
        `Cannot take PRP entry ${
          busAddressText(lo, hi)
        }: it is inside a page, ` +
          `expected a multiple of 4096`,
      );
    }
    takePage(lo, hi);
  };

  const takeDescriptor = (at: number): void => {
    const lo = getLe32(at);
    const hi = getLe32(at + 4);
    const length = getLe32(at + 8) >>> 0;
    const type = view.getUint8(at + 15);
    if (type !== SGL_TYPE.data || length === 0 || length > rest) {
      throw new DeviceError(
        `Cannot take SGL descriptor of type 0x${type.toString(16)} and ` +
          `${length} bytes at ${
            busAddressText(lo, hi)
          }, expected a data block of 1 to ` +
          `${rest} bytes`,
      );
    }
    digest.add(lo);
    digest.add(hi);
    digest.add(length);
    counts.sglDescriptors++;
    move(lo, hi, length);
  };

  const decodeSgl = (entry: number): void => {
    const pointer = entry + SQE.prp1;
    const type = view.getUint8(pointer + 15);
    if (type === SGL_TYPE.data) takeDescriptor(pointer);
    else if (type === SGL_TYPE.last) {
      const lo = getLe32(pointer);
      const hi = getLe32(pointer + 4);
      const bytes = getLe32(pointer + 8) >>> 0;
      if (bytes === 0 || bytes % SGL_DESCRIPTOR_BYTES !== 0) {
        throw new DeviceError(
          `Cannot read an SGL segment of ${bytes} bytes at ${
            busAddressText(lo, hi)
          }, ` +
            `expected whole descriptors of 16 bytes`,
        );
      }
      const list = listAt(lo, hi, "an SGL segment");
      for (let at = list; at < list + bytes; at += SGL_DESCRIPTOR_BYTES) {
        takeDescriptor(at);
      }
    } else {
      throw new DeviceError(
        `Cannot take an SGL that begins with type 0x${type.toString(16)}, ` +
          `expected a data block (0x0) or a last segment (0x30)`,
      );
    }
    if (rest !== 0) {
      throw new DeviceError(
        `Cannot carry out a command: its SGL lacks ${rest} bytes, expected ` +
          `descriptors for all blocks`,
      );
    }
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
    rest = blocks * blockBytes;
    moved.begin(entry, {
      isRead: opcode === NVME_CMD.read,
      blocks,
      slbaLo,
    });
    const transfer = view.getUint8(entry + SQE.flags) >>> 6;
    if (transfer === 0) decodePrp(entry);
    else if (transfer > 2 || (transfer === 2 && !options.metadataSgl)) {
      throw new DeviceError(
        `Cannot take a command of transfer type ${transfer}, expected ` +
          `PRPs (0) or an SGL${
            options.metadataSgl ? " (1, 2)" : " (1), metadata by address"
          }`,
      );
    } else if (options.sgl) decodeSgl(entry);
    else {
      throw new DeviceError(
        `Cannot take a command with an SGL: the controller has no SGL ` +
          `support, expected PRPs`,
      );
    }
  };
  const make = options.make ?? createDevice;
  return {
    ...make(memory, queue, decode),
    counts,
    digest,
    carryOut: decode,
  };
}
