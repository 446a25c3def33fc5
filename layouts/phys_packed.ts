/**
 * A physical address and a 32-bit length without padding (blockspec 1.0, layouts
 * C and C'): 12 bytes on 64-bit, the only way there to beat mainline's 16.
 *
 * Plain `packed` lets compilers use byte accesses on strict-alignment machines;
 * `aligned(4)` beside it stops that (commit 7838b4656110 for bvec_iter).
 */
import { type Layout, makeLayout } from "./layout.ts";

const source = {
  author: "Christoph Hellwig",
  date: "2025-06-23",
  subject: "Re: How to handle P2P DMA with only {physaddr,len} in bio_vec?",
  url: "https://lore.kernel.org/r/aFlaxwpKChYXFf8A@infradead.org",
} as const;
const fields = [
  { name: "bv_phys", type: "phys_addr_t" },
  { name: "bv_len", type: "u32" },
] as const;
const roles = {
  address: { kind: "phys", field: "bv_phys" },
  length: { field: "bv_len" },
} as const;

/** `{phys_addr_t, u32 len} __packed`, Hellwig 2025. */
export const physPacked: Layout = makeLayout({
  name: "phys_packed",
  title: "{phys, u32 len} packed",
  source,
  struct: { name: "bio_vec", fields, packed: true },
  roles,
});

/** The same with `aligned(4)`, as mainline does for bvec_iter. */
export const physPackedAligned4: Layout = makeLayout({
  name: "phys_packed_aligned4",
  family: "phys_packed",
  title: "{phys, u32 len} packed, aligned(4)",
  source,
  struct: { name: "bio_vec", fields, packed: true, alignedBytes: 4 },
  roles,
});
