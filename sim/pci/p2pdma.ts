/**
 * All P2P memory of a machine: which providers there are, and how far they are
 * from some clients.
 */
import { MAP_TYPE } from "./map_type.ts";
import type { MapTypeMemory } from "./map_type_cache.ts";
import { P2pDevice, type P2pProvider } from "./provider.ts";
import type { PciFunction, Topology } from "./topology.ts";

export interface P2pdmaOptions {
  /** Where the xarray of a device's map types is; default: its own buffer. */
  readonly memoryOf?: (pciFunction: PciFunction) => MapTypeMemory;
}

/**
 * The P2P memory of a machine. Every function with a provider BAR is
 * registered, as the NVMe driver does with its CMB.
 *
 * @example How far two functions below a switch are from each other's memory
 * ```ts
 * import { loadTopology } from "@bvec/lab";
 * import { P2pdma } from "./p2pdma.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const topology = loadTopology("one_switch");
 * const p2pdma = new P2pdma(topology);
 * const [nvme0] = p2pdma.devices;
 * if (nvme0 === undefined) throw new TypeError("a provider expected");
 * assertEquals(p2pdma.distanceMany(nvme0, [topology.find("nvme1")]), 4);
 * ```
 */
export class P2pdma {
  /** The devices that offer memory, in bus order. */
  readonly devices: readonly P2pDevice[];
  /** Their BARs, by provider number. */
  readonly providers: readonly P2pProvider[];

  /** Registers every provider BAR of a machine. */
  constructor(topology: Topology, options: P2pdmaOptions = {}) {
    const { memoryOf } = options;
    const devices: P2pDevice[] = [];
    for (const node of topology.functions) {
      if (!node.bars.some((bar) => bar.provider)) continue;
      devices.push(new P2pDevice(topology, node, memoryOf?.(node)));
    }
    this.devices = devices;
    this.providers = devices.flatMap((device) => device.providers);
  }

  /**
   * Adds up the distances from a device to clients
   * (`pci_p2pdma_distance_many()`).
   *
   * @param device The device whose memory it would be.
   * @param clients The functions that would do DMA; null is not a PCI function.
   * @returns The sum, or -1 if any cannot reach it or there is none.
   */
  distanceMany(
    device: P2pDevice,
    clients: readonly (PciFunction | null)[],
  ): number {
    if (clients.length === 0 || device.state !== "present") return -1;
    let sum = 0;
    for (const client of clients) {
      if (client === null) return -1;
      const { mapType, distance } = device.walk(client);
      if (mapType === MAP_TYPE.notSupported) return -1;
      sum += distance;
    }
    return sum;
  }
}
