/**
 * The contract of a layout: one way to encode a segment, as data. Codecs,
 * listings, limits, tests and tables all come from what is here.
 */
import { type Abi, abis } from "./abi.ts";
import { checkCNames } from "./c_names.ts";
import type { CStruct } from "./c_type.ts";
import { checkRoles } from "./role_check.ts";
import { placeMembers } from "./place_members.ts";

/**
 * What a P2P detection may ask of a layout: an address of memory, a flag in
 * each segment, or room for a DMA address.
 */
export type AskedOfLayout = "memory" | "flag" | "dma";

/** All that may be asked of a layout. */
export const ASKED_OF_LAYOUT: readonly AskedOfLayout[] = Object.freeze([
  "memory",
  "flag",
  "dma",
]);

/** Says what does not exist on an ABI, or is not served there, and why. */
export interface Unsupported {
  /** The reason, for the user to read. */
  readonly unsupported: string;
}

/** What the address field holds. */
export type AddressKind = "page" | "phys" | "pfn" | "dma";

/** Which field holds the address, and as what. */
export interface AddressRole {
  /** Page pointer, physical address, page frame number or DMA address. */
  readonly kind: AddressKind;
  /** The field. */
  readonly field: string;
  /**
   * The field that holds the offset in the page, for `page` and `pfn`; without
   * one, the address must be a multiple of 4096.
   */
  readonly offset?: string;
}

/** Which field holds the length. */
export interface LengthRole {
  /** The field. */
  readonly field: string;
  /** The field with the bits above those, where the length is in two parts. */
  readonly high?: string;
}

/** Which bit says that the segment is P2P memory. */
export interface FlagRole {
  /** The field. */
  readonly field: string;
  /** The bit of the field's value, 0 being the least significant. */
  readonly bit: number;
}

/** What the fields of a layout are for. */
export interface Roles {
  /** Where the address is. */
  readonly address: AddressRole;
  /** Where the length is. */
  readonly length: LengthRole;
  /** Where the P2P flag is; absent where the layout has none. */
  readonly flag?: FlagRole;
  /** Fields that always hold the same value, such as an encoding tag. */
  readonly constants?: Readonly<Record<string, number>>;
}

/** Who proposed a layout, when and where. */
export interface Source {
  /** The person. */
  readonly author: string;
  /** ISO date, or year and month where the day is not known. */
  readonly date: string;
  /** Subject of the mail, or the kernel file. */
  readonly subject: string;
  /**
   * The mail in the kernel's archive, or the thread that it is in; absent for
   * what is a file of the kernel.
   */
  readonly url?: string;
}

/** How the segments of an array follow each other. */
export type Arrangement =
  /** Array of structs: one whole struct after the other. */
  | { readonly kind: "aos" }
  /** Structure of arrays: each field is an array of its own. */
  | { readonly kind: "soa" }
  /** Chunks of fixed size, each with a link to the next in front. */
  | {
    readonly kind: "chunks";
    readonly chunkBytes: number;
    readonly linkBytes: number;
  };

/** One way to encode a segment. */
export interface Layout {
  /** Name on the command line, such as `page_offset`. */
  readonly name: string;
  /** Name that selects all its variants. */
  readonly family: string;
  /** One line for listings. */
  readonly title: string;
  /** Where it comes from. */
  readonly source: Source;
  /** How the segments of an array follow each other. */
  readonly arrangement: Arrangement;
  /** What the fields are for. */
  readonly roles: Roles;
  /** The struct of one segment, or why it does not exist on that ABI. */
  struct(abi: Abi): CStruct | Unsupported;
  /** Whether it has what a P2P detection asks on that ABI, or why not. */
  serves(abi: Abi, asked: AskedOfLayout): true | Unsupported;
}

/** What a new layout must specify; the rest has defaults. */
export interface LayoutDescription
  extends Pick<Layout, "name" | "title" | "source" | "roles"> {
  /** Name that selects all variants; default: the layout's own name. */
  readonly family?: string | undefined;
  /** Default: an array of structs. */
  readonly arrangement?: Arrangement | undefined;
  /** The struct, the same on every ABI or by ABI. */
  readonly struct: CStruct | ((abi: Abi) => CStruct | Unsupported);
  /** Whether a DMA address could be kept in it. */
  readonly holdsDma?: boolean | undefined;
}

