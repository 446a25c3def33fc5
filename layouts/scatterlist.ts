/**
 * The scatterlist entry: a page as in bio_vec, and the DMA mapping beside it,
 * with the two fields that configs may leave out (blockspec 1.0, layout I).
 */
import { type Layout, makeLayout } from "./layout.ts";

import type { CField } from "./c_type.ts";

const family = "scatterlist";
const source = {
  author: "mainline",
  date: "2007-10",
  subject: "include/linux/scatterlist.h",
} as const;
const required: readonly CField[] = [
  { name: "page_link", type: "unsigned long" },
  { name: "offset", type: "unsigned int" },
  { name: "length", type: "unsigned int" },
  { name: "dma_address", type: "dma_addr_t" },
];
const dmaLength: CField = { name: "dma_length", type: "unsigned int" };
const dmaFlags: CField = { name: "dma_flags", type: "unsigned int" };
const roles = {
  address: { kind: "page", field: "page_link", offset: "offset" },
  length: { field: "length" },
} as const;

/** With NEED_SG_DMA_LENGTH and NEED_SG_DMA_FLAGS, as P2PDMA selects. */
export const scatterlist: Layout = makeLayout({
  name: "scatterlist",
  title: "scatterlist with dma_length and dma_flags",
  source,
  struct: { name: "scatterlist", fields: [...required, dmaLength, dmaFlags] },
  // SG_DMA_BUS_ADDRESS is bit 0.
  roles: { ...roles, flag: { field: "dma_flags", bit: 0 } },
  holdsDma: true,
});

/** With NEED_SG_DMA_LENGTH only. */
export const scatterlistDmaLength: Layout = makeLayout({
  name: "scatterlist_dma_length",
  family,
  title: "scatterlist with dma_length",
  source,
  struct: { name: "scatterlist", fields: [...required, dmaLength] },
  roles,
  holdsDma: true,
});

/** With neither. */
export const scatterlistMinimal: Layout = makeLayout({
  name: "scatterlist_minimal",
  family,
  title: "scatterlist without dma_length and dma_flags",
  source,
  struct: { name: "scatterlist", fields: required },
  roles,
  holdsDma: true,
});
