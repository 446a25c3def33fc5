/** What is said of a layout that was read from C text. */
import { abis } from "../abi.ts";
import { isUnsupported } from "../layout.ts";
import { fieldNames } from "../placed_members.ts";
import { type PlacedStruct, placeStruct, unusedBytes } from "../struct.ts";
import type { LayoutData } from "../layout_data.ts";

/** Most members that the title of a layout names. */
const MOST_SHOWN = 6;

/**
 * Says whether a flag would fit: the question of every layout without one.
 *
 * @param data The layout.
 * @returns The bytes that no member uses, by ABI.
 */
export function flagRoom({ structs }: LayoutData): string {
  const byRoom = new Map<number, string[]>();
  for (const abi of abis) {
    const struct = structs[abi.name];
    if (struct === undefined || isUnsupported(struct)) continue;
    const room = unusedBytes(placeStruct(struct, abi));
    byRoom.set(room, [...byRoom.get(room) ?? [], abi.name]);
  }
  const parts = [...byRoom].map(([room, names]) =>
    `${room === 0 ? "no byte" : `${room} byte${room === 1 ? "" : "s"}`} on ${
      names.join(", ")
    }`
  );
  return `no member is a flag for P2P memory; unused for one: ${
    parts.join("; ")
  }`;
}

/**
 * Names the first members, for a line of a listing.
 *
 * @param placed The struct.
 * @returns Names as C has them outside of named structs, in braces.
 */
export function membersText(placed: PlacedStruct): string {
  const names = fieldNames(placed).filter((name) => !name.includes("."));
  const shown = names.slice(0, MOST_SHOWN);
  return `{${
    [...shown, ...(names.length > shown.length ? ["..."] : [])].join(", ")
  }}`;
}
