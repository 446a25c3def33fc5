/** Which structs a layout can be made of on an ABI, and why others cannot. */
import type { Abi } from "./abi.ts";
import { createCodec } from "./codec.ts";
import type { CStruct } from "./c_type.ts";
import type { Arrangement, Roles, Unsupported } from "./layout.ts";
import { defineLayout } from "./define_layout.ts";
import { findField } from "./placed_members.ts";
import { type PlacedStruct, placeStruct } from "./struct.ts";

/**
 * Tries a struct as a layout.
 *
 * @param on The ABI, and what its members are for.
 */
export function usableStruct(
  struct: CStruct,
  on: {
    readonly abi: Abi;
    readonly roles: Roles;
    readonly arrangement?: Arrangement | undefined;
  },
): CStruct | Unsupported {
  try {
    const trial = defineLayout({
      name: struct.name || "struct",
      title: "a trial",
      source: { author: "the user", date: "", subject: "" },
      struct,
      roles: on.roles,
      arrangement: on.arrangement,
    });
    checkFlag(placeStruct(struct, on.abi), on.roles);
    createCodec(trial, on.abi, new DataView(new ArrayBuffer(0)));
    return struct;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { unsupported: reasonOf(error) };
  }
}

/** Lowest bit of an address that a flag may take: 4 GiB are below it. */
const LEAST_ADDRESS_BIT = 32;

/** A flag must have its bit on this ABI, too, and leave an address. */
function checkFlag(placed: PlacedStruct, { flag, address }: Roles): void {
  if (flag === undefined) return;
  const { sizeBits } = findField(placed, flag.field);
  if (flag.bit >= sizeBits) {
    throw new RangeError(
      `flag in bit ${flag.bit} of "${flag.field}", which has ${sizeBits} ` +
        `bits, expected a bit below`,
    );
  }
  if (flag.field === address.field && flag.bit < LEAST_ADDRESS_BIT) {
    throw new RangeError(
      `flag in bit ${flag.bit} of the address, expected one from ` +
        `${LEAST_ADDRESS_BIT} on: the bits above it are not part of the address`,
    );
  }
}

/**
 * Returns what an error says, without what could not be done.
 *
 * @returns What was found and what was expected.
 */
export function reasonOf(error: Error): string {
  return error.message.replace(/^Cannot read C of .*?, (?=line )/, "")
    .replace(/^Cannot (?:place|find|access) /, "")
    .replace(/^Cannot (?:make a codec of|define) layout "[^"]*": /, "");
}
