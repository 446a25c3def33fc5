/**
 * All P2P memory of a machine: which providers there are, how far they are
 * from some clients, and which one to take.
 */
import { type RandomStream, randomStream } from "../random/random_stream.ts";
import { MAP_TYPE } from "./map_type.ts";
import type { MapTypeMemory } from "./map_type_cache.ts";
import { P2pDevice, type P2pProvider } from "./provider.ts";
import type { PciFunction, Topology } from "./topology.ts";

/** Options of `P2pdma`. */
export interface P2pdmaOptions {
  /** Seed of the choice among equally near devices; default: 1. */
  readonly seed?: number;
  /** Where the xarray of a device's map types lies; default: its own buffer. */
  readonly memoryOf?: (pciFunction: PciFunction) => MapTypeMemory;
}

/**
 * The P2P memory of a machine. Every function with a provider BAR is
 * registered and published, as the NVMe driver does with its CMB.
 *
 * @example The nearest provider of two clients
 * ```ts
 * import { loadTopology } from "@bvec/lab";
 * import { P2pdma } from "./p2pdma.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const topology = loadTopology("one_switch");
 * const p2pdma = new P2pdma(topology);
 * const client = topology.find("nvme1");
 * assertEquals(p2pdma.findMany([client])?.function.name, "nvme1");
 * ```
 */
export class P2pdma {
  /** The devices that offer memory, in bus order. */
  readonly devices: readonly P2pDevice[];
  /** Their BARs, by provider number. */
  readonly providers: readonly P2pProvider[];
  readonly #random: RandomStream;

  /**
   * Registers and publishes every provider BAR of a machine.
   *
   * @param topology The tree.
   * @param options Seed, and where the map type caches lie.
   */
  constructor(topology: Topology, options: P2pdmaOptions = {}) {
    const { seed = 1, memoryOf } = options;
    const devices: P2pDevice[] = [];
    let firstIndex = 0;
    for (const node of topology.functions) {
      if (!node.bars.some((bar) => bar.provider)) continue;
      const device = new P2pDevice(topology, node, {
        firstIndex,
        memory: memoryOf?.(node),
      });
      device.published = true;
      firstIndex += device.providers.length;
      devices.push(device);
    }
    this.devices = devices;
    this.providers = devices.flatMap((device) => device.providers);
    this.#random = randomStream(seed, "p2pmem_find");
  }

  /**
   * Adds up the distances from a device to clients
   * (`pci_p2pdma_distance_many()`).
   *
   * @param device The device whose memory it would be.
   * @param clients The functions that would do DMA; null is no PCI function.
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

  /**
   * Finds the published device nearest to all clients; among equally near
   * ones the seed decides (`pci_p2pmem_find_many()`).
   *
   * @param clients The functions that will do DMA.
   * @returns The device, or null if none can be reached by all.
   */
  findMany(clients: readonly (PciFunction | null)[]): P2pDevice | null {
    let nearest: P2pDevice[] = [];
    let closest = Infinity;
    for (const device of this.devices) {
      if (!device.published) continue;
      const distance = this.distanceMany(device, clients);
      if (distance < 0 || distance > closest) continue;
      if (distance < closest) nearest = [];
      closest = distance;
      nearest.push(device);
    }
    if (nearest.length === 0) return null;
    return nearest[this.#random.below(nearest.length)] ?? null;
  }
}
