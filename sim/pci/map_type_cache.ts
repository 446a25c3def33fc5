/**
 * The cache in front of the topology walk: the provider's xarray of map types
 * by client (blockspec 3.2, rule 5).
 */
import type { MemoryView } from "../../layouts/word.ts";
import { routeP2p } from "./distance.ts";
import { MAP_TYPE, type MapType } from "./map_type.ts";
import type { PciFunction, Topology } from "./topology.ts";
import { Xarray } from "./xarray.ts";

/** Where the xarray of a map type cache is. */
export interface MapTypeMemory {
  /** The memory; default: a buffer of its own. */
  readonly view?: MemoryView;
  /** Offset of the xarray, zeroed; default: 0. */
  readonly at?: number;
  /** How many xarray nodes there is room for; default: 64. */
  readonly nodes?: number;
}

/**
 * The map types of one provider device, by client
 * (`pci_p2pdma.map_types`). Run-time changes of ACS do not reach it.
 */
export class MapTypeCache {
  readonly #topology: Topology;
  readonly #provider: PciFunction;
  readonly #types: Xarray;
  #walks = 0;

  constructor(
    topology: Topology,
    provider: PciFunction,
    memory: MapTypeMemory = {},
  ) {
    const { nodes = 64, at = 0 } = memory;
    this.#topology = topology;
    this.#provider = provider;
    const view = memory.view ??
      new DataView(new SharedArrayBuffer(at + Xarray.sizeBytes(nodes)));
    this.#types = new Xarray(view, at, { nodes });
  }

  /** How many topology walks there were. */
  get walks(): number {
    return this.#walks;
  }

  /** How many xarray loads there were. */
  get loads(): number {
    return this.#types.loads;
  }

  /**
   * Returns the map type of a client: one xarray load, and a walk the first
   * time.
   */
  lookup(client: PciFunction): MapType {
    const known = this.#types.load(client.key) as MapType;
    return known === MAP_TYPE.unknown ? this.walk(client).mapType : known;
  }

  /** Forgets all map types (`xa_destroy()`). */
  clear(): void {
    this.#types.clear();
  }

  /** Walks the topology in any case, and remembers the answer. */
  walk(client: PciFunction): { mapType: MapType; distance: number } {
    this.#walks++;
    const provider = this.#provider;
    const route = routeP2p(this.#topology, { provider, client });
    this.#types.store(client.key, route.mapType);
    return route;
  }
}
