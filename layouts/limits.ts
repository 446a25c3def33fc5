/**
 * The limits of whatever layout a program gives: its form is looked at first.
 */
import type { Abi } from "./abi.ts";
import { abiSchema } from "./abi_form.ts";
import type { Layout, Unsupported } from "./layout.ts";
import { layoutSchema } from "./layout_form.ts";
import { checkValue } from "./option_check.ts";
import { segmentLimits } from "./segment_limits.ts";

/** What one segment of a layout can hold on an ABI. */
export interface LayoutLimits {
  /** The longest length in bytes. */
  readonly longestLengthBytes: bigint;
  /** The highest address. */
  readonly lastAddress: bigint;
  /** What an address must be a multiple of, in bytes. */
  readonly addressAlignBytes: number;
}

/**
 * Returns the limits of a layout on an ABI.
 *
 * @param layout The layout.
 * @param abi The ABI.
 * @returns The limits, or why the layout does not exist there. An address is
 *   also limited by the machine (`physBits`), a page pointer by the addresses
 *   above the base of the page array, a DMA address only by its field.
 *
 * @example The longest segment
 * ```ts
 * import { findAbi, findLayout, layoutLimits } from "@bvec/lab";
 * import { assertEquals } from "@std/assert";
 *
 * const limits = layoutLimits(findLayout("len31_p2p"), findAbi("lp64"));
 * assertEquals(limits, {
 *   longestLengthBytes: 0x7fff_ffffn,
 *   lastAddress: 0xf_ffff_ffff_ffffn,
 *   addressAlignBytes: 1,
 * });
 * ```
 */
export function layoutLimits(
  layout: Layout,
  abi: Abi,
): LayoutLimits | Unsupported {
  checkValue("limit a layout", layoutSchema, layout, "layout");
  checkValue("limit a layout", abiSchema, abi, "abi");
  return segmentLimits(layout, abi);
}
