/**
 * SGLs as a controller reads them: one data block in the command, or a last
 * segment with descriptors of data blocks.
 */
import { SGL_TYPE, SQE } from "./command.ts";
import { type DecodedTransfer, takeBytes } from "./decoded_transfer.ts";
import { busAddressText, DeviceError } from "./device_error.ts";
import { SGL_DESCRIPTOR_BYTES } from "./sgl.ts";

/** Makes what decodes the SGL of the command at an offset. */
export function createSglDecoder(
  transfer: DecodedTransfer,
): (entry: number) => void {
  const { memory: { getLe32, view }, counts, digest, listAt } = transfer;

  const takeDescriptor = (at: number): void => {
    const lo = getLe32(at);
    const hi = getLe32(at + 4);
    const length = getLe32(at + 8) >>> 0;
    const type = view.getUint8(at + 15);
    if (type !== SGL_TYPE.data || length === 0 || length > transfer.rest) {
      throw new DeviceError(
        `Cannot take SGL descriptor of type 0x${type.toString(16)} and ` +
          `${length} bytes at ${busAddressText(lo, hi)}, expected a data ` +
          `block of 1 to ${transfer.rest} bytes`,
      );
    }
    digest.add(lo);
    digest.add(hi);
    digest.add(length);
    counts.sglDescriptors++;
    takeBytes(transfer, lo, hi, length);
  };

  const decode = (entry: number): void => {
    const pointer = entry + SQE.prp1;
    const type = view.getUint8(pointer + 15);
    if (type === SGL_TYPE.data) takeDescriptor(pointer);
    else if (type === SGL_TYPE.last) {
      const lo = getLe32(pointer);
      const hi = getLe32(pointer + 4);
      const bytes = getLe32(pointer + 8) >>> 0;
      if (bytes === 0 || bytes % SGL_DESCRIPTOR_BYTES !== 0) {
        throw new DeviceError(
          `Cannot read an SGL segment of ${bytes} bytes at ` +
            `${busAddressText(lo, hi)}, expected whole descriptors of 16 bytes`,
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
    if (transfer.rest !== 0) {
      throw new DeviceError(
        `Cannot execute a command: its SGL lacks ${transfer.rest} bytes, ` +
          `expected descriptors for all blocks`,
      );
    }
  };

  return decode;
}
