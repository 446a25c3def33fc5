/**
 * PRPs as a controller reads them: PRP1, and PRP2 or the list that it points
 * at, each page of which ends in a link to the next while there is more.
 */
import { CTRL_PAGE_BYTES, SQE } from "./command.ts";
import { type DecodedTransfer, takeBytes } from "./decoded_transfer.ts";
import { LIST_PAGE_BYTES } from "./descriptor_pool.ts";
import { busAddressText, DeviceError } from "./device_error.ts";

/** Makes what decodes the PRPs of the command at an offset. */
export function createPrpDecoder(
  transfer: DecodedTransfer,
): (entry: number) => void {
  const { memory: { getLe32 }, counts, digest, listAt } = transfer;

  const takePage = (lo: number, hi: number): void => {
    digest.add(lo);
    digest.add(hi);
    counts.prpEntries++;
    takeBytes(
      transfer,
      lo,
      hi,
      Math.min(transfer.rest, CTRL_PAGE_BYTES - (lo & 4095)),
    );
  };

  const decode = (entry: number): void => {
    takePage(getLe32(entry + SQE.prp1), getLe32(entry + SQE.prp1 + 4));
    const prp2Lo = getLe32(entry + SQE.prp2);
    const prp2Hi = getLe32(entry + SQE.prp2 + 4);
    if (transfer.rest === 0) {
      if ((prp2Lo | prp2Hi) !== 0) {
        throw new DeviceError(
          "Cannot take a command of one page: PRP2 is " +
            `${busAddressText(prp2Lo, prp2Hi)}, expected 0`,
        );
      }
      return;
    }
    if (transfer.rest <= CTRL_PAGE_BYTES) {
      takeWhole(prp2Lo, prp2Hi);
      return;
    }
    let at = listAt(prp2Lo, prp2Hi, "a PRP list");
    let slot = 0;
    while (transfer.rest > 0) {
      const lo = getLe32(at);
      const hi = getLe32(at + 4);
      slot++;
      if (slot === LIST_PAGE_BYTES / 8 && transfer.rest > CTRL_PAGE_BYTES) {
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
        `Cannot take PRP entry ${busAddressText(lo, hi)}: it is inside a ` +
          "page, expected a multiple of 4096",
      );
    }
    takePage(lo, hi);
  };

  return decode;
}
