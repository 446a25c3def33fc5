/**
 * Members of a placed struct by their name, those of structs and unions in it
 * included: C names a member of an unnamed one as if it stood outside.
 */
import { elements, isStruct, withoutTypedefs } from "./c_type.ts";
import type { PlacedField, PlacedStruct } from "./struct.ts";
import { placeMembers } from "./place_members.ts";

/** Members of one struct or union, placed in the outermost one. */
export type PlacedMembers = readonly PlacedField[];

/**
 * Finds a member by its name.
 *
 * @param name The member's name; with dots for one of a named struct in it.
 * @returns The member with its place in the whole struct.
 * @throws {RangeError} If the struct has no such member.
 */
export function findField(placed: PlacedStruct, name: string): PlacedField {
  const found = placed.fields.find((field) => field.name === name) ??
    findInside(placed, name);
  if (found === undefined) {
    throw new RangeError(
      `Cannot find field "${name}" of struct ${placed.struct.name}, ` +
        `expected one of: ${fieldNames(placed).join(", ")}`,
    );
  }
  return found;
}

/** Returns the names by which C reaches the scalar members of a struct. */
export function fieldNames(placed: PlacedStruct): string[] {
  return everyMember(placed).filter(({ scalar }) => scalar)
    .map(({ path }) => path);
}

/**
 * Returns the members beside a member: those of the same struct or union.
 *
 * @param field A member of it, of `findField()`.
 * @returns The members, that one included.
 */
export function membersBeside(
  placed: PlacedStruct,
  field: PlacedField,
): PlacedMembers {
  if (placed.fields.includes(field)) return placed.fields;
  const found = everyMember(placed).find((each) =>
    each.field.field === field.field && each.field.startBit === field.startBit
  );
  return found?.beside ?? [field];
}

/**
 * Returns the members that hold values: neither structs nor unions.
 *
 * @returns Them, of all depths, in order.
 */
export function leafFields(placed: PlacedStruct): PlacedField[] {
  return everyMember(placed).filter(({ scalar }) => scalar)
    .map(({ field }) => field);
}

interface Member {
  /** Its name from the outermost struct. */
  readonly path: string;
  readonly field: PlacedField;
  readonly beside: PlacedMembers;
  /** Whether it has no members of its own. */
  readonly scalar: boolean;
}

function findInside(
  placed: PlacedStruct,
  name: string,
): PlacedField | undefined {
  return everyMember(placed).find(({ path }) => path === name)?.field;
}

function everyMember(placed: PlacedStruct): Member[] {
  return membersOf(placed, { prefix: "", startBit: 0 });
}

function membersOf(
  placed: PlacedStruct,
  within: { prefix: string; startBit: number },
): Member[] {
  const beside = placed.fields.map((field): PlacedField => ({
    ...field,
    startBit: field.startBit + within.startBit,
    offsetBytes: field.offsetBytes + within.startBit / 8,
  }));
  return beside.flatMap((field, index): Member[] => {
    const path = within.prefix + field.name;
    const type = withoutTypedefs(field.field.type);
    const inner = isStruct(type) ? type : undefined;
    // C names no elements: those of an array of structs have no name here.
    const entered = inner !== undefined && elements(field.field) === 1;
    const own = within.startBit === 0 ? placed.fields[index] ?? field : field;
    const members = entered
      ? membersOf(placeMembers(inner, placed.abi), {
        prefix: field.name === "" ? within.prefix : `${path}.`,
        startBit: field.startBit,
      })
      : [];
    return field.name === ""
      ? members
      : [{ path, field: own, beside, scalar: !entered }, ...members];
  });
}
