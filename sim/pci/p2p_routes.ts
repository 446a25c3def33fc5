/**
 * How one device reaches the memory of each provider: map type and bus offset.
 * From a topology, with the kernel's cache of map types in simulated memory,
 * or, without one, by bus address through a switch.
 */
import type { MemoryMap } from "../memory/memory_map.ts";
import type { KernelMemory } from "../memory/kernel_memory.ts";
import { P2pMapState } from "./map_state.ts";
import { MAP_TYPE, type MapType } from "./map_type.ts";
import { P2pdma } from "./p2pdma.ts";
import type { P2pDevice } from "./provider.ts";
import type { PciFunction, Topology } from "./topology.ts";
import { Xarray } from "./xarray.ts";

/** Nodes of a provider's xarray: 64 clients of one bus take two. */
const NODES = 16;

/** Routes from one device to all providers. */
export interface P2pRoutes {
  /** Map type of a provider (index + 1), looked up as for a new request. */
  readonly mapType: (provider: number) => MapType;
  /** Bus offsets by provider index + 1, low halves. */
  readonly offsetLo: Int32Array;
  /** Bus offsets by provider index + 1, high halves. */
  readonly offsetHi: Int32Array;
  /** The device that owns a provider (index + 1), where one is known. */
  readonly deviceOf?: (provider: number) => P2pDevice | null;
}

function busOffsets(map: MemoryMap) {
  const offsetLo = new Int32Array(map.providers.length + 1);
  const offsetHi = new Int32Array(map.providers.length + 1);
  for (const [index, bar] of map.providers.entries()) {
    // bus_offset wraps modulo 2^64 (blockspec T08).
    const offset = BigInt.asUintN(64, bar.busAddress - bar.startPhys);
    offsetLo[index + 1] = Number(BigInt.asIntN(32, offset));
    offsetHi[index + 1] = Number(BigInt.asIntN(32, offset >> 32n));
  }
  return { offsetLo, offsetHi };
}

/**
 * Returns routes that all go through one switch, whatever the topology.
 *
 * @returns The routes: map type BUS_ADDR for every provider.
 */
export function switchRoutes(map: MemoryMap): P2pRoutes {
  return {
    mapType: () => MAP_TYPE.busAddr,
    ...busOffsets(map),
  };
}

export interface TopologyRoutesOptions {
  /** The memory map of the topology (`topologyMemoryMap`). */
  readonly map: MemoryMap;
  readonly topology: Topology;
  /** The function that does the DMA; null for a device that is not PCI. */
  readonly client: PciFunction | null;
}

/**
 * Returns the routes of a function of a topology. Each look-up of a map type
 * loads from the provider's xarray in kernel memory, once per request.
 */
export function topologyRoutes(
  memory: KernelMemory,
  options: TopologyRoutesOptions,
): P2pRoutes {
  const { map, topology, client } = options;
  const p2pdma = new P2pdma(topology, {
    memoryOf: () => ({
      view: memory.view,
      at: memory.reserve("p2pdma xarray", Xarray.sizeBytes(NODES)),
      nodes: NODES,
    }),
  });
  const { providers } = p2pdma;
  const state = new P2pMapState();
  return {
    mapType: (provider) => {
      // The block layer zeroes the state for every request (blockspec 3.3).
      state.reset();
      return state.lookup(client, providers[provider - 1] ?? null);
    },
    deviceOf: (provider) => providers[provider - 1]?.device ?? null,
    ...busOffsets(map),
  };
}
