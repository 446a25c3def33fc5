/** Whether roles name members of a struct that can have them. */
import { elements, isStruct, withoutTypedefs } from "./c_type.ts";
import type { Roles } from "./layout.ts";
import { fieldNames, findField } from "./placed_members.ts";
import type { PlacedField, PlacedStruct } from "./struct.ts";

/**
 * Refuses roles of members that are not there, are not numbers, or are on each
 * other.
 *
 * @throws {RangeError} Naming the role and the member.
 */
export function checkRoles(
  name: string,
  roles: Roles,
  placed: PlacedStruct,
): void {
  const { address, length, flag, constants = {} } = roles;
  const refuse = (found: string, expected: string): never => {
    throw new RangeError(
      `Cannot define layout "${name}": found ${found}, expected ${expected}`,
    );
  };
  const member = (role: string, field: string): PlacedField => {
    const members = fieldNames(placed);
    if (
      !members.includes(field) && !placed.fields.some((f) => f.name === field)
    ) {
      refuse(
        `roles.${role} "${field}"`,
        `a member of struct ${placed.struct.name}: ${members.join(", ")}`,
      );
    }
    const found = findField(placed, field);
    const type = withoutTypedefs(found.field.type);
    if (isStruct(type) || elements(found.field) !== 1) {
      refuse(
        `roles.${role} "${field}", ${isStruct(type) ? "a struct" : "an array"}`,
        "a single number",
      );
    }
    if (type === "float" || type === "double") {
      refuse(`roles.${role} "${field}", a ${type}`, "a whole number");
    }
    return found;
  };
  const taken = [
    ["address.field", address.field],
    ["address.offset", address.offset],
    ["length.field", length.field],
    ["length.high", length.high],
    ...Object.keys(constants).map((field) => [`constants`, field] as const),
  ].flatMap(([role, field]) =>
    role === undefined || field === undefined
      ? []
      : [{ role, field, at: member(role, field) }]
  );
  for (const [index, one] of taken.entries()) {
    const other = taken.slice(0, index).find(({ at }) => overlap(at, one.at));
    if (other === undefined) continue;
    refuse(
      `roles.${other.role} "${other.field}" and roles.${one.role} ` +
        `"${one.field}" in the same bits`,
      "bits of its own for each role",
    );
  }
  for (const [field, value] of Object.entries(constants)) {
    const { sizeBits } = findField(placed, field);
    if (value >= 2 ** Math.min(sizeBits, 32)) {
      refuse(
        `roles.constants.${field} ${value}`,
        `at most ${2 ** Math.min(sizeBits, 32) - 1}, which the member holds`,
      );
    }
  }
  if (flag === undefined) return;
  const bits = member("flag.field", flag.field);
  if (flag.field === address.field || flag.bit >= bits.sizeBits) return;
  // What else is in the flag's own bit would be read as the flag.
  const bit = bitOf(placed, bits, flag.bit);
  const other = taken.find(({ at }) =>
    at.startBit <= bit && bit < at.startBit + at.sizeBits
  );
  if (other !== undefined) {
    refuse(
      `roles.flag bit ${flag.bit} of "${flag.field}" in roles.${other.role} ` +
        `"${other.field}"`,
      "a bit of its own",
    );
  }
}

function overlap(a: PlacedField, b: PlacedField): boolean {
  return a.startBit < b.startBit + b.sizeBits &&
    b.startBit < a.startBit + a.sizeBits;
}

/** A bit of a member's value as a bit of the struct, in memory order. */
function bitOf(placed: PlacedStruct, field: PlacedField, bit: number): number {
  return field.startBit +
    (placed.abi.littleEndian ? bit : field.sizeBits - 1 - bit);
}
