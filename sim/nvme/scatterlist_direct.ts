/**
 * A scatterlist mapped without an IOMMU, entry by entry (dma_direct_map_sg() of
 * kernel/dma/direct.c).
 */
import { DMA_ATTRIBUTE } from "../dma/dma_attributes.ts";
import { BLK_STS } from "../kernel/operation.ts";
import { MAP_TYPE } from "../pci/map_type.ts";
import { dataDirection, type RequestDmaOptions } from "./request_dma.ts";
import { createSetBus } from "./scatterlist_bus.ts";
import type { ScatterlistEntries } from "./scatterlist_entries.ts";
import type { ScatterlistMapping } from "./scatterlist_mapping.ts";

// Constants of its own: bench/HOT_PATH.md.
const NONE = MAP_TYPE.none;
const BUS_ADDR = MAP_TYPE.busAddr;
const NOT_SUPPORTED = MAP_TYPE.notSupported;
const MMIO = DMA_ATTRIBUTE.mmio;
const OK = BLK_STS.ok;

/** Makes the mapping of entries one by one. */
export function createDirectMapping(
  options: RequestDmaOptions,
  of: ScatterlistEntries,
): ScatterlistMapping {
  const { unreachable } = options;
  const { get32 } = options.memory;
  const { field } = options.requests;
  const { map: mapPiece, unmap: unmapPiece, bus, needsUnmap } = options.pieces;
  const { entryBytes, setDma, dmaLo, dmaHi, dmaBytes, isBusAddress } = of;
  const { mapType } = options.routes;
  const setBus = createSetBus(options, of);
  const { physLo, physHi, segmentBytes } = of;
  let mapped = 0;

  /** dma_direct_unmap_sg() */
  const unmapEntries = (list: number, count: number, opf: number): void => {
    if (!needsUnmap) return;
    for (let i = 0; i < count; i++) {
      const entry = list + i * entryBytes;
      if (isBusAddress(entry)) continue;
      unmapPiece(
        dmaLo(entry),
        dmaHi(entry),
        dmaBytes(entry),
        dataDirection(opf),
      );
    }
  };

  /** dma_direct_map_sg() */
  const map: ScatterlistMapping["map"] = (
    list,
    entries,
    providers,
    request,
  ) => {
    let provider = 0;
    let type: number = NONE;
    for (let i = 0; i < entries; i++) {
      const found = providers[i] as number;
      if (found !== provider) {
        provider = found;
        type = found === 0 ? NONE : mapType(found);
      }
      const entry = list + i * entryBytes;
      const lo = physLo(list, entries, i);
      const hi = physHi(list, entries, i);
      const bytes = segmentBytes(list, entries, i);
      if (type === BUS_ADDR) setBus(entry, provider, lo, hi, bytes);
      else {
        const result = type === NOT_SUPPORTED ? unreachable : mapPiece(
          lo,
          hi,
          bytes,
          type === NONE ? 0 : MMIO,
        );
        if (result !== OK) {
          unmapEntries(list, i, get32(request + field.opf));
          return result;
        }
        setDma(entry, bus.lo, bus.hi, bytes, 0);
      }
    }
    mapped = entries;
    return OK;
  };

  return {
    map,
    mapped: () => mapped,
    unmap: (list, count, request) =>
      unmapEntries(list, count, get32(request + field.opf)),
  };
}
