/**
 * The machine that the path runs on, as data: where memory is in the physical
 * address space and which BARs offer P2P memory.
 */
import { mapOptionsSchema } from "./memory_map_form.ts";
import { z } from "zod";
import { checkValue } from "../../layouts/option_check.ts";

/** A piece of the physical address space that is ordinary host memory. */
export interface DramRange {
  /** First physical address, a multiple of 4096, below 2^52. */
  readonly startPhys: bigint;
  /** Size in bytes, a multiple of 4096. */
  readonly sizeBytes: number;
}

/** A BAR whose memory a provider offers for P2PDMA (blockspec 3.1). */
export interface ProviderBar {
  /** Name shown in output, such as `nvme-cmb`. */
  readonly name: string;
  /** First CPU physical address of the BAR, a multiple of 4096. */
  readonly startPhys: bigint;
  /** Size in bytes, a multiple of 4096. */
  readonly sizeBytes: number;
  /** PCI bus address of the BAR's first byte. */
  readonly busAddress: bigint;
}

/** Where memory is in the physical address space. */
export interface MemoryMap {
  /** Host memory that buffers may be in, ascending and disjoint. */
  readonly dram: readonly DramRange[];
  /** Memory of other devices; empty on ABIs without P2PDMA. */
  readonly providers: readonly ProviderBar[];
  /**
   * Order of the folios that host memory is handed out in, from 0 to 18; above
   * 0 their struct pages are compound: a head, and tails that name it. Default:
   * 0.
   */
  readonly folioOrder?: number;
}

const MIB = 1 << 20;

/** How the default memory map is sized. */
export interface MemoryMapOptions {
  /** Host memory that buffers need in bytes; a multiple of 4096. */
  readonly leastDramBytes?: number;
  /** Order of the folios of host memory; default: 0. */
  readonly folioOrder?: number;
}

/**
 * Returns the default memory map of an ABI.
 *
 * 64-bit: 256 MiB (or as much as needed) of buffers above 4 GiB and two 64 MiB
 * BARs high up, where firmware puts 64-bit prefetchable BARs. 32-bit: 128 MiB
 * of buffers in low memory and no provider, because CONFIG_PCI_P2PDMA depends
 * on 64BIT (drivers/pci/Kconfig, blockspec 1.0 fact 4).
 *
 * @param is64Bit Whether pointers of the ABI have 64 bits.
 * @param options How much memory there has to be.
 * @returns The memory map.
 */
export function defaultMemoryMap(
  is64Bit: boolean,
  options: MemoryMapOptions = {},
): MemoryMap {
  checkValue("make a memory map", z.boolean(), is64Bit, "is64Bit");
  checkValue("make a memory map", mapOptionsSchema, options, "options");
  const { leastDramBytes = 0, folioOrder = 0 } = options;
  const folios = folioOrder === 0 ? {} : { folioOrder };
  if (!is64Bit) {
    const sizeBytes = Math.max(128 * MIB, leastDramBytes);
    return {
      dram: [{ startPhys: 0x0800_0000n, sizeBytes }],
      providers: [],
      ...folios,
    };
  }
  return {
    dram: [{
      startPhys: 0x1_0000_0000n,
      sizeBytes: Math.max(256 * MIB, leastDramBytes),
    }],
    providers: [
      {
        name: "bar0",
        startPhys: 0x3c00_0000_0000n,
        sizeBytes: 64 * MIB,
        busAddress: 0x8000_0000n,
      },
      {
        name: "bar1",
        startPhys: 0x3c00_0400_0000n,
        sizeBytes: 64 * MIB,
        busAddress: 0x9000_0000n,
      },
    ],
    ...folios,
  };
}
