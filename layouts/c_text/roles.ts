/**
 * Which member of a struct is what: address, length, offset, flag. Types say
 * it first (`struct page *`, `phys_addr_t`, `dma_addr_t`), then names that the
 * kernel uses; what was found is given with its reason, to be printed.
 */
import type { AddressKind, Roles } from "../layout.ts";
import { findField } from "../placed_members.ts";
import type { PlacedStruct } from "../struct.ts";
import {
  type Candidate,
  candidates,
  findAddress,
  type Found,
  isInteger,
  RoleError,
  type RoleReason,
  several,
} from "./role_candidates.ts";
import { type FoundFlag, NONE, parseOverride } from "./role_override.ts";
import { quoted } from "./source_text.ts";

export interface FoundRoles {
  /** The roles, as a layout has them. */
  readonly roles: Roles;
  /** How each was found. */
  readonly reasons: readonly RoleReason[];
}

const LENGTH_NAMES = [
  /(?:^|_)(?:len|length)$/,
  /(?:^|_)size$/,
  /(?:^|_)(?:bytes|nbytes|byte_count|count)$/,
];
const OFFSET_NAME = /(?:^|_)(?:offset|offs|off|pgoff|page_off|page_offset)$/;
const FLAG_NAMES = [
  /(?:^|_)(?:p2p|is_p2p|p2pdma|is_p2pdma|pci_p2p|p2p_flag)$/,
  /(?:^|_)(?:flags?|attrs?|attributes)$/,
];

/**
 * Finds the roles of a struct's members.
 *
 * @param override `address=paddr,flag=flags:0`; `flag=none` for none; an address
 * with its kind as `address=addr:phys`.
 * @throws {RangeError} If there is no address or length, or several; the
 * message is the reason alone, and names what helps.
 */
export function findRoles(
  placed: PlacedStruct,
  override: string | undefined,
): FoundRoles {
  const given = parseOverride(placed, override);
  const all = candidates(placed);
  const reasons: RoleReason[] = [];
  const address = given.address ?? findAddress(all);
  const kind = address.kind;
  reasons.push({
    role: "address",
    field: address.field,
    reason: address.reason,
  });
  const others = all.filter(({ name }) =>
    name !== address.field && name !== given.offset?.field &&
    name !== given.flag?.field
  );
  const byPage = kind === "page" || kind === "pfn";
  const offset = given.offset ?? (byPage ? findOffset(others) : undefined);
  const flag = given.flag ?? findFlag(others, given.length?.field);
  const length = given.length ??
    findLength(others, { kind, taken: [offset?.field, flag?.field] });
  reasons.push({ role: "length", ...length });
  if (offset !== undefined && offset.field !== NONE) {
    reasons.push({ role: "offset", ...offset });
  }
  const hasFlag = flag !== undefined && flag.field !== NONE;
  checkApart(placed, [
    address.field,
    length.field,
    ...(offset === undefined || offset.field === NONE ? [] : [offset.field]),
    ...(hasFlag && flag.field !== address.field ? [flag.field] : []),
  ]);
  if (hasFlag) {
    const { field, bit, reason } = flag;
    reasons.push({ role: "flag", field: `${field}:${bit}`, reason });
  }
  return {
    roles: {
      address: {
        kind,
        field: address.field,
        ...(offset === undefined || offset.field === NONE
          ? {}
          : { offset: offset.field }),
      },
      length: { field: length.field },
      ...(hasFlag ? { flag: { field: flag.field, bit: flag.bit } } : {}),
    },
    reasons,
  };
}

/** Two roles in the same bits, as in a union, would overwrite each other. */
function checkApart(placed: PlacedStruct, names: readonly string[]): void {
  names.forEach((name, index) => {
    const own = findField(placed, name);
    for (const before of names.slice(0, index)) {
      const other = findField(placed, before);
      const overlap = own.startBit < other.startBit + other.sizeBits &&
        other.startBit < own.startBit + own.sizeBits;
      if (!overlap) continue;
      throw new RoleError(
        `${quoted(name)} in the bits of ${quoted(before)}, expected a member ` +
          `for each of address, length, offset and flag`,
        name,
      );
    }
  });
}

function findOffset(all: readonly Candidate[]): Found | undefined {
  const found = all.filter((each) =>
    OFFSET_NAME.test(each.word) && isInteger(each.type)
  );
  const [first, ...more] = found;
  if (first === undefined) return undefined;
  if (more.length > 0) throw several("offset", found.map(({ name }) => name));
  return { field: first.name, reason: `name ${first.word}` };
}

function findFlag(
  all: readonly Candidate[],
  length: string | undefined,
): FoundFlag | undefined {
  for (const pattern of FLAG_NAMES) {
    const found = all.filter((each) =>
      pattern.test(each.word) && isInteger(each.type) && each.name !== length
    );
    const [first, ...more] = found;
    if (first === undefined) continue;
    if (more.length > 0) throw several("flag", found.map(({ name }) => name));
    return { field: first.name, bit: 0, reason: `name ${first.word}` };
  }
  return undefined;
}

function findLength(
  all: readonly Candidate[],
  { kind, taken }: {
    kind: AddressKind;
    taken: readonly (string | undefined)[];
  },
): Found {
  const left = all.filter(({ name, type }) =>
    isInteger(type) && !taken.includes(name)
  );
  // Of a length and a dma_length, the one beside the address counts.
  const own = left.filter(({ word }) => /dma/.test(word) === (kind === "dma"));
  for (const among of [own, left]) {
    for (const pattern of LENGTH_NAMES) {
      const found = among.filter(({ word }) => pattern.test(word));
      const [first, ...more] = found;
      if (first === undefined) continue;
      if (more.length > 0) {
        throw several("length", found.map(({ name }) => name));
      }
      return { field: first.name, reason: `name ${first.word}` };
    }
  }
  const [only, ...more] = left;
  if (only !== undefined && more.length === 0) {
    return { field: only.name, reason: "the only number left" };
  }
  throw new RangeError(
    `no member that holds the length${
      left.length === 0
        ? ""
        : ` (of ${left.map((each) => each.name).join(", ")})`
    }, expected one named len, length, size or bytes, or --role length=NAME`,
  );
}
