/**
 * How one device's memory is mapped, piece by piece: not at all, by mask with
 * bouncing, or through an IOMMU (blockspec 4.1, 4.2). Made once; a piece costs
 * one call.
 */
import { BLK_STS } from "../kernel/operation.ts";
import { DirectMapper, type DirectOptions, MAP_RESULT } from "./direct.ts";
import type { DmaDirection } from "./dma_attributes.ts";
import type { IommuDomain } from "./iommu.ts";

// Constants of its own: bench/HOT_PATH.md.
const BOUNCED = MAP_RESULT.bounced;
const MAPPED = MAP_RESULT.mapped;
const OK = BLK_STS.ok;
const RESOURCE = BLK_STS.resource;

/** A bus address as two halves; overwritten by each call. */
export interface BusAddress {
  /** Low 32 bits. */
  lo: number;
  /** High 32 bits. */
  hi: number;
}

/** The mapping of one device. */
export interface PieceMapping {
  /** Maps a piece (dma_map_phys): a status, the address is in `bus`. */
  readonly map: (
    physLo: number,
    physHi: number,
    sizeBytes: number,
    attributes: number,
  ) => number;
  /** Unmaps a piece (dma_unmap_phys). */
  readonly unmap: (
    busLo: number,
    busHi: number,
    sizeBytes: number,
    direction: DmaDirection,
  ) => void;
  /** Where `map` leaves its answer. */
  readonly bus: BusAddress;
  /** Whether unmapping does anything (dma_need_unmap). */
  readonly needsUnmap: boolean;
  /** The IOMMU domain; null where the device has none. */
  readonly domain: IommuDomain | null;
  /** Numbers of what is still mapped. */
  readonly balance: () => Readonly<Record<string, number>>;
}

/** Maps nothing: every address is the physical one and within reach. */
export function identityPieces(): PieceMapping {
  const bus: BusAddress = { lo: 0, hi: 0 };
  return {
    map: (physLo, physHi) => {
      bus.lo = physLo;
      bus.hi = physHi;
      return OK;
    },
    unmap: () => {},
    bus,
    needsUnmap: false,
    domain: null,
    balance: () => ({}),
  };
}

/** Maps directly, with masks and bouncing. */
export function directPieces(options: DirectOptions): PieceMapping {
  const mapper = new DirectMapper(options);
  const { swiotlb } = options;
  const bus: BusAddress = { lo: 0, hi: 0 };
  return {
    map: (physLo, physHi, sizeBytes, attributes) => {
      const result = mapper.map(physLo, physHi, sizeBytes, attributes);
      if (result !== MAPPED && result !== BOUNCED) {
        return RESOURCE;
      }
      bus.lo = mapper.addressLo;
      bus.hi = mapper.addressHi;
      return OK;
    },
    unmap: (busLo, busHi, sizeBytes, direction) =>
      mapper.unmap(busLo, busHi, sizeBytes, direction),
    bus,
    needsUnmap: !mapper.unmapIsEmpty,
    domain: null,
    balance: () => ({
      // Without anything to undo, nobody unmaps and nothing counts down.
      mappings: mapper.unmapIsEmpty ? 0 : mapper.liveMappings,
      ...(swiotlb ? { "swiotlb slots": swiotlb.usedSlots } : {}),
    }),
  };
}

/** Maps through an IOMMU. */
export function iommuPieces(domain: IommuDomain): PieceMapping {
  const bus: BusAddress = { lo: 0, hi: 0 };
  return {
    map: (physLo, physHi, sizeBytes) => {
      if (!domain.mapPhys(physLo, physHi, sizeBytes)) return RESOURCE;
      bus.lo = domain.addressLo;
      bus.hi = domain.addressHi;
      return OK;
    },
    unmap: (busLo, busHi, sizeBytes) =>
      domain.unmapPhys(busLo, busHi, sizeBytes),
    bus,
    needsUnmap: true,
    domain,
    balance: () => ({
      "IOVA ranges": domain.liveRanges,
      "IOVA bytes": domain.liveBytes,
      "mapped bytes": domain.mappedBytes,
    }),
  };
}
