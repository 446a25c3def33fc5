/**
 * Whether a layout can hold the segments of a window at all: some reach less
 * far than the machine's BARs, or hold no offset in a page.
 */
import type { Abi } from "../../layouts/abi.ts";
import { isUnsupported, type Layout } from "../../layouts/layout.ts";
import { layoutLimits } from "../../layouts/limits.ts";
import type { Submitter } from "../../sim/setup/submitter.ts";
import type { IoWindow } from "../../sim/workload/window.ts";

/**
 * Looks for a segment that a layout cannot hold.
 *
 * @param by The layout, the ABI and whose memory it is; pinned memory unless
 *   told, whose segments are cut to what a length holds.
 * @returns What is out of its limits, or `undefined` where all segments fit.
 */
export function unfitReason(
  window: IoWindow,
  by: { layout: Layout; abi: Abi; submitter?: Submitter | undefined },
): string | undefined {
  const limits = layoutLimits(by.layout, by.abi);
  if (isUnsupported(limits)) return limits.unsupported;
  const lastAddress = Number(limits.lastAddress);
  const longest = Number(limits.longestLengthBytes);
  // iov_iter_extract_bvecs() ends them at pages.
  const isCut = (by.submitter ?? "user") === "user" && longest >= 8191;
  const alignMask = limits.addressAlignBytes - 1;
  const pieces = window.counts[1] ?? 0;
  for (let i = 0; i < pieces; i++) {
    const lo = window.physLo[i] as number;
    const bytes = window.pieceBytes[i] as number;
    const address = ((window.physHi[i] as number) >>> 0) * 0x1_0000_0000 +
      (lo >>> 0);
    if (address > lastAddress) {
      return `a segment lies at 0x${
        address.toString(16)
      }, the layout ends at ` +
        `0x${limits.lastAddress.toString(16)}`;
    }
    if ((lo & alignMask) !== 0) {
      return `a segment starts at 0x${
        address.toString(16)
      }, the layout holds ` +
        `multiples of ${limits.addressAlignBytes}`;
    }
    if (bytes > longest && !isCut) {
      return `a segment has ${bytes} bytes, the layout holds ${longest}`;
    }
  }
  return undefined;
}
