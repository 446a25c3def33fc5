/** Roles that the user gives: `address=paddr,flag=flags:0`. */
import type { AddressKind } from "../layout.ts";
import { findField } from "../placed_members.ts";
import type { PlacedStruct } from "../struct.ts";
import {
  candidates,
  findAddress,
  type Found,
  type FoundAddress,
} from "./role_candidates.ts";
import { quoted } from "./source_text.ts";

/** What stands for no member. */
export const NONE = "none";

export interface FoundFlag extends Found {
  readonly bit: number;
}

export interface GivenRoles {
  readonly address?: FoundAddress;
  readonly length?: Found;
  /** The offset in the page, or none. */
  readonly offset?: Found;
  /** The flag, or none. */
  readonly flag?: FoundFlag;
}

const KINDS: readonly AddressKind[] = ["page", "phys", "pfn", "dma"];

/**
 * Reads roles.
 *
 * @param text The roles; one with `TAG:` in front is for a struct of that tag
 * alone.
 * @throws {RangeError} If a role, a member or a bit is none.
 */
export function parseOverride(
  placed: PlacedStruct,
  text: string | undefined,
): GivenRoles {
  let given: GivenRoles = {};
  const reason = "--role";
  /** Roles with their tags, to find one that is given twice. */
  const seen = new Set<string>();
  for (const part of text?.split(",").map((each) => each.trim()) ?? []) {
    const [, tag, rest = ""] = /^(?:(\w+):(?=\w+ *=))?(.*)$/s.exec(part) ?? [];
    if (tag !== undefined && tag !== placed.struct.name) continue;
    const [role = "", value = "", ...more] = words(rest, "=");
    const [field = "", detail] = words(value, ":");
    if (value === "" || more.length > 0) throw badRole(part);
    const key = `${tag ?? ""}:${role}`;
    if (seen.has(key)) {
      throw new RangeError(
        `role ${quoted(part)}, expected ${role} to be given once`,
      );
    }
    seen.add(key);
    if (field !== NONE) findField(placed, field); // its message names members
    switch (role) {
      case "address":
        given = {
          ...given,
          address: addressOf(placed, { field, detail, part }),
        };
        break;
      case "length":
        if (detail !== undefined || field === NONE) throw badRole(part);
        given = { ...given, length: { field, reason } };
        break;
      case "offset":
        if (detail !== undefined) throw badRole(part);
        given = { ...given, offset: { field, reason } };
        break;
      case "flag":
        given = {
          ...given,
          flag: { field, bit: bitOf(placed, { field, detail, part }), reason },
        };
        break;
      default:
        throw badRole(part);
    }
  }
  return given;
}

/** The parts of a text, without blanks around them. */
function words(text: string, separator: string): string[] {
  return text.split(separator).map((word) => word.trim());
}

function addressOf(
  placed: PlacedStruct,
  { field, detail, part }: {
    field: string;
    detail: string | undefined;
    part: string;
  },
): FoundAddress {
  const reason = "--role";
  if (field === NONE) throw badRole(part);
  const kind = KINDS.find((each) => each === detail);
  if (kind !== undefined) return { field, kind, reason };
  if (detail !== undefined) throw badRole(part);
  const own = candidates(placed).filter(({ name }) => name === field);
  try {
    return { ...findAddress(own), reason };
  } catch {
    // If neither type nor name says, it is a physical address.
    return { field, kind: "phys", reason };
  }
}

function bitOf(
  placed: PlacedStruct,
  { field, detail, part }: {
    field: string;
    detail: string | undefined;
    part: string;
  },
): number {
  if (field === NONE) return 0;
  const { sizeBits } = findField(placed, field);
  const bit = Number(detail ?? "0");
  if (/^\d+$/.test(detail ?? "0") && bit < sizeBits) return bit;
  throw new RangeError(
    `role ${quoted(part)}: bit ${quoted(detail ?? "")}, expected 0 to ` +
      `${sizeBits - 1}`,
  );
}

function badRole(part: string): RangeError {
  return new RangeError(
    `role ${quoted(part)}, expected address=NAME[:page|phys|pfn|dma], ` +
      `length=NAME, offset=NAME or flag=NAME[:BIT]; offset and flag may be none`,
  );
}
