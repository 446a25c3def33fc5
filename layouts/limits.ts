/** How long a segment and how far an address a layout can hold. */
import { abiSchema } from "./abi_form.ts";
import { layoutSchema } from "./layout_form.ts";
import { checkValue } from "./option_check.ts";
import { type Abi, PAGE_BYTES } from "./abi.ts";
import { isSigned } from "./c_type.ts";
import { isUnsupported, type Layout, type Unsupported } from "./layout.ts";
import { findField } from "./placed_members.ts";
import { placeStruct } from "./struct.ts";

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
 * Gives the limits of a layout on an ABI.
 *
 * @param layout The layout.
 * @param abi The ABI.
 * @returns The limits, or why the layout does not exist there. An address is
 * also limited by what the machine has (`physBits`), a page pointer by the
 * addresses behind the page array's base; a DMA address by its field alone.
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
  const struct = layout.struct(abi);
  if (isUnsupported(struct)) return struct;
  const placed = placeStruct(struct, abi);
  const bits = (name: string) => findField(placed, name).sizeBits;
  const { address, length, flag } = layout.roles;
  const high = length.high ?? length.field;
  const lengthBits = bits(length.field) +
    (length.high === undefined ? 0 : bits(length.high)) -
    (isSigned(findField(placed, high).field.type) ? 1 : 0);
  // A flag inside the address takes its bit and all above it.
  const addressBits = flag?.field === address.field
    ? flag.bit
    : bits(address.field);
  const machine = 1n << BigInt(abi.physBits);
  let end: bigint;
  switch (address.kind) {
    case "dma":
      end = 1n << BigInt(addressBits);
      break;
    case "phys":
      end = least(1n << BigInt(addressBits), machine);
      break;
    case "pfn":
      end = least(BigInt(PAGE_BYTES) << BigInt(addressBits), machine);
      break;
    case "page":
      end = least(pageArrayEnd(abi), machine);
      break;
  }
  const byPage = address.offset === undefined &&
    (address.kind === "page" || address.kind === "pfn");
  return {
    longestLengthBytes: (1n << BigInt(lengthBits)) - 1n,
    lastAddress: end - 1n,
    addressAlignBytes: byPage ? PAGE_BYTES : 1,
  };
}

/** First physical address whose `struct page` would lie beyond all memory. */
function pageArrayEnd(abi: Abi): bigint {
  const space = (1n << BigInt(abi.pointerBytes * 8)) - abi.pageArrayBase;
  return space / BigInt(abi.pageStructBytes) * BigInt(PAGE_BYTES);
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
