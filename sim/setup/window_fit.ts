/**
 * Whether a layout can hold the segments of a window at all: some reach less
 * far than the machine's BARs, or hold no offset in a page.
 */
import { type Abi, PAGE_BYTES } from "../../layouts/abi.ts";
import { isUnsupported, type Layout } from "../../layouts/layout.ts";
import { segmentLimits } from "../../layouts/segment_limits.ts";
import {
  handsRanges,
  joinP2pPieces,
  type P2pProducer,
} from "../workload/p2p_producer.ts";
import type { IoWindow } from "../workload/window.ts";
import type { Submitter } from "./submitter.ts";

/** Whose segments are to hold a window. */
export interface WindowHolder {
  readonly layout: Layout;
  readonly abi: Abi;
  /** Whose memory it is; default: pinned, cut to what a length holds. */
  readonly submitter?: Submitter | undefined;
}

/** Who is to hold a window whose P2P memory has not been joined yet. */
export interface WindowReceiver extends WindowHolder {
  /** How P2P memory is handed on; default: page by page. */
  readonly p2pProducer?: P2pProducer | undefined;
}

/** What keeps a window out of a layout. */
interface Unfit {
  /** What a segment does, such as `is at 0x3c0000000000`. */
  readonly segment: string;
  /** What the layout does, such as `ends at 0xfffffffffff`. */
  readonly layout: string;
}

/**
 * Looks for a segment that a layout cannot hold, before a path sees the window.
 *
 * @returns What is out of its limits, or `undefined` where all segments fit.
 */
export function unfitReason(
  window: IoWindow,
  by: WindowReceiver,
): string | undefined {
  const limits = segmentLimits(by.layout, by.abi);
  if (isUnsupported(limits)) return limits.unsupported;
  const joins = handsRanges(by.layout, by.p2pProducer);
  const unfit = findUnfit(joins ? joinP2pPieces(window) : window, by);
  return unfit && `a segment ${unfit.segment}, the layout ${unfit.layout}`;
}

/**
 * Refuses a window with a segment that a layout cannot hold.
 *
 * @throws {RangeError} If a segment is out of the layout's limits.
 */
export function requireFit(window: IoWindow, by: WindowHolder): void {
  const unfit = findUnfit(window, by);
  if (unfit === undefined) return;
  throw new RangeError(
    `Cannot run I/Os with layout "${by.layout.name}" on ABI ` +
      `"${by.abi.name}": found a segment that ${unfit.segment}, expected one ` +
      `that fits (the layout ${unfit.layout})`,
  );
}

function findUnfit(window: IoWindow, by: WindowHolder): Unfit | undefined {
  const limits = segmentLimits(by.layout, by.abi);
  // Whoever makes its codec says why there is none.
  if (isUnsupported(limits)) return undefined;
  const lastAddress = Number(limits.lastAddress);
  const longest = Number(limits.longestLengthBytes);
  // iov_iter_extract_bvecs() ends them at pages, where one fits.
  const isCut = (by.submitter ?? "user") === "user" && longest >= PAGE_BYTES;
  const alignMask = limits.addressAlignBytes - 1;
  const pieces = window.counts[1] ?? 0;
  for (let i = 0; i < pieces; i++) {
    const lo = window.physLo[i] as number;
    const bytes = window.pieceBytes[i] as number;
    const address = ((window.physHi[i] as number) >>> 0) * 0x1_0000_0000 +
      (lo >>> 0);
    if (address > lastAddress) {
      return {
        segment: `lies at 0x${address.toString(16)}`,
        layout: `ends at 0x${limits.lastAddress.toString(16)}`,
      };
    }
    if ((lo & alignMask) !== 0) {
      return {
        segment: `starts at 0x${address.toString(16)}`,
        layout: `holds multiples of ${limits.addressAlignBytes}`,
      };
    }
    if (bytes > longest && !isCut) {
      return { segment: `has ${bytes} bytes`, layout: `holds ${longest}` };
    }
  }
  return undefined;
}
