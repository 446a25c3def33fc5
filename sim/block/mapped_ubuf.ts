/**
 * struct io_mapped_ubuf, a registered buffer of io_uring: a header, and after
 * it the table of vectors that each I/O borrows (io_uring/rsrc.h). The first
 * vectors are in the line of the header, which each I/O reads.
 */
import type { Abi } from "../../layouts/abi.ts";
import type { CField } from "../../layouts/c_type.ts";
import { placeMembers } from "../../layouts/place_members.ts";
import { type KernelProfile, kernelProfiles } from "../kernel/profile.ts";

/** What an I/O asks the header, and where the table begins. */
export interface MappedUbuf {
  /** Address of the buffer, a u64. */
  readonly addressAt: number;
  /** Its length, or where it ends. */
  readonly lengthAt: number;
  readonly lengthBytes: number;
  /** What shift of a folio the vectors have; -1 where all are of a page. */
  readonly folioShiftAt: number;
  /** Whether it is memory of the kernel; -1 if there is none such. */
  readonly flagsAt: number;
  /** Directions that it may be used in; -1 where all are. */
  readonly directionsAt: number;
  /** Bytes in front of the table, if that needed no alignment. */
  readonly headerBytes: number;
}

const u32 = "unsigned int";
const pointer = { pointerTo: "void" } as const;

/**
 * The header, from each kernel on that changed it; `len` of 7.x is a size_t,
 * `ubuf_end` of 6.x a u64.
 */
const HEADERS: Readonly<Partial<Record<KernelProfile, readonly CField[]>>> = {
  "6.1": [
    { name: "ubuf", type: "u64" },
    { name: "ubuf_end", type: "u64" },
    { name: "nr_bvecs", type: u32 },
    { name: "acct_pages", type: "unsigned long" },
  ],
  "6.12": [
    { name: "ubuf", type: "u64" },
    { name: "ubuf_end", type: "u64" },
    { name: "nr_bvecs", type: u32 },
    { name: "folio_shift", type: u32 },
    { name: "acct_pages", type: "unsigned long" },
    { name: "folio_mask", type: "unsigned long" },
    { name: "refs", type: u32 },
  ],
  "7.2": [
    { name: "ubuf", type: "u64" },
    { name: "len", type: "size_t" },
    { name: "nr_bvecs", type: u32 },
    { name: "folio_shift", type: u32 },
    { name: "refs", type: u32 },
    { name: "flags", type: "u8" },
    { name: "dir", type: "u8" },
    { name: "release", type: pointer },
    { name: "priv", type: pointer },
  ],
};

/**
 * Places the header of a registered buffer.
 *
 * @returns Offsets in bytes from its start.
 *
 * @example 48 bytes in 7.2, as recorded
 * ```ts
 * import { mappedUbuf } from "./mapped_ubuf.ts";
 * import { findAbi } from "@bvec/lab";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(mappedUbuf("7.2", findAbi("lp64")).headerBytes, 48);
 * ```
 */
export function mappedUbuf(kernel: KernelProfile, abi: Abi): MappedUbuf {
  const known = kernelProfiles.slice(0, kernelProfiles.indexOf(kernel) + 1);
  const changed = known.findLast((older) => HEADERS[older] !== undefined);
  const placed = placeMembers({
    name: "io_mapped_ubuf",
    fields: changed === undefined ? [] : HEADERS[changed] ?? [],
  }, abi);
  const find = (name: string) =>
    placed.fields.find((field) => field.name === name);
  const at = (name: string) => find(name)?.offsetBytes ?? -1;
  const length = find("len") ?? find("ubuf_end");
  const last = placed.fields.at(-1);
  return {
    addressAt: at("ubuf"),
    lengthAt: length?.offsetBytes ?? 0,
    lengthBytes: length?.sizeBytes ?? 0,
    folioShiftAt: at("folio_shift"),
    flagsAt: at("flags"),
    directionsAt: at("dir"),
    headerBytes: (last?.offsetBytes ?? 0) + (last?.sizeBytes ?? 0),
  };
}
