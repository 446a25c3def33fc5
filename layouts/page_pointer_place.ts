/**
 * Where page pointers go while a bio is filled. Extraction has get_user_pages
 * write a pointer for each page into the tail of the very array that vectors
 * fill from its front, and reads them back as it makes the vectors
 * (lib/iov_iter.c iov_iter_extract_bvecs, before 7.0 block/bio.c
 * __bio_iov_iter_get_pages).
 *
 * With vectors of v bytes, pointers of p and room for n, the pointers begin at
 * (v - p) * n; vector k ends at v * (k + 1), pointer k + 1 begins at (v - p) *
 * n + p * (k + 1), which is never less: no vector overwrites a pointer that is
 * still to be read. The kernel counts in whole vectors, `pages += entries_left
 * * (PAGE_PTRS_PER_BVEC - 1)`, and refuses to be built with fewer than two
 * pointers a vector. Where v is not a multiple of p it has to count in bytes,
 * as kernels with 12-byte vectors were made to.
 */
import type { Abi } from "./abi.ts";
import { isUnsupported, type Layout, type Unsupported } from "./layout.ts";
import type { PagePointers } from "./page_pointers.ts";
import { placeMembers } from "./place_members.ts";

/**
 * Returns where page pointers go with a layout that is known to be one:
 * `pagePointers()` looks first.
 */
export function pagePointerPlace(
  layout: Layout,
  abi: Abi,
): PagePointers | Unsupported {
  const struct = layout.struct(abi);
  if (isUnsupported(struct)) return struct;
  const { kind } = layout.arrangement;
  if (kind === "soa") {
    return { place: "bounce", reason: "columns would be written over them" };
  }
  if (kind === "chunks") {
    return { place: "bounce", reason: "links of chunks lie between them" };
  }
  const { sizeBytes } = placeMembers(struct, abi);
  const { pointerBytes } = abi;
  if (sizeBytes < pointerBytes) {
    return {
      place: "bounce",
      reason: `a vector of ${sizeBytes} bytes is smaller than a pointer of ` +
        `${pointerBytes}`,
    };
  }
  if (sizeBytes >= 2 * pointerBytes && sizeBytes % pointerBytes === 0) {
    return {
      place: "tail",
      reason: `PAGE_PTRS_PER_BVEC is ${sizeBytes / pointerBytes}`,
    };
  }
  return {
    place: "byte_tail",
    reason: sizeBytes < 2 * pointerBytes
      ? "PAGE_PTRS_PER_BVEC is 1, below 2"
      : `a vector of ${sizeBytes} bytes is not whole pointers of ` +
        `${pointerBytes}`,
  };
}
