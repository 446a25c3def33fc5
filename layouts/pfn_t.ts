/**
 * A page frame number with flags in its high bits, a length and an offset in the
 * page (blockspec 1.0, layout H).
 */
import { type Layout, makeLayout } from "./layout.ts";

/** `{pfn_t, u32 len, u32 offset}`, Dan Williams 2015, Logan Gunthorpe 2017. */
export const pfnT: Layout = makeLayout({
  name: "pfn_t",
  title: "{pfn_t, u32 len, u32 offset}: flags in the pfn",
  source: {
    author: "Dan Williams",
    date: "2015-03-16",
    subject: "[RFC PATCH 0/7] evacuate struct page from the block layer",
    url:
      "https://lore.kernel.org/r/20150316201640.33102.33761.stgit@dwillia2-desk3.amr.corp.intel.com",
  },
  struct: {
    name: "bio_vec",
    fields: [
      { name: "bv_pfn", type: "u64" },
      { name: "bv_len", type: "unsigned int" },
      { name: "bv_offset", type: "unsigned int" },
    ],
  },
  roles: {
    address: { kind: "pfn", field: "bv_pfn", offset: "bv_offset" },
    length: { field: "bv_len" },
    // PFN_DEV of include/linux/pfn_t.h: memory of a device.
    flag: { field: "bv_pfn", bit: 61 },
  },
});
