/** How large the struct of a layout is, and where its members lie. */
import { assert } from "@std/assert";
import { type Abi, abis, findAbi } from "../../../layouts/abi.ts";
import { isUnsupported, type Layout } from "../../../layouts/layout.ts";
import { placeStruct, unusedBytes } from "../../../layouts/struct.ts";

/** Size and unused bytes by ABI; the reason where there is no struct. */
export function sizes(layout: Layout): Record<string, string> {
  return Object.fromEntries(abis.map((abi) => {
    const struct = layout.struct(abi);
    if (isUnsupported(struct)) return [abi.name, struct.unsupported];
    const placed = placeStruct(struct, abi);
    return [abi.name, `${placed.sizeBytes}-${unusedBytes(placed)}`];
  }));
}

/** Where the members of its struct lie. */
export function placed(layout: Layout, abi: Abi = findAbi("lp64")) {
  const struct = layout.struct(abi);
  assert(!isUnsupported(struct));
  return placeStruct(struct, abi);
}
