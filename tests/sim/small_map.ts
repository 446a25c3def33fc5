/**
 * A small machine: struct pages are made anew for every path.
 */
import type { MemoryMap } from "../../sim/memory/memory_map.ts";

const MIB = 1 << 20;

/** 16 MiB of host memory and, on 64 bits, two BARs of 8 MiB. */
export function smallMap(is64Bit: boolean): MemoryMap {
  return {
    dram: [{
      startPhys: is64Bit ? 0x1_0000_0000n : 0x0800_0000n,
      sizeBytes: 16 * MIB,
    }],
    providers: !is64Bit ? [] : [
      {
        name: "bar0",
        startPhys: 0x3c00_0000_0000n,
        sizeBytes: 8 * MIB,
        busAddress: 0x8000_0000n,
      },
      {
        name: "bar1",
        startPhys: 0x3c00_0080_0000n,
        sizeBytes: 8 * MIB,
        busAddress: 0x9000_0000n,
      },
    ],
  };
}
