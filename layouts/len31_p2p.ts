/**
 * A physical address and one packed word of 31 bits of length and a P2P flag
 * (blockspec 1.0, layout E): a flag in 12 bytes, since one read or write call is
 * capped below 2 GiB (MAX_RW_COUNT).
 */
import { type Layout, makeLayout } from "./layout.ts";

/** `{phys_addr_t; u32 len:31, p2p:1} __packed`, Howells 2025. */
export const len31P2p: Layout = makeLayout({
  name: "len31_p2p",
  title: "{phys, u32 len:31, p2p:1} packed",
  source: {
    author: "David Howells",
    date: "2025-06-24",
    subject: "Re: How to handle P2P DMA with only {physaddr,len} in bio_vec?",
    url: "https://lore.kernel.org/r/1143687.1750755725@warthog.procyon.org.uk",
  },
  struct: {
    name: "bio_vec",
    fields: [
      { name: "bv_phys", type: "phys_addr_t" },
      { name: "bv_len", type: "u32", bits: 31 },
      { name: "bv_p2p", type: "u32", bits: 1 },
    ],
    packed: true,
  },
  roles: {
    address: { kind: "phys", field: "bv_phys" },
    length: { field: "bv_len" },
    flag: { field: "bv_p2p", bit: 0 },
  },
});
