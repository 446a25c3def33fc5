/**
 * From a physical address to the bus address that a device uses: direct
 * mapping for host memory, the provider's bus offset for P2P memory behind a
 * common switch (blockspec 2.9, 3.5).
 */
import { BLK_STS } from "../block/operation.ts";
import type { MemoryMap } from "../machine.ts";

/** A bus address as two halves; overwritten by each call of `resolve`. */
export interface BusAddress {
  /** Low 32 bits. */
  lo: number;
  /** High 32 bits. */
  hi: number;
}

/** The mapping of one device. */
export interface BusMapping {
  /** Maps a segment's start; `provider` is index + 1, 0 for host memory. */
  readonly resolve: (
    physLo: number,
    physHi: number,
    provider: number,
  ) => number;
  /** Where `resolve` leaves its answer. */
  readonly bus: BusAddress;
}

/**
 * Makes the mapping of a device without an IOMMU that reaches every provider
 * through a switch (map type BUS_ADDR).
 *
 * @param map The machine's memory map.
 * @returns The mapping.
 */
export function directMapping(map: MemoryMap): BusMapping {
  const offsetLo = new Int32Array(map.providers.length + 1);
  const offsetHi = new Int32Array(map.providers.length + 1);
  for (const [index, bar] of map.providers.entries()) {
    // bus_offset wraps modulo 2^64 (blockspec T08).
    const offset = BigInt.asUintN(64, bar.busAddress - bar.startPhys);
    offsetLo[index + 1] = Number(BigInt.asIntN(32, offset));
    offsetHi[index + 1] = Number(BigInt.asIntN(32, offset >> 32n));
  }
  const bus: BusAddress = { lo: 0, hi: 0 };
  const resolve = (physLo: number, physHi: number, provider: number) => {
    if (provider === 0) {
      bus.lo = physLo;
      bus.hi = physHi;
      return BLK_STS.ok;
    }
    const lo = (physLo + (offsetLo[provider] as number)) | 0;
    const carry = (lo >>> 0) < (physLo >>> 0) ? 1 : 0;
    bus.lo = lo;
    bus.hi = (physHi + (offsetHi[provider] as number) + carry) | 0;
    return BLK_STS.ok;
  };
  return { resolve, bus };
}
