/** Entries of a scatterlist that are P2P memory, by their bus address. */
import type { RequestDmaOptions } from "./request_dma.ts";
import {
  type ScatterlistEntries,
  SG_DMA_BUS_ADDRESS,
} from "./scatterlist_entries.ts";

// Constants of its own: bench/HOT_PATH.md.
const MARKED_BUS = SG_DMA_BUS_ADDRESS;

/** Gives an entry the bus address of a segment in a provider's BAR. */
export type SetBus = (
  entry: number,
  provider: number,
  physLo: number,
  physHi: number,
  lengthBytes: number,
) => void;

/** Makes what does it (pci_p2pdma_map_segment() of drivers/pci/p2pdma.c). */
export function createSetBus(
  options: RequestDmaOptions,
  of: ScatterlistEntries,
): SetBus {
  const { offsetLo, offsetHi } = options.routes;
  const { setDma } = of;
  return (entry, provider, physLo, physHi, lengthBytes) => {
    const lo = (physLo + (offsetLo[provider] as number)) | 0;
    const carry = (lo >>> 0) < (physLo >>> 0) ? 1 : 0;
    const hi = (physHi + (offsetHi[provider] as number) + carry) | 0;
    setDma(entry, lo, hi, lengthBytes, MARKED_BUS);
  };
}
