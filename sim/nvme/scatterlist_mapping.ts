/**
 * Mapping of a whole scatterlist in one call, and unmapping (dma_map_sgtable()):
 * directly, or through the IOMMU that the device is behind.
 */
import type { RequestDmaOptions } from "./request_dma.ts";
import { createDirectMapping } from "./scatterlist_direct.ts";
import type { ScatterlistEntries } from "./scatterlist_entries.ts";
import { createIommuMapping } from "./scatterlist_iommu.ts";

export interface ScatterlistMapping {
  /**
   * Maps the entries of a request's list; a status.
   *
   * @param providers Provider of each entry, 0 for none; overwritten.
   */
  readonly map: (
    list: number,
    entries: number,
    providers: Uint8Array,
    request: number,
  ) => number;
  /** Entries that the latest list has after its mapping. */
  readonly mapped: () => number;
  /** Unmaps this many mapped entries of a request's list. */
  readonly unmap: (list: number, mapped: number, request: number) => void;
}

export function createScatterlistMapping(
  options: RequestDmaOptions,
  of: ScatterlistEntries,
): ScatterlistMapping {
  const { domain } = options.pieces;
  return domain === null
    ? createDirectMapping(options, of)
    : createIommuMapping(options, of, domain);
}
