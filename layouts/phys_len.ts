/**
 * A physical address and a 32-bit length (blockspec 1.0, layout B).
 *
 * With P2P compiled out, this is what 32-bit systems get from the proposal of
 * 2019: 8 bytes. On 64-bit the compiler leaves a hole of 4 bytes after `len`.
 */
import { type Layout, makeLayout } from "./layout.ts";

/** `{phys_addr_t, u32 len}`, Hellwig 2022; phys_vec of 6.16 to 6.19. */
export const physLen: Layout = makeLayout({
  name: "phys_len",
  title: "{phys, u32 len}: 8 bytes on 32-bit, a hole on 64-bit",
  source: {
    author: "Christoph Hellwig",
    date: "2022-01-20",
    subject: "Re: Phyr Starter",
    url: "https://lore.kernel.org/r/YdyKWeU0HTv8m7wD@casper.infradead.org",
  },
  struct: {
    name: "bio_vec",
    fields: [
      { name: "bv_phys", type: "phys_addr_t" },
      { name: "bv_len", type: "u32" },
    ],
  },
  roles: {
    address: { kind: "phys", field: "bv_phys" },
    length: { field: "bv_len" },
  },
});
