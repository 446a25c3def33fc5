/**
 * The proposal of 26 June 2019 with the P2P config on: a physical address, a
 * 32-bit length and flags in the hole after it (blockspec 1.0, layout G).
 */
import { type Layout, makeLayout } from "./layout.ts";

/** `{phys_addr_t, u32 len, u32 flags}`, Hellwig 2019. */
export const physFlags: Layout = makeLayout({
  name: "phys_flags",
  title: "{phys, u32 len, u32 flags}: flags in the hole after len",
  source: {
    author: "Christoph Hellwig",
    date: "2019-06-26",
    subject: "Re: [RFC PATCH 00/28] Removing struct page from P2PDMA",
    url: "https://lore.kernel.org/r/20190626065708.GB24531@lst.de",
  },
  struct: {
    name: "bio_vec",
    fields: [
      { name: "bv_phys", type: "phys_addr_t" },
      { name: "bv_len", type: "u32" },
      { name: "bv_flags", type: "u32" },
    ],
  },
  roles: {
    address: { kind: "phys", field: "bv_phys" },
    length: { field: "bv_len" },
    flag: { field: "bv_flags", bit: 0 },
  },
});
