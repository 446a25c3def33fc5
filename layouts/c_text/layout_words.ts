/** What is said of a layout that was read from C text. */
import { abis } from "../abi.ts";
import { isUnsupported, type Roles } from "../layout.ts";
import { fieldNames } from "../placed_members.ts";
import { type PlacedStruct, placeStruct, unusedBytes } from "../struct.ts";
import type { LayoutData } from "../layout_data.ts";

/** Most members that the title of a layout names. */
const MOST_SHOWN = 6;

/**
 * Says whether a flag would fit: the question of every layout without one.
 *
 * @returns The bytes that no member uses, by ABI.
 */
export function flagRoom({ structs }: LayoutData): string {
  const rooms = byAbi({ structs }, unusedBytes).map(([room, names]) =>
    `${room === 0 ? "no byte" : `${room} byte${room === 1 ? "" : "s"}`} on ${
      names.join(", ")
    }`
  );
  return `no member is a flag for P2P memory; unused for one: ${
    rooms.join("; ")
  }`;
}

/**
 * Says what a layout of the user's own is: its members' roles, its size on
 * every ABI, and whether a flag would fit.
 *
 * @returns One sentence, such as `mine: {paddr, len} of mail.h:1; ...`.
 */
export function ownLayoutWords(data: LayoutData): string {
  const { flag } = data.roles;
  const sizes = byAbi(data, ({ sizeBytes }) => sizeBytes).map(
    ([bytes, names], index) =>
      `${bytes}${index === 0 ? " bytes" : ""} on ${names.join(", ")}`,
  );
  return [
    `${data.name}: ${data.title}`,
    rolesText(data.roles),
    ...(sizes.length === 0 ? [] : [sizes.join("; ")]),
    ...(flag === undefined ? [flagRoom(data)] : []),
  ].join("; ");
}

/**
 * Names the members that have a role.
 *
 * @returns A list, such as `address paddr (phys), length len`.
 */
export function rolesText({ address, length, flag }: Roles): string {
  return [
    `address ${address.field} (${address.kind})`,
    `length ${length.field}`,
    ...(address.offset === undefined ? [] : [`offset ${address.offset}`]),
    ...(flag === undefined ? [] : [`flag ${flag.field}:${flag.bit}`]),
  ].join(", ");
}

/** A number of a struct with the ABIs on which it is that, in their order. */
function byAbi(
  { structs }: Pick<LayoutData, "structs">,
  numberOf: (placed: PlacedStruct) => number,
): [number, string[]][] {
  const found = new Map<number, string[]>();
  for (const abi of abis) {
    const struct = structs[abi.name];
    if (struct === undefined || isUnsupported(struct)) continue;
    const number = numberOf(placeStruct(struct, abi));
    found.set(number, [...found.get(number) ?? [], abi.name]);
  }
  return [...found];
}

/**
 * Names the first members, for a line of a listing.
 *
 * @returns Names as C has them outside of named structs, in braces.
 */
export function membersText(placed: PlacedStruct): string {
  const names = fieldNames(placed).filter((name) => !name.includes("."));
  const shown = names.slice(0, MOST_SHOWN);
  return `{${
    [...shown, ...(names.length > shown.length ? ["..."] : [])].join(", ")
  }}`;
}
