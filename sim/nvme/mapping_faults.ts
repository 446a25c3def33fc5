/**
 * Makes the n-th mapping, link, descriptor list or unmap record fail, to see that
 * nothing leaks then (blockspec T36).
 */
import { BLK_STS } from "../kernel/operation.ts";
import type { DescriptorPools } from "./descriptor_pool.ts";
import type { Swiotlb } from "../dma/swiotlb.ts";
import { IOMMU_ERROR } from "../dma/iommu.ts";
import type { PieceMapping } from "../dma/piece_mapping.ts";

/** What is to fail next; 1 is the next one, 0 is none. Counts down. */
export interface FaultPlan {
  /** Mappings of a piece. */
  mapping: number;
  /** Descriptor lists, of either pool. */
  descriptor: number;
  /** Searches of the bounce pool; default: none. */
  bounce?: number;
  /** Whether no IOVA range can be had; default: some can. */
  noIova?: boolean;
  /** Pieces linked into an IOVA range; default: none. */
  link?: number;
}

/** Wraps a mapping so that it follows a plan; its domain is changed. */
export function failingPieces(
  pieces: PieceMapping,
  plan: FaultPlan,
): PieceMapping {
  const { domain } = pieces;
  if (domain !== null) {
    const allocate = domain.allocate.bind(domain);
    domain.allocate = (state, physLo, sizeBytes) =>
      plan.noIova !== true && allocate(state, physLo, sizeBytes);
    const link = domain.link.bind(domain);
    domain.link = (...piece) => {
      const left = plan.link ?? 0;
      if (left > 0) plan.link = left - 1;
      return left === 1 ? IOMMU_ERROR.noMemory : link(...piece);
    };
  }
  return {
    ...pieces,
    map: (physLo, physHi, sizeBytes, attributes) =>
      plan.mapping > 0 && --plan.mapping === 0
        ? BLK_STS.resource
        : pieces.map(physLo, physHi, sizeBytes, attributes),
  };
}

/**
 * Makes a bounce pool follow a plan: it is full as planned.
 *
 * @param swiotlb The pool; it is changed.
 */
export function failingBounces(swiotlb: Swiotlb, plan: FaultPlan): Swiotlb {
  const map = swiotlb.map.bind(swiotlb);
  swiotlb.map = (physLo, physHi, sizeBytes) => {
    const left = plan.bounce ?? 0;
    if (left > 0) plan.bounce = left - 1;
    return left !== 1 && map(physLo, physHi, sizeBytes);
  };
  return swiotlb;
}

/** Wraps descriptor pools so that they follow a plan. */
export function failingPools(
  pools: DescriptorPools,
  plan: FaultPlan,
): DescriptorPools {
  const wrap = (pool: DescriptorPools["small"]) => ({
    take: () =>
      plan.descriptor > 0 && --plan.descriptor === 0 ? 0 : pool.take(),
    give: pool.give,
    get live() {
      return pool.live;
    },
  });
  return { ...pools, small: wrap(pools.small), large: wrap(pools.large) };
}
