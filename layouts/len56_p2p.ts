/**
 * A physical address and one word of 56 bits of length, a P2P flag and 7 spare
 * bits (blockspec 1.0, layout D), as it was mailed and in the two forms that also
 * exist where `size_t` has 32 bits.
 */
import { type Layout, makeLayout } from "./layout.ts";

import type { CStruct, ScalarName } from "./c_type.ts";

const family = "len56_p2p";
const source = {
  author: "David Howells",
  date: "2025-06-23",
  subject: "How to handle P2P DMA with only {physaddr,len} in bio_vec?",
  url: "https://lore.kernel.org/r/1098395.1750675858@warthog.procyon.org.uk",
} as const;
const roles = {
  address: { kind: "phys", field: "bv_phys" },
  length: { field: "bv_len" },
  flag: { field: "bv_p2p", bit: 0 },
} as const;

/** As mailed: the bit-fields are of type `size_t`. */
export const len56P2p: Layout = makeLayout({
  name: "len56_p2p",
  family,
  title: "{phys, size_t len:56, p2p:1, spare:7}",
  source,
  struct: (abi) =>
    abi.longBytes === 8 ? bioVec("size_t", 56) : {
      unsupported: "a bit-field of 56 bits is wider than its 32-bit size_t",
    },
  roles,
});

/** The same with bit-fields of a `u64`, which every ABI has. */
export const len56P2pU64: Layout = makeLayout({
  name: "len56_p2p_u64",
  family,
  title: "{phys, u64 len:56, p2p:1, spare:7}",
  source,
  struct: bioVec("u64", 56),
  roles,
});

/** The same idea in the 32 bits that `size_t` has on 32-bit ABIs. */
export const len24P2p: Layout = makeLayout({
  name: "len24_p2p",
  family,
  title: "{phys, size_t len:24, p2p:1, spare:7} on 32-bit",
  source,
  struct: (abi) =>
    abi.longBytes === 4 ? bioVec("size_t", 24) : {
      unsupported: "the 24-bit length is for 32-bit size_t; see len56_p2p",
    },
  roles,
});

function bioVec(type: ScalarName, lengthBits: number): CStruct {
  return {
    name: "bio_vec",
    fields: [
      { name: "bv_phys", type: "phys_addr_t" },
      { name: "bv_len", type, bits: lengthBits },
      { name: "bv_p2p", type, bits: 1 },
      { name: "bv_spare", type, bits: 7 },
    ],
  };
}
