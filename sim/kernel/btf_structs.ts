/**
 * Sizes and member places of a kernel's structs from its BTF: what
 * `parsePaholeOffsets()` reads from pahole's text.
 */
import { type Abi, abis } from "../../layouts/abi.ts";
import {
  isRecord,
  type RecordMember,
  type RecordType,
  sizeOfType,
} from "../../layouts/pahole/type.ts";
import { type Btf, BTF_KIND } from "./btf.ts";
import { BtfTypes } from "./btf_types.ts";
import type { MemberOffset, ParsedStruct } from "./pahole_offsets.ts";
import { RECORDED_STRUCTS } from "./recorded_text.ts";

/** Members of one struct, those of its members included, at most. */
const MOST_FIELDS = 100_000;
/** Deepest nesting of structs by value; in a kernel it is 9. */
const MOST_DEPTH = 64;

const RECORDS = [BTF_KIND.struct, BTF_KIND.union] as const;

/**
 * Reads structs of a kernel.
 *
 * @param names Tags of the structs; those that the lab uses by default.
 * @returns Size and member places by tag; a struct that the kernel lacks, such
 * as one of a module, is left out. Members of unnamed structs and unions keep
 * their own name; those of named ones are joined with a dot.
 * @throws {RangeError} If the BTF contradicts itself there.
 */
export function structsOfBtf(
  btf: Btf,
  names: readonly string[] = RECORDED_STRUCTS,
): Map<string, ParsedStruct> {
  const types = new BtfTypes(btf);
  const structs = new Map<string, ParsedStruct>();
  for (const name of names) {
    const id = btf.find(name, RECORDS);
    const type = id === undefined ? undefined : types.type(id);
    if (!isRecord(type)) continue;
    const fields = new Map<string, MemberOffset>();
    const visited = { members: 0 };
    addMembers(fields, type, { prefix: "", atBytes: 0, depth: 0, visited });
    structs.set(name, {
      sizeBytes: type.sizeBytes,
      fields: Object.fromEntries(fields),
    });
  }
  return structs;
}

interface Within {
  readonly prefix: string;
  readonly atBytes: number;
  readonly depth: number;
  /** Members so far; many can have one name, or none. */
  readonly visited: { members: number };
}

function addMembers(
  fields: Map<string, MemberOffset>,
  record: RecordType,
  within: Within,
): void {
  for (const member of record.members) {
    if (++within.visited.members > MOST_FIELDS || within.depth > MOST_DEPTH) {
      throw new RangeError(
        `Cannot list ${record.kind} ${record.name}: it has more than ` +
          `${MOST_FIELDS} members or is nested more than ${MOST_DEPTH} deep, ` +
          `expected fewer`,
      );
    }
    addMember(fields, member, within);
  }
}

function addMember(
  fields: Map<string, MemberOffset>,
  member: RecordMember,
  { prefix, atBytes, depth, visited }: Within,
): void {
  const { name, type } = member;
  const offsetBytes = atBytes + member.offsetBytes;
  if (name !== "") {
    const { sizeBytes } = member;
    fields.set(`${prefix}${name}`, { offsetBytes, sizeBytes });
  }
  if (!isRecord(type)) return;
  addMembers(fields, type, {
    prefix: name === "" ? prefix : `${prefix}${name}.`,
    atBytes: offsetBytes,
    depth: depth + 1,
    visited,
  });
}

/**
 * Returns which ABI a kernel was built for.
 *
 * @param btf The kernel's types; those of vmlinux, or a module with its base.
 * @returns The ABI whose pointers, byte order, `phys_addr_t` and alignment of
 * u64 are the same.
 * @throws {RangeError} If the lab knows no such ABI, as that of a 32-bit ARM
 * kernel without LPAE.
 */
export function abiOfBtf(btf: Btf): Abi {
  const types = new BtfTypes(btf);
  const sizeOf = (name: string, kind: number) => {
    const id = btf.find(name, [kind]);
    return id === undefined ? 0 : sizeOfType(types.type(id));
  };
  const physBytes = sizeOf("phys_addr_t", BTF_KIND.typedef) ||
    btf.pointerBytes;
  // struct timespec64 is a time64_t and a long: 12 bytes where u64 is aligned
  // to 4, 16 elsewhere (include/linux/time64.h).
  const timespecBytes = sizeOf("timespec64", BTF_KIND.struct);
  const u64AlignBytes = timespecBytes === 12 ? 4 : 8;
  const found = abis.find((abi) =>
    abi.pointerBytes === btf.pointerBytes && abi.physBytes === physBytes &&
    abi.littleEndian === btf.littleEndian &&
    abi.u64AlignBytes === u64AlignBytes
  );
  if (found !== undefined) return found;
  throw new RangeError(
    `Cannot determine the ABI of ${btf.name}: pointers of ${btf.pointerBytes} and ` +
      `phys_addr_t of ${physBytes} bytes, u64 aligned to ${u64AlignBytes}, ` +
      `${btf.littleEndian ? "little" : "big"}-endian, expected one of: ` +
      abis.map((abi) => abi.name).join(", "),
  );
}
