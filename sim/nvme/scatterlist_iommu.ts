/**
 * A scatterlist mapped behind an IOMMU, into one range of IOVAs: adjacent
 * entries become one (iommu_dma_map_sg() and __finalise_sg() of
 * drivers/iommu/dma-iommu.c).
 */
import { type IommuDomain, IovaState } from "../dma/iommu.ts";
import { BLK_STS } from "../kernel/operation.ts";
import { MAP_TYPE } from "../pci/map_type.ts";
import type { RequestDmaOptions } from "./request_dma.ts";
import { createSetBus } from "./scatterlist_bus.ts";
import type { ScatterlistEntries } from "./scatterlist_entries.ts";
import type { ScatterlistMapping } from "./scatterlist_mapping.ts";

// Constants of its own: bench/HOT_PATH.md.
const NONE = MAP_TYPE.none;
const BUS_ADDR = MAP_TYPE.busAddr;
const NOT_SUPPORTED = MAP_TYPE.notSupported;
const OK = BLK_STS.ok;
const RESOURCE = BLK_STS.resource;

/** Makes the mapping into one range. */
export function createIommuMapping(
  options: RequestDmaOptions,
  of: ScatterlistEntries,
  domain: IommuDomain,
): ScatterlistMapping {
  const { unreachable } = options;
  const { entryBytes, setDma, dmaLo, dmaHi, dmaBytes, addDmaBytes } = of;
  const { isBusAddress } = of;
  const { mapType } = options.routes;
  const setBus = createSetBus(options, of);
  const state = new IovaState();
  const { physLo, physHi, segmentBytes } = of;
  let mapped = 0;

  /** iommu_dma_unmap_sg(): one range, from the first entry to the last. */
  const unmap = (list: number, count: number): void => {
    let lo = 0;
    let hi = 0;
    let bytes = 0;
    for (let i = 0; i < count; i++) {
      const entry = list + i * entryBytes;
      if (isBusAddress(entry)) continue;
      const at = dmaLo(entry);
      if (bytes === 0) {
        lo = at & ~4095;
        hi = dmaHi(entry);
      }
      bytes = ((at - lo) >>> 0) + dmaBytes(entry);
    }
    const total = (bytes + 4095) & ~4095;
    if (total === 0) return;
    state.addressLo = lo;
    state.addressHi = hi;
    state.page = (hi >>> 0) * 0x10_0000 + (lo >>> 12);
    state.pages = total >>> 12;
    domain.destroy(state, total);
  };

  /**
   * Which memory needs no IOVA: providers stay beside that alone. Gives the
   * bytes of IOVAs for the rest; -1 where some cannot be reached.
   */
  const findBus = (
    list: number,
    entries: number,
    providers: Uint8Array,
  ): number => {
    let iovaBytes = 0;
    let provider = 0;
    let type: number = NONE;
    for (let i = 0; i < entries; i++) {
      const found = providers[i] as number;
      if (found !== provider) {
        provider = found;
        type = found === 0 ? NONE : mapType(found);
      }
      if (type === NOT_SUPPORTED) return -1;
      if (type === BUS_ADDR) continue;
      providers[i] = 0;
      const lo = physLo(list, entries, i);
      physHi(list, entries, i); // sg_page(), of which P2P is asked
      const bytes = segmentBytes(list, entries, i);
      iovaBytes += ((lo & 4095) + bytes + 4095) & ~4095;
    }
    return iovaBytes;
  };

  /** iommu_dma_map_sg() and __finalise_sg() */
  const map: ScatterlistMapping["map"] = (list, entries, providers) => {
    const iovaBytes = findBus(list, entries, providers);
    if (iovaBytes < 0) return unreachable;
    if (iovaBytes > 0 && !domain.allocate(state, 0, iovaBytes)) {
      return RESOURCE;
    }
    let linked = 0;
    mapped = 0;
    /** Bytes of the entry being joined; 0 where nothing can follow it. */
    let joined = 0;
    for (let i = 0; i < entries; i++) {
      const lo = physLo(list, entries, i);
      const hi = physHi(list, entries, i);
      const bytes = segmentBytes(list, entries, i);
      const bar = providers[i] as number;
      if (bar !== 0) {
        setBus(list + mapped++ * entryBytes, bar, lo, hi, bytes);
        joined = 0;
        continue;
      }
      const offset = lo & 4095;
      const padded = (offset + bytes + 4095) & ~4095;
      const pageLo = lo & ~4095;
      if (domain.link(state, pageLo, hi, linked, padded) !== 0) {
        domain.destroy(state, linked);
        return RESOURCE;
      }
      if (joined > 0 && offset === 0) {
        joined += bytes;
        addDmaBytes(list + (mapped - 1) * entryBytes, bytes);
      } else {
        const low = (state.addressLo >>> 0) + linked + offset;
        setDma(
          list + mapped++ * entryBytes,
          low | 0,
          low >= 0x1_0000_0000 ? (state.addressHi + 1) | 0 : state.addressHi,
          bytes,
          0,
        );
        joined = bytes;
      }
      linked += padded;
      if (offset + bytes < padded) joined = 0;
    }
    if (iovaBytes > 0) domain.sync();
    return OK;
  };

  return { map, mapped: () => mapped, unmap };
}
