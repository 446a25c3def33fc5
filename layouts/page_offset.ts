/** Mainline's bio_vec: a page pointer, a length and an offset in the page. */
import { type Layout, makeLayout } from "./layout.ts";

/** `struct bio_vec` of mainline (include/linux/bvec.h). */
export const pageOffset: Layout = makeLayout({
  name: "page_offset",
  title: "bio_vec of mainline {page, len, offset}",
  source: {
    author: "mainline",
    date: "2001-12",
    subject: "include/linux/bvec.h",
  },
  struct: {
    name: "bio_vec",
    fields: [
      { name: "bv_page", type: { pointerTo: "struct page" } },
      { name: "bv_len", type: "unsigned int" },
      { name: "bv_offset", type: "unsigned int" },
    ],
  },
  roles: {
    address: { kind: "page", field: "bv_page", offset: "bv_offset" },
    length: { field: "bv_len" },
  },
});
