/**
 * Recognition by struct page and its dev_pagemap, as mainline does
 * (blockspec 3.3, strategy S1): costs page and pgmap lines, needs no flag.
 */
import type { PageArray } from "../kernel/page_array.ts";
import type { RecognitionStrategy } from "./recognition.ts";

export function recognisePage(pages: PageArray): RecognitionStrategy {
  const { pageOf, askedFolioOf, isZoneDevice, pagemapOf, isP2p, providerOf } =
    pages;
  return {
    name: "page",
    constant: ["segmentFlag", "sameSegment"],
    asksEverySegment: false,
    looksAtPrevious: true,
    segmentFlag: () => 0,
    // zone_device_pages_have_same_pgmap() (include/linux/mmzone.h)
    sameBio: (previousLo, previousHi, physLo, physHi) => {
      const previous = pageOf(previousLo, previousHi);
      const page = pageOf(physLo, physHi);
      const device = isZoneDevice(page);
      if (isZoneDevice(previous) !== device) return false;
      return !device || pagemapOf(previous) === pagemapOf(page);
    },
    // Both already have the same pgmap: adjacency alone decides.
    sameSegment: () => true,
    // folio_is_pci_p2pdma()
    barsMerging: (physLo, physHi) => {
      const folio = askedFolioOf(pageOf(physLo, physHi));
      return isZoneDevice(folio) && isP2p(pagemapOf(folio));
    },
    // is_pci_p2pdma_page() and pci_p2pdma_state()
    providerOf: (physLo, physHi) => {
      const folio = askedFolioOf(pageOf(physLo, physHi));
      return isZoneDevice(folio) ? providerOf(pagemapOf(folio)) : 0;
    },
  };
}
