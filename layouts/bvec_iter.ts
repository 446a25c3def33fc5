/**
 * `struct bvec_iter`, the position in an array of segments: no layout, but in
 * the size table, because its packing is what the debates cite (blockspec 1.1).
 */
import type { CStruct } from "./c_type.ts";

/** `struct bvec_iter` of mainline since 6.8 (commit 7838b4656110). */
export const bvecIter: CStruct = Object.freeze({
  name: "bvec_iter",
  fields: Object.freeze(
    [
      { name: "bi_sector", type: "u64" }, // sector_t
      { name: "bi_size", type: "unsigned int" },
      { name: "bi_idx", type: "unsigned int" },
      { name: "bi_bvec_done", type: "unsigned int" },
    ] as const,
  ),
  packed: true,
  alignedBytes: 4,
});
