/**
 * The part of struct page and dev_pagemap that is read and written, and where.
 */
import type { Abi } from "../../layouts/abi.ts";
import type { StructFields } from "./path_structs.ts";

/** ZONES_PGOFF on x86-64 with 10 node bits is 51; on 32-bit it is 30. */
const ZONE_SHIFT_IN_HIGH_WORD = 51 - 32;
const ZONE_SHIFT_32 = 30;

/** The kernel structures that the page array is made of. */
export interface PageArrayStructs {
  /** struct page. */
  readonly page: StructFields;
  /** struct dev_pagemap. */
  readonly devPagemap: StructFields;
}

/** The part of struct page and dev_pagemap that is read and written. */
export interface PageOffsets {
  /** The lower 32 bits of page->flags. */
  readonly flagsAt: number;
  /** The 32-bit word of page->flags that has the zone. */
  readonly zoneWordAt: number;
  /** The zone's lowest bit in that word. */
  readonly zoneShift: number;
  /** folio->pgmap. */
  readonly pagemapAt: number;
  readonly refcountAt: number;
  /** dev_pagemap->type. */
  readonly typeAt: number;
  /** The provider's pointer after a dev_pagemap. */
  readonly providerAt: number;
}

/** Finds the fields of struct page that recognition and pinning use. */
export function pageOffsets(abi: Abi, structs: PageArrayStructs): PageOffsets {
  const field = (name: string) => structs.page.fields[name]?.offsetBytes;
  const flagsAt = field("flags") ?? 0;
  const is64Bit = abi.pointerBytes === 8;
  return {
    flagsAt: flagsAt + (is64Bit && !abi.littleEndian ? 4 : 0),
    zoneWordAt: flagsAt + (is64Bit && abi.littleEndian ? 4 : 0),
    zoneShift: is64Bit ? ZONE_SHIFT_IN_HIGH_WORD : ZONE_SHIFT_32,
    // folio->pgmap takes the first word of the union after the flags.
    pagemapAt: flagsAt + abi.pointerBytes,
    refcountAt: field("_refcount") ?? 0,
    typeAt: structs.devPagemap.fields["type"]?.offsetBytes ?? 0,
    // struct pci_p2pdma_pagemap { struct dev_pagemap pgmap; ... *mem; }
    providerAt: structs.devPagemap.sizeBytes,
  };
}
