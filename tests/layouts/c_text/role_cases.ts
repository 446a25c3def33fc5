/** Structs in C text, with the roles that their members have. */
import type { LayoutFromCOptions } from "../../../layouts/c_text/options.ts";

/** A text, its roles in words, and what is asked for beside it. */
export const CASES: readonly [string, string, LayoutFromCOptions?][] = [
  // include/linux/bvec.h
  [
    "struct bio_vec { struct page *bv_page; unsigned int bv_len, bv_offset; };",
    "page bv_page+bv_offset len bv_len",
  ],
  // include/linux/scatterlist.h
  [
    "struct scatterlist { unsigned long page_link; unsigned int offset, length; " +
    "dma_addr_t dma_address; unsigned int dma_length; };",
    "page page_link+offset len length",
  ],
  // include/linux/bio.h of the DMA vectors, and phyr
  [
    "struct dma_vec { dma_addr_t addr; unsigned int len; };",
    "dma addr len len",
  ],
  [
    "struct phyr { phys_addr_t base; size_t len; };",
    "phys base len len",
  ],
  // Howells 2025
  [
    "struct bio_vec { phys_addr_t bv_phys; u64 bv_len:56, bv_p2p:1, spare:7; };",
    "phys bv_phys len bv_len flag bv_p2p:0",
  ],
  [
    "struct s { u64 pfn; u32 size; u16 off; u16 flags; };",
    "pfn pfn+off len size flag flags:0",
  ],
  ["struct s { pfn_t at; u32 nr_bytes; };", "pfn at.val len nr_bytes"],
  ["struct s { struct folio *folio; u32 len; };", "page folio len len"],
  [
    "typedef struct { unsigned long f; } memdesc_flags_t;\n" +
    "struct s { phys_addr_t paddr; s64 len; memdesc_flags_t flags; };",
    "phys paddr len len flag flags.f:0",
  ],
  [
    "struct s { __le64 addr; __le32 length; u8 type; };",
    "phys addr len length",
  ],
  ["struct s { phys_addr_t a; u32 x; };", "phys a len x"],
  [
    "struct s { u64 x; u32 y, z; };",
    "phys x len y flag z:3",
    { roles: "address=x,length=y,flag=z:3" },
  ],
  [
    "struct s { u64 x; u32 y, offset; };",
    "pfn x+offset len y",
    { roles: "address=x:pfn,length=y" },
  ],
  [
    "struct s { phys_addr_t paddr; u32 len, flags; };",
    "phys paddr len len",
    { roles: "flag=none" },
  ],
  [
    "struct s { phys_addr_t paddr; u32 len; };",
    "phys paddr len len flag paddr:63",
    { roles: "flag=paddr:63", config: [] },
  ],
];
