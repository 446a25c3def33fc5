/**
 * Entries of rlist, "Range List" (blockspec 1.6, layout K): three encodings in
 * chunks of 512 bytes, each chunk with an 8-byte link in front. They are packed
 * and aligned to 8 on every ABI, as `struct rlist_8/16/24` of its lib/rlist.c.
 *
 * A real rlist mixes them and takes the smallest that an entry fits; here each is
 * a layout of its own, and each entry is of type PHYSICAL (the flag) or FOLIO.
 * The 8-byte encoding holds a page frame number and no offset, so it takes only
 * addresses that are a multiple of 4096; the others hold a physical address.
 */
import { type Layout, makeLayout } from "./layout.ts";

import type { CField, CStruct } from "./c_type.ts";

const family = "rlist";
const source = {
  author: "Jason Gunthorpe",
  date: "2023-01-21",
  subject: "rlist: CPU and DMA range lists (github branch rlist)",
  url: "https://lore.kernel.org/r/Y8v+qVZ8OmodOCQ9@nvidia.com",
} as const;
const arrangement = {
  kind: "chunks",
  chunkBytes: 512,
  linkBytes: 8,
} as const;
const header: readonly CField[] = [
  { name: "encoding", type: "u32", bits: 2 },
  { name: "type", type: "u32", bits: 2 },
  { name: "hdr_length", type: "u32", bits: 28 },
];
const base: CField = { name: "base", type: "u64" };
const flag = { field: "type", bit: 0 } as const;

/** 8 bytes: 28-bit length, 32-bit page frame number. */
export const rlist8: Layout = makeLayout({
  name: "rlist_8",
  family,
  title: "8-byte rlist entry, chunks of 512: pfn, 28-bit length",
  source,
  arrangement,
  struct: entry("rlist_8", [...header, { name: "base", type: "u32" }]),
  roles: {
    address: { kind: "pfn", field: "base" },
    length: { field: "hdr_length" },
    flag,
    constants: { encoding: 0 },
  },
});

/** 16 bytes: 36-bit length, 24-bit offset (of a folio), 64-bit base. */
export const rlist16: Layout = makeLayout({
  name: "rlist_16",
  family,
  title: "16-byte rlist entry, chunks of 512: phys, 36-bit length",
  source,
  arrangement,
  struct: entry("rlist_16", [
    ...header,
    { name: "length", type: "u32", bits: 8 },
    { name: "offset", type: "u32", bits: 24 },
    base,
  ]),
  roles: {
    address: { kind: "phys", field: "base" },
    length: { field: "hdr_length", high: "length" },
    flag,
    constants: { encoding: 1 },
  },
});

/** 24 bytes: 60-bit length, 32-bit offset, 64-bit base, 32 bits extra. */
export const rlist24: Layout = makeLayout({
  name: "rlist_24",
  family,
  title: "24-byte rlist entry, chunks of 512: phys, 60-bit length",
  source,
  arrangement,
  struct: entry("rlist_24", [
    ...header,
    { name: "offset", type: "u32" },
    base,
    { name: "length", type: "u32" },
    { name: "extra", type: "u32" },
  ]),
  roles: {
    address: { kind: "phys", field: "base" },
    length: { field: "hdr_length", high: "length" },
    flag,
    constants: { encoding: 2 },
  },
});

function entry(name: string, fields: readonly CField[]): CStruct {
  return { name, fields, packed: true, alignedBytes: 8 };
}
