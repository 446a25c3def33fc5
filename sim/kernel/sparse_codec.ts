/**
 * page_to_phys() of a kernel without SPARSEMEM_VMEMMAP: the page array is no
 * longer one piece of virtual memory, so a page's address is found from the
 * section number in page->flags and that section's entry
 * (include/asm-generic/memory_model.h __page_to_pfn, blockspec 1.1). Layouts
 * that hold physical addresses do not need it.
 */
import type { SegmentCodec } from "../../layouts/codec.ts";
import type { KernelMemory } from "../memory/kernel_memory.ts";
import type { PageArray } from "./page_array.ts";

/** struct mem_section: mem_map and usage, 16 bytes; 128 MiB each on x86-64. */
const SECTION_BYTES = 16;
const SECTION_SHIFT = 27;
/** Entries kept: the low bits tell sections apart. */
const SECTIONS = 64;

/**
 * Wraps a codec so that reading an address costs what it does without
 * vmemmap. The values stay the same.
 *
 * @param codec The codec; returned unchanged if it holds no page pointers.
 */
export function withoutVmemmap(
  codec: SegmentCodec,
  memory: KernelMemory,
  pages: PageArray,
): SegmentCodec {
  if (codec.layout.roles.address.kind !== "page") return codec;
  const { physLo, physHi } = codec;
  const { get32 } = memory;
  const { pageOf, isZoneDevice } = pages;
  const sections = memory.reserve("mem_section", SECTIONS * SECTION_BYTES, {
    strideBytes: SECTION_BYTES,
  });
  return {
    ...codec,
    physLo: (base, capacity, index) => {
      const lo = physLo(base, capacity, index);
      const hi = physHi(base, capacity, index);
      // page_to_section() reads page->flags, as the zone test does. Device
      // memory has sections of its own. The entries hold 0, which only the
      // machine knows: so that no compiler drops the reads, they are used.
      const device = isZoneDevice(pageOf(lo, hi)) ? SECTIONS / 2 : 0;
      const section = ((lo >>> SECTION_SHIFT) | (hi << 5)) & (SECTIONS / 2 - 1);
      return (lo + get32(sections + (section | device) * SECTION_BYTES)) | 0;
    },
  };
}
