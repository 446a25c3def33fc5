/**
 * A physical address and a length as wide as a `long` (blockspec 1.0, layout A):
 * as typed in the mail of 2019, "phyr" of 2022, `struct phys_vec` since 7.0.
 */
import { type Layout, makeLayout } from "./layout.ts";

/** `{phys_addr_t, unsigned long len}`: phyr, phys_vec of 7.x. */
export const phyr: Layout = makeLayout({
  name: "phyr",
  title: "{phys, unsigned long len}: phys_vec of 7.x",
  source: {
    author: "Matthew Wilcox",
    date: "2022-01-10",
    subject: "Phyr Starter",
    url: "https://lore.kernel.org/r/YdyKWeU0HTv8m7wD@casper.infradead.org",
  },
  struct: {
    name: "phys_vec",
    fields: [
      { name: "paddr", type: "phys_addr_t" },
      { name: "len", type: "unsigned long" },
    ],
  },
  roles: {
    address: { kind: "phys", field: "paddr" },
    length: { field: "len" },
  },
});
