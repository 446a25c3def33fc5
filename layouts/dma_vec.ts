/**
 * A DMA address and a length, made before the bio (blockspec 1.0, layout F). It
 * names neither the page nor the provider, and it is valid for one device only.
 */
import { type Layout, makeLayout } from "./layout.ts";

/** `{dma_addr_t, u32 len}`, Logan Gunthorpe 2019. */
export const dmaVec: Layout = makeLayout({
  name: "dma_vec",
  title: "{dma_addr, u32 len}: mapped before the bio",
  source: {
    author: "Logan Gunthorpe",
    date: "2019-06-20",
    subject: "[RFC PATCH 00/28] Removing struct page from P2PDMA",
    url: "https://lore.kernel.org/r/20190620161240.22738-1-logang@deltatee.com",
  },
  struct: {
    name: "dma_vec",
    fields: [
      { name: "dv_addr", type: "dma_addr_t" },
      { name: "dv_len", type: "u32" },
    ],
  },
  roles: {
    address: { kind: "dma", field: "dv_addr" },
    length: { field: "dv_len" },
  },
});
