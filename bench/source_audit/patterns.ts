/**
 * What a place in the code wants of a page: the table that puts uses into
 * kinds, with one reason each. Adding a pattern is one entry here.
 */
import type { Kind } from "./kinds.ts";

/** Where the value of an expression goes. */
export type Situation =
  | "argument"
  | "member"
  | "dereference"
  | "comparison"
  | "truth"
  | "target"
  | "bio_vec"
  | "designator"
  | "address"
  | "stored"
  | "returned"
  | "layout"
  | "declaration";

export interface Pattern {
  readonly situation: Situation;
  /** The function that it is an argument of; any if absent. */
  readonly callee?: RegExp;
  readonly kind: Kind;
  readonly reason: string;
}

/** A whole name, one of several between bars. */
function names(text: string): RegExp {
  return new RegExp(`^(?:${text.replaceAll(/\s+/g, "")})$`);
}

/** The page is an argument of one of some functions. */
function calls(kind: Kind, reason: string, callees: string): Pattern {
  return { situation: "argument", callee: names(callees), kind, reason };
}

function place(situation: Situation, kind: Kind, reason: string): Pattern {
  return { situation, kind, reason };
}

/** All patterns; the first that fits is taken. */
const patterns: readonly Pattern[] = [
  calls(
    "physical",
    "takes the physical address",
    "page_to_phys|page_to_bus|page_to_dma|virt_to_(?:phys|bus|dma\\w*)|" +
      "__pa|__pa_nodebug",
  ),
  calls(
    "physical",
    "takes the frame number, a shift of the address",
    "page_to_pfn|page_to_xen_pfn|__page_to_pfn|page_to_mfn",
  ),
  calls(
    "physical",
    "maps for DMA, which needs the address only",
    "(?:ib_)?dma_map_page(?:_attrs)?|dma_map_bvec|pci_map_page",
  ),
  calls(
    "physical",
    "asks whether addresses follow each other",
    "(?:xen_)?biovec_phys_mergeable|xen_biovec_phys_mergeable",
  ),
  calls(
    "physical",
    "asks how far a segment goes from an address",
    "get_max_segment_size",
  ),
  calls(
    "physical",
    "asks whether it is high memory, which its address shows",
    "PageHighMem|PhysHighMem",
  ),
  calls(
    "mapping",
    "maps it into the kernel",
    `kmap|kmap_atomic|kmap_local_page|kmap_local_folio|kmap_high|
       kmap_to_page|kunmap|kmap_atomic_prot|kmap_local_page_prot|
       kmap_local_page_try_from_panic`,
  ),
  calls(
    "mapping",
    "takes the kernel's own mapping",
    "page_address|lowmem_page_address|page_to_virt",
  ),
  calls(
    "mapping",
    "maps it to copy or clear bytes",
    `memcpy_(?:from|to)_page|memset_page|memmove_page|memzero_page|
       zero_user(?:_segments?)?|clear_highpage|copy_highpage|copy_user_highpage|
       clear_user_highpage|memcpy_page|copy_page_(?:from|to)_iter
       (?:_nofault|_atomic)?|copy_(?:mc_)?highpage|zero_user_segment`,
  ),
  calls(
    "cache_flush",
    "flushes it from CPU caches",
    "flush_dcache_page|flush_kernel_dcache_page|flush_icache_page|" +
      "flush_anon_page|arch_(?:dma_prep|sync_dma_for)_\\w+",
  ),
  calls(
    "scatterlist",
    "goes into a scatterlist, which holds pages too",
    "sg_set_page|sg_set_folio|sg_assign_page|sg_init_one",
  ),
  calls(
    "p2p_check",
    "asks what memory it is",
    `is_pci_p2pdma_page|is_zone_device_page|is_device_private_page|
       is_device_coherent_page|zone_device_pages_have_same_pgmap|
       zone_device_pages_compatible|page_pgmap|
       pci_p2pdma_state|pci_p2pdma_map_(?:segment|type)|is_fsdax_page|
       blk_can_dma_map_iova`,
  ),
  calls(
    "reference",
    "takes or drops a reference",
    `get_page|put_page|try_get_page|get_user_page|put_user_page|
       unpin_user_page\\w*|pin_user_page\\w*|release_pages|page_ref_\\w+|
       page_count|folio_(?:get|put|ref)\\w*|put_devmap_managed_page|
       skb_frag_(?:ref|unref)|bvec_free|__skb_frag_(?:ref|unref)`,
  ),
  calls(
    "reference",
    "gives the page back to its owner",
    `__free_pages?|free_page|__free_page|mempool_free|free_pages|
       __page_frag_cache_drain|free_unref_page|mempool_free_pages`,
  ),
  calls(
    "reference",
    "marks it dirty",
    "set_page_dirty(?:_lock)?|__set_page_dirty\\w*|folio_mark_dirty\\w*",
  ),
  calls(
    "page_state",
    "reads or sets a flag of the page",
    "(?:Test)?(?:Set|Clear|TestSet|TestClear|__Set|__Clear)?Page[A-Z]\\w*|__(?:Set|Clear)Page\\w+",
  ),
  calls(
    "page_state",
    "reads what the page knows of itself",
    `page_folio|compound_head|page_mapping|page_file_mapping|page_index|
       page_offset|page_file_offset|page_private|set_page_private|
       page_has_private|compound_order|compound_nr|page_size|thp_\\w+|
       page_to_nid|page_zone|page_zonenum|folio_page_idx|page_is_\\w+|
       page_to_index|page_pgoff|page_mapcount|page_swap_info|page_swap_entry|
       attach_page_private|detach_page_private|page_kasan_tag\\w*|
       page_is_pfmemalloc|page_buffers|page_has_buffers|sendpage_ok|sendpages_ok|page_poisoned`,
  ),
  calls(
    "page_state",
    "works on the page cache's or the VM's state of it",
    `(?:un)?lock_page\\w*|trylock_page|wait_on_page_\\w+|wait_for_stable_page|
       (?:end|set|clear)_page_\\w+|page_endio|folio_\\w+|SetPage\\w+|
       cancel_dirty_page|account_page_\\w+|(?:inc|dec|mod)_\\w*page_state|
       count_\\w*vm_event|inode_attach_wb|wbc_account_\\w+|mem_cgroup_\\w+|
       page_memcg\\w*|bio_associate_blkg_from_page|workingset_\\w+|
       invalidate_\\w*page\\w*|redirty_page_for_writepage`,
  ),
  calls(
    "copied",
    "becomes the page of another bio_vec",
    `bvec_set_page|bvec_set_folio|bio_add_page|__bio_add_page|
       bio_add_pc_page|bio_add_hw_page|bio_add_zone_append_page|
       bio_integrity_add_page|bio_add_folio\\w*|__bio_try_merge_page|
       bio_try_merge_hw_seg`,
  ),
  calls(
    "declared",
    "asks for its place, size or type only",
    "container_of|offsetof\\w*|sizeof_field|list_entry|typeof",
  ),
  place("argument", "handed_on", "goes to a function of another file"),
  place("member", "page_state", "reads a member of struct page"),
  place("dereference", "page_state", "reads struct page itself"),
  place("comparison", "comparison", "is compared with another page"),
  place("truth", "null_test", "says whether there is a page"),
  place("target", "written", "is assigned to"),
  place("designator", "written", "is initialised"),
  place("bio_vec", "copied", "is assigned to another bio_vec's page"),
  place("address", "handed_on", "its address is taken"),
  place("stored", "handed_on", "is kept in another structure"),
  place("returned", "handed_on", "goes to the caller"),
  place("layout", "declared", "asks for its place, size or type only"),
  place("declaration", "declared", "declares it"),
];

/** @returns The first pattern that fits. */
export function findPattern(situation: Situation, callee?: string): Pattern {
  const found = patterns.find((pattern) =>
    pattern.situation === situation &&
    (pattern.callee === undefined ||
      (callee !== undefined && pattern.callee.test(callee)))
  );
  if (found === undefined) {
    throw new RangeError(`Cannot find a pattern for "${situation}"`);
  }
  return found;
}

/** Functions and macros whose value is their argument, moved or not. */
export const TRANSPARENT = names(
  "nth_page|READ_ONCE|WRITE_ONCE|likely|unlikely|rcu_dereference|" +
    "__builtin_expect|ACCESS_ONCE|folio_page|page_nth",
);
