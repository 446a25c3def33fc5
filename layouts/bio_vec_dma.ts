/**
 * bio_vec with the DMA mapping in the same struct (blockspec 1.0, layout J):
 * input and output of mapping together, as in scatterlist.
 */
import { type Layout, makeLayout } from "./layout.ts";

/** `bio_vec` and `{dma_addr, u32 dma_len, u32 dma_flags}`, Lever 2023. */
export const bioVecDma: Layout = makeLayout({
  name: "bio_vec_dma",
  title: "bio_vec with {dma_addr, dma_len, dma_flags}",
  source: {
    author: "Chuck Lever",
    date: "2023-10-19",
    subject: "[PATCH RFC 0/9] Exploring biovec support in (R)DMA API",
    url:
      "https://lore.kernel.org/r/169772852492.5232.17148564580779995849.stgit@klimt.1015granger.net",
  },
  struct: {
    name: "bio_vec",
    fields: [
      { name: "bv_page", type: { pointerTo: "struct page" } },
      { name: "bv_len", type: "unsigned int" },
      { name: "bv_offset", type: "unsigned int" },
      { name: "bv_dma_addr", type: "dma_addr_t" },
      { name: "bv_dma_len", type: "unsigned int" },
      { name: "bv_dma_flags", type: "unsigned int" },
    ],
  },
  roles: {
    address: { kind: "page", field: "bv_page", offset: "bv_offset" },
    length: { field: "bv_len" },
    flag: { field: "bv_dma_flags", bit: 0 },
  },
  holdsDma: true,
});
