/**
 * What explains that a layout changes the path in C by more or less than it
 * changes a kernel: one place, so that a page and a test have the same reasons.
 */
import type { RecordedCell } from "../footprint/recorded_cell.ts";
import { findAbi } from "../../layouts/abi.ts";
import { isUnsupported } from "../../layouts/layout.ts";
import type { KernelLayout } from "./kernel_layouts.ts";

/** Percentage points from which on a difference needs a reason. */
export const REASON_FROM_POINTS = 1;

export interface Difference {
  /** The workload's cell. */
  readonly cell: RecordedCell;
  readonly of: KernelLayout;
  readonly kernelChange: number;
  readonly labChange: number;
}

/** @returns The reason; nothing where it is small. */
export function differenceReason(difference: Difference): string | undefined {
  const { cell, of, kernelChange, labChange } = difference;
  if (Math.abs(labChange - kernelChange) < REASON_FROM_POINTS) return undefined;
  const isLess = Math.abs(labChange) < Math.abs(kernelChange);
  if (of.recognition === "segment") {
    if (cell.kind === "p2p") {
      return "flagged neighbours are looked up among the providers before they " +
        "are joined, as a bio may have several; the patch allows one, and " +
        "asks the page twice";
    }
    return cell.registered
      ? "the lab asks the flag of each segment as it maps it, as a bio may mix " +
        "kinds; the patch asks the first one"
      : "the patch reads from struct page twice what kind a page is, the lab " +
        "once";
  }
  if (hasBitFields(of)) {
    return isLess
      ? "the kernel's blk_map_iter_next() pays 36 instructions a segment for " +
        "copies of bit-fields, the lab's 22: what gcc makes of them depends " +
        "on the code around"
      : SHORTER;
  }
  if (cell.registered) return SHORTER;
  if (cell.kind === "p2p") {
    return "neighbours are joined as they are mapped: an address saves the lab " +
      "6 instructions for each there, the kernel 1";
  }
  return "what gcc makes of the same lines in one function more or less";
}

const SHORTER =
  "about as many instructions more or less, of fewer: a segment of registered " +
  "memory takes the lab 190, the kernel 300";

function hasBitFields({ layout }: KernelLayout): boolean {
  const struct = layout.struct(findAbi("lp64"));
  return !isUnsupported(struct) &&
    struct.fields.some(({ bits }) => bits !== undefined);
}
