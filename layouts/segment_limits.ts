/** How long a segment and how far an address a layout can hold. */
import { type Abi, PAGE_BYTES } from "./abi.ts";
import { isSigned } from "./c_type.ts";
import { isUnsupported, type Layout, type Unsupported } from "./layout.ts";
import type { LayoutLimits } from "./limits.ts";
import { findField } from "./placed_members.ts";
import { placeMembers } from "./place_members.ts";

/**
 * Returns the limits of a layout that is known to be one: `layoutLimits()`
 * looks first.
 */
export function segmentLimits(
  layout: Layout,
  abi: Abi,
): LayoutLimits | Unsupported {
  const struct = layout.struct(abi);
  if (isUnsupported(struct)) return struct;
  const placed = placeMembers(struct, abi);
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

/** First physical address whose `struct page` would be beyond all memory. */
function pageArrayEnd(abi: Abi): bigint {
  const space = (1n << BigInt(abi.pointerBytes * 8)) - abi.pageArrayBase;
  return space / BigInt(abi.pageStructBytes) * BigInt(PAGE_BYTES);
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
