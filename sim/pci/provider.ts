/**
 * A device that offers P2P memory: its BARs as providers, the map types of its
 * clients, and what holds on to it (blockspec 3.1).
 */
import { MAP_TYPE, type MapType } from "./map_type.ts";
import { MapTypeCache, type MapTypeMemory } from "./map_type_cache.ts";
import type { PciBar, PciFunction, Topology } from "./topology.ts";

/** One BAR that is offered (`struct p2pdma_provider`). */
export interface P2pProvider {
  /** The device that owns it. */
  readonly device: P2pDevice;
  readonly bar: PciBar;
  /** Bus address minus CPU address, modulo 2^64. */
  readonly busOffset: bigint;
}

/** A device that offers P2P memory (`struct pci_p2pdma`). */
export class P2pDevice {
  readonly function: PciFunction;
  /** Its offered BARs. */
  readonly providers: readonly P2pProvider[];
  readonly #mapTypes: MapTypeCache;
  #references = 0;
  #leaving = false;

  /**
   * Registers the provider BARs of a function.
   *
   * @param pciFunction The function that owns the BARs.
   * @param memory Where the xarray of its map types is; default: its own.
   */
  constructor(
    topology: Topology,
    pciFunction: PciFunction,
    memory?: MapTypeMemory,
  ) {
    this.function = pciFunction;
    this.#mapTypes = new MapTypeCache(topology, pciFunction, memory);
    this.providers = pciFunction.bars.filter((bar) => bar.provider).map((
      bar,
    ) => ({
      device: this,
      bar,
      busOffset: BigInt.asUintN(64, bar.busAddress - bar.startPhys),
    }));
  }

  /** `present`; `leaving` until the last reference is gone; then `gone`. */
  get state(): "present" | "leaving" | "gone" {
    if (!this.#leaving) return "present";
    return this.#references > 0 ? "leaving" : "gone";
  }

  /** How many topology walks and xarray loads its map types took. */
  get mapTypeCounts(): { walks: number; loads: number } {
    const { walks, loads } = this.#mapTypes;
    return { walks, loads };
  }

  /**
   * Returns the map type of a client (`pci_p2pdma_map_type()`).
   *
   * @param client The function that does the DMA, or null for a device that is
   * not a PCI function.
   * @returns The map type; NOT_SUPPORTED once the device is gone. While it is
   *   leaving it is still found: pci_p2pdma_release() is the last of the
   *   device's actions and runs behind memunmap_pages(), which waits.
   */
  mapType(client: PciFunction | null): MapType {
    if (this.state === "gone" || client === null) {
      return MAP_TYPE.notSupported;
    }
    return this.#mapTypes.lookup(client);
  }

  /** Walks to a client in any case, and caches the map type. */
  walk(client: PciFunction): { mapType: MapType; distance: number } {
    return this.#mapTypes.walk(client);
  }

  /**
   * Takes a reference, so that the memory stays while it is used.
   *
   * @returns False if the device is leaving: the memory must not be used.
   */
  acquire(): boolean {
    if (this.#leaving) return false;
    this.#references++;
    return true;
  }

  /**
   * Gives a reference back.
   *
   * @throws {RangeError} If there is none.
   */
  release(): void {
    if (this.#references === 0) {
      throw new RangeError(
        `Cannot release ${this.function.bdf}: it has no references, expected at least one`,
      );
    }
    this.#references--;
    this.#clearIfGone();
  }

  /**
   * Unplugs the device: nothing new may use it, and it is gone when the last
   * reference is (`pci_p2pdma_release()`).
   */
  unplug(): "leaving" | "gone" {
    this.#leaving = true;
    this.#clearIfGone();
    return this.#references > 0 ? "leaving" : "gone";
  }

  /** xa_destroy(&p2pdma->map_types): no later lookup finds anything. */
  #clearIfGone(): void {
    if (this.state === "gone") this.#mapTypes.clear();
  }
}
