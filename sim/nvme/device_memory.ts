/**
 * What a device finds at a bus address: the oracle's side of mapping, which
 * knows nothing of what the driver chose (design.md, rule 5). Switches decode
 * first, then the IOMMU translates, then the root complex decodes.
 */
import type { IommuDomain } from "../dma/iommu.ts";
import type { DataPlace, PhysicalMemory } from "../memory/physical_memory.ts";
import { type BusDecoder, TARGET } from "../pci/bus_decoder.ts";

/** Data memory as one device sees it. */
export interface DeviceMemory {
  /**
   * Finds bytes; returns how many of them are there in one piece, 0 for none.
   */
  readonly at: (
    data: PhysicalMemory,
    busLo: number,
    busHi: number,
    lengthBytes: number,
    place: DataPlace,
  ) => number;
}

/** What is between a device and memory. */
export interface DeviceMemoryOptions {
  /** The IOMMU domain; null for none. */
  readonly domain: IommuDomain | null;
  /** Decoding by topology; null where all BARs are behind one switch. */
  readonly decoder: BusDecoder | null;
  /** Whether bytes at a bus address are a BAR's; used without a decoder. */
  readonly isBar: (busLo: number, busHi: number) => boolean;
}

export function createDeviceMemory(options: DeviceMemoryOptions): DeviceMemory {
  const { domain, decoder, isBar } = options;
  const physical = (
    data: PhysicalMemory,
    lo: number,
    hi: number,
    length: number,
    place: DataPlace,
  ) => {
    data.atPhysical(lo, hi, length, place);
    return place.words.length === 0 ? 0 : length;
  };
  return {
    at: (data, lo, hi, length, place) => {
      place.words = NOTHING;
      if (decoder !== null) {
        const target = decoder.decode(lo, hi, length);
        if (target === TARGET.peer) {
          return physical(data, decoder.physLo, decoder.physHi, length, place);
        }
        if (domain === null) {
          return target === TARGET.none
            ? physical(data, lo, hi, length, place)
            : physical(data, decoder.physLo, decoder.physHi, length, place);
        }
      } else if (domain === null || isBar(lo, hi)) {
        data.atBus(lo, hi, length, place);
        return place.words.length === 0 ? 0 : length;
      }
      const part = Math.min(length, 4096 - (lo & 4095));
      if (domain === null || !domain.translate(lo, hi)) return 0;
      return physical(data, domain.physLo, domain.physHi, part, place);
    },
  };
}

const NOTHING = new Uint32Array(0);
