/**
 * A device that reads each command's PRPs or SGL as a controller would,
 * digests them and moves the bytes. It trusts nothing: a bad descriptor or an
 * address where nothing is ends the run with what was wrong.
 */
import type { KernelMemory } from "../memory/kernel_memory.ts";
import { NVME_CMD, SQE } from "./command.ts";
import { createPrpDecoder } from "./decode_prp.ts";
import { createSglDecoder } from "./decode_sgl.ts";
import { createFindList, type DecodedTransfer } from "./decoded_transfer.ts";
import { createDevice, type MakeDevice, type NvmeDevice } from "./device.ts";
import { createDeviceData, type DeviceDataOptions } from "./device_data.ts";
import { DeviceError } from "./device_error.ts";
import { createDeviceMetadata } from "./device_metadata.ts";
import { StreamDigest } from "./digest.ts";
import type { NvmeQueue } from "./queue.ts";

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
  const { getLe32, view } = memory;
  const { onCommand, blockBytes } = options;
  const counts: DecodedCounts = {
    commands: 0,
    prpEntries: 0,
    sglDescriptors: 0,
    bytes: 0,
  };
  const digest = options.digest ?? new StreamDigest();
  const listAt = createFindList(memory);
  const data = createDeviceData(memory, options, {
    counts,
    metadata: createDeviceMetadata(memory, listAt),
  });
  const transfer: DecodedTransfer = {
    ...{ memory, counts, digest, listAt },
    rest: 0,
    move: data.move,
  };
  const decodePrp = createPrpDecoder(transfer);
  const decodeSgl = createSglDecoder(transfer);

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
    transfer.rest = blocks * blockBytes;
    data.begin(entry, {
      isRead: opcode === NVME_CMD.read,
      blocks,
      slbaLo,
    });
    const kind = view.getUint8(entry + SQE.flags) >>> 6;
    if (kind === 0) decodePrp(entry);
    else if (kind > 2 || (kind === 2 && !options.metadataSgl)) {
      throw new DeviceError(
        `Cannot take a command of transfer type ${kind}, expected ` +
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