/**
 * Makes a layout from a description whose form is known to be right: one of
 * the registry, which the type checker has seen, or one that `defineLayout()`
 * has looked at.
 *
 * @throws {RangeError} If its name is not printable, one in its struct is not
 * an identifier of C, or a role names no member, or one that another role has.
 */
export function makeLayout(description: LayoutDescription): Layout {
  const { name, title, source, roles } = description;
  const { family = name } = description;
  for (const [kind, text] of [["name", name], ["family", family]] as const) {
    // Options list them between commas, and tables in columns.
    if (/^[^\s,\p{C}]{1,64}$/u.test(text)) continue;
    throw new RangeError(
      `Cannot define layout: found ${kind} ${JSON.stringify(text)}, expected ` +
        "1 to 64 printable characters without blanks and commas",
    );
  }
  // Names of fields are printed as C: they are looked at before anything is.
  const given = description.struct;
  const checked = (made: CStruct | Unsupported): CStruct | Unsupported => {
    if (!isUnsupported(made)) checkCNames(made);
    return made;
  };
  if (typeof given !== "function") checked(given);
  const struct = typeof given === "function"
    ? (abi: Abi) => checked(given(abi))
    : () => given;
  const arrangement = description.arrangement ?? { kind: "aos" };
  requireRoles(name, roles, struct);
  return Object.freeze<Layout>({
    name,
    family,
    title,
    source: Object.freeze(source),
    arrangement: Object.freeze(arrangement),
    roles: Object.freeze(roles),
    struct,
    serves: (abi, asked) => {
      const made = struct(abi);
      if (isUnsupported(made)) return made;
      return serves(asked, {
        abi,
        roles,
        holdsDma: description.holdsDma ?? roles.address.kind === "dma",
      });
    },
  });
}

/** Roles hold on every ABI that the struct is legal C on; one at least. */
function requireRoles(
  name: string,
  roles: Roles,
  struct: Layout["struct"],
): void {
  let illegal: unknown;
  let isPlaced = false;
  for (const abi of abis) {
    const made = struct(abi);
    if (isUnsupported(made)) {
      isPlaced = true;
      continue;
    }
    let placed;
    try {
      placed = placeMembers(made, abi);
    } catch (error) {
      illegal ??= error;
      continue;
    }
    isPlaced = true;
    checkRoles(name, roles, placed);
  }
  if (!isPlaced) throw illegal;
}

/**
 * Checks whether an answer is the reason why a layout cannot do what was asked.
 *
 * @param answer What a layout answered.
 * @returns Whether it is a reason.
 *
 * @example A layout that an ABI cannot have
 * ```ts
 * import { findAbi, findLayout, isUnsupported } from "@bvec/lab";
 * import { assert } from "@std/assert";
 *
 * const answer = findLayout("pfn_t").serves(findAbi("lp64"), "flag");
 * if (isUnsupported(answer)) assert(answer.unsupported.length > 0);
 * ```
 */
export function isUnsupported(answer: unknown): answer is Unsupported {
  return typeof answer === "object" && answer !== null &&
    "unsupported" in answer;
}

function serves(
  asked: AskedOfLayout,
  { abi, roles, holdsDma }: { abi: Abi; roles: Roles; holdsDma: boolean },
): true | Unsupported {
  if (asked === "dma") {
    return holdsDma || { unsupported: "no field can hold a DMA address" };
  }
  if (roles.address.kind === "dma") {
    return {
      unsupported: "a DMA address names no page, provider or route",
    };
  }
  if (asked !== "flag") return true;
  if (roles.flag === undefined) {
    return { unsupported: "no flag in the segment" };
  }
  // drivers/pci/Kconfig (blockspec 1.0, fact 4).
  return abi.pointerBytes === 8 || {
    unsupported:
      "no P2P on 32-bit: CONFIG_PCI_P2PDMA depends on 64BIT and ZONE_DEVICE",
  };
}
