/**
 * The state that a mapping carries from segment to segment
 * (`pci_p2pdma_state()`): the last provider and its map type, so that a run of
 * segments of one provider costs one xarray load.
 *
 * The block layer zeroes it for every request and fills it from the first
 * segment alone (blockspec 3.3).
 */
import { MAP_TYPE, type MapType } from "./map_type.ts";
import type { P2pProvider } from "./provider.ts";
import type { PciFunction } from "./topology.ts";

/**
 * Provider and map type of the segment before.
 *
 * @example Two segments of one provider, one xarray load
 * ```ts
 * import { loadTopology } from "@bvec/lab";
 * import { P2pMapState } from "./map_state.ts";
 * import { P2pdma } from "./p2pdma.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const topology = loadTopology("one_switch");
 * const [provider = null] = new P2pdma(topology).providers;
 * const state = new P2pMapState();
 * state.lookup(topology.find("nvme1"), provider);
 * state.lookup(topology.find("nvme1"), provider);
 * assertEquals(provider?.device.mapTypeCounts, { walks: 1, loads: 1 });
 * ```
 */
export class P2pMapState {
  #provider: P2pProvider | null = null;
  #mapType: MapType = MAP_TYPE.unknown;

  /** Forgets everything, as at the start of a request. */
  reset(): void {
    this.#provider = null;
    this.#mapType = MAP_TYPE.unknown;
  }

  /**
   * Returns the map type of a segment.
   *
   * @param provider The provider of the memory, or null for host memory, which
   * leaves the state unchanged.
   */
  lookup(client: PciFunction | null, provider: P2pProvider | null): MapType {
    if (provider === null) return MAP_TYPE.none;
    if (this.#provider !== provider) {
      this.#provider = provider;
      this.#mapType = provider.device.mapType(client);
    }
    return this.#mapType;
  }
}
