/** Members that may have a role, and which of them holds the address. */
import {
  type CStruct,
  type CType,
  isStruct,
  typeText,
  withoutTypedefs,
} from "../c_type.ts";
import type { AddressKind } from "../layout.ts";
import { findField } from "../placed_members.ts";
import type { PlacedStruct } from "../struct.ts";

/** A member's role and how it was found. */
export interface RoleReason {
  /** What the member is for. */
  readonly role: "address" | "length" | "offset" | "flag";
  /** The member, and for a flag its bit: `flags:0`. */
  readonly field: string;
  /** Why: its type, its name, or `--role`. */
  readonly reason: string;
}

/** A struct whose members do not say which is what. */
export class RoleError extends RangeError {
  override readonly name = "RangeError";
  /** The member that is one too many; `undefined` if there is none at all. */
  readonly field: string | undefined;

  /**
   * Makes the error.
   *
   * @param message The reason alone: found, expected.
   */
  constructor(message: string, field?: string) {
    super(message);
    this.field = field;
  }
}

/** A member that may have a role. */
export interface Candidate {
  /** Its name, with those of structs around it. */
  readonly name: string;
  readonly type: CType;
  /** Its last part, without the names of structs around it. */
  readonly word: string;
  /** Name of its type; of a struct with nothing else in it, as `pfn_t` is. */
  readonly typed: string;
  readonly bits: number;
}

export interface Found {
  readonly field: string;
  readonly reason: string;
}

export interface FoundAddress extends Found {
  /** What it holds. */
  readonly kind: AddressKind;
}

// Names of the kernel's own structs and of those that were mailed: bv_page,
// bv_len, paddr, dma_address, page_link, sg_len, nr_bytes, base, hdr_length.
const PHYS_NAME = /(?:^|_)(?:paddr|phys|physaddr|pa|addr|address|base)$/;
const DMA_NAME = /(?:^|_)(?:dma|dma_addr|dma_address|dma_base|iova)$/;
const PFN_NAME = /(?:^|_)pfn$/;
const PAGE_NAME = /(?:^|_)(?:page|page_link)$/;
/**
 * Returns the members that may have a role.
 *
 * @returns Those that hold one value.
 */
export function candidates(placed: PlacedStruct): Candidate[] {
  const found: Named[] = [];
  collect(placed.struct, { prefix: "", owner: "", word: "" }, found);
  return found.map(({ name, owner, word }) => {
    const { field, sizeBits } = findField(placed, name);
    return {
      name,
      type: field.type,
      word,
      typed: owner === "" ? typeName(field.type) : owner,
      bits: sizeBits,
    };
  });
}

interface Named {
  readonly name: string;
  /** Type of a struct with nothing else in it; empty for others. */
  readonly owner: string;
  readonly word: string;
}

/** Names of members that hold one value; elements of arrays have none. */
function collect(
  struct: CStruct,
  within: { prefix: string; owner: string; word: string },
  found: Named[],
): void {
  const { prefix, owner } = within;
  for (const field of struct.fields) {
    const type = withoutTypedefs(field.type);
    if (field.count !== undefined) continue;
    if (isStruct(type)) {
      // Such as pfn_t and memdesc_flags_t: the member around it says more.
      const alone = type.fields.length === 1 && field.type !== type;
      collect(type, {
        prefix: field.name === "" ? prefix : `${prefix}${field.name}.`,
        owner: alone ? typeName(field.type) : "",
        word: alone ? field.name : "",
      }, found);
    } else if (field.name !== "") {
      const name = prefix + field.name;
      found.push({ name, owner, word: within.word || field.name });
    }
  }
}

/** Returns whether a type is an integer of up to 64 bits. */
export function isInteger(type: CType): boolean {
  const plain = withoutTypedefs(type);
  return typeof plain === "string"
    ? plain !== "float" && plain !== "double" && !/__int128/.test(plain)
    : "enum" in plain;
}

/** Name of the scalar or typedef, if it says what it holds. */
function typeName(type: CType): string {
  const text = typeText(type);
  return text.startsWith("own_") ? text.slice(4) : text;
}

/**
 * Finds the address: by its type, else by its name.
 *
 * @throws {RoleError} If there is none, or more than one.
 */
export function findAddress(all: readonly Candidate[]): FoundAddress {
  const by = (
    kind: AddressKind,
    reason: (candidate: Candidate) => string,
    is: (candidate: Candidate) => boolean,
  ) =>
    all.filter(is).map((candidate) => ({
      kind,
      field: candidate.name,
      reason: reason(candidate),
    }));
  const type = ({ typed }: Candidate) => `type ${typed}`;
  const name = ({ word }: Candidate) => `name ${word}`;
  const wide = ({ type, bits }: Candidate) => isInteger(type) && bits >= 32;
  const ranks: FoundAddress[][] = [
    [
      ...by(
        "page",
        type,
        ({ typed }) => /^struct (page|folio) \*$/.test(typed),
      ),
      ...by(
        "phys",
        type,
        ({ typed }) => /^(phys_addr_t|resource_size_t)$/.test(typed),
      ),
      ...by("pfn", type, ({ typed }) => typed === "pfn_t"),
    ],
    by("page", name, (each) => PAGE_NAME.test(each.word) && wide(each)),
    by("pfn", name, (each) => PFN_NAME.test(each.word) && wide(each)),
    by("dma", type, ({ typed }) => typed === "dma_addr_t"),
    by("dma", name, (each) => DMA_NAME.test(each.word) && wide(each)),
    by("phys", name, (each) => PHYS_NAME.test(each.word) && wide(each)),
  ];
  for (const rank of ranks) {
    const [first, ...more] = rank;
    if (first === undefined) continue;
    if (more.length === 0) return first;
    throw several("address", rank.map(({ field }) => field));
  }
  const virtual = all.find(({ word, type }) =>
    PHYS_NAME.test(word) && typeText(type).endsWith("*")
  );
  throw new RoleError(
    `no member that holds an address${
      virtual === undefined
        ? ""
        : ` (${virtual.name} is a pointer to ${
          typeText(virtual.type).slice(0, -1).trim()
        }, a virtual address)`
    }, expected a struct page *, phys_addr_t, dma_addr_t or pfn, or ` +
      `--role address=NAME`,
    virtual?.name,
  );
}

/** Makes the error of a role that several members may have. */
export function several(role: string, names: readonly string[]): RangeError {
  return new RoleError(
    `${names.length} members that may hold the ${role} (${
      names.join(", ")
    }), expected one, or --role ${role}=${names[0]}`,
    names[1],
  );
}
