/**
 * Providers that can be unplugged with I/O in flight: who holds them, when they
 * are gone, and whether anybody still finds them afterwards (mm/memremap.c
 * memunmap_pages(), drivers/pci/p2pdma.c).
 *
 * Unplugging first takes the mappings of user space away
 * (pci_p2pdma_unmap_mappings()), so that no further I/O can pin the memory
 * (EFAULT); then it waits until the references of I/O in flight are dropped;
 * then pages and map types go.
 */
import type { MemoryMap } from "../memory/memory_map.ts";
import type { PageArray } from "../kernel/page_array.ts";
import { MAP_TYPE } from "../pci/map_type.ts";
import type { P2pRoutes } from "../pci/p2p_routes.ts";
import type { RecognitionStrategy } from "../recognition/recognition.ts";

export interface ProviderCounts {
  unplugged: number;
  /** I/Os that were in flight on one when it was. */
  drained: number;
  /** Answers that named a provider that was gone; none must. */
  lateAnswers: number;
}

/** The providers of a machine; numbers are index + 1, as on the path. */
export class ProviderLifetimes {
  readonly counts: ProviderCounts = {
    unplugged: 0,
    drained: 0,
    lateAnswers: 0,
  };
  readonly #map: MemoryMap;
  /** I/Os in flight by provider. */
  readonly #users: Int32Array;
  readonly #pages: Int32Array;
  readonly #leaving: Uint8Array;
  readonly #gone: Uint8Array;
  #hostPages = 0;
  #routes: P2pRoutes | undefined;
  #strategy: RecognitionStrategy | undefined;

  constructor(map: MemoryMap) {
    const count = map.providers.length + 1;
    this.#map = map;
    this.#users = new Int32Array(count);
    this.#pages = new Int32Array(count);
    this.#leaving = new Uint8Array(count);
    this.#gone = new Uint8Array(count);
  }

  /**
   * Finds a provider.
   *
   * @param provider Its index in the memory map, or its name.
   * @returns Its number; 0 where the machine has none such.
   */
  find(provider: number | string): number {
    const { providers } = this.#map;
    if (typeof provider === "number") {
      return provider < providers.length ? provider + 1 : 0;
    }
    return providers.findIndex(({ name }) => name === provider) + 1;
  }

  /**
   * Returns whether memory of a provider can be pinned.
   *
   * @returns False once it is unplugged.
   */
  isPinnable(provider: number): boolean {
    return this.#leaving[provider] === 0;
  }

  isGone(provider: number): boolean {
    return this.#gone[provider] === 1;
  }

  /** Unplugs a provider and all others of its device. */
  unplug(provider: number): void {
    const device = this.#routes?.deviceOf?.(provider) ?? null;
    for (let other = 1; other < this.#leaving.length; other++) {
      const isSibling = device !== null &&
        this.#routes?.deviceOf?.(other) === device;
      if ((other !== provider && !isSibling) || this.#leaving[other] === 1) {
        continue;
      }
      this.#leaving[other] = 1;
      this.counts.unplugged++;
      this.counts.drained += this.#users[other] as number;
    }
    device?.unplug();
    this.#goIfUnused();
  }

  /** An I/O begins to use a provider. */
  acquire(provider: number): void {
    this.#users[provider] = (this.#users[provider] as number) + 1;
    this.#routes?.deviceOf?.(provider)?.acquire();
  }

  /** It no longer does. */
  release(provider: number): void {
    this.#users[provider] = (this.#users[provider] as number) - 1;
    this.#routes?.deviceOf?.(provider)?.release();
    if (this.#leaving[provider] === 1) this.#goIfUnused();
  }

  /** percpu_ref is zero: what was kept of the provider goes. */
  #goIfUnused(): void {
    for (let provider = 1; provider < this.#leaving.length; provider++) {
      if (
        this.#leaving[provider] === 0 || this.#gone[provider] === 1 ||
        this.#users[provider] !== 0
      ) continue;
      this.#gone[provider] = 1;
      this.#strategy?.forget?.(provider);
    }
  }

  /**
   * Stands between routes and the path.
   *
   * @returns Routes that no longer lead to what is gone.
   */
  routes(routes: P2pRoutes): P2pRoutes {
    this.#routes = routes;
    return {
      ...routes,
      mapType: (provider) =>
        this.isGone(provider)
          ? MAP_TYPE.notSupported
          : routes.mapType(provider),
    };
  }

  /**
   * Stands between a recognition and the path.
   *
   * @returns One that counts answers with a provider that is gone.
   */
  watch(strategy: RecognitionStrategy): RecognitionStrategy {
    this.#strategy = strategy;
    return {
      ...strategy,
      providerOf: (physLo, physHi, flag, bio) => {
        const found = strategy.providerOf(physLo, physHi, flag, bio);
        if (this.isGone(found)) this.counts.lateAnswers++;
        return found;
      },
    };
  }

  /** Stands in front of the struct pages and counts references. */
  pages(pages: PageArray): PageArray {
    const { isZoneDevice, pagemapOf, providerOf } = pages;
    const count = (page: number, change: number): void => {
      const provider = isZoneDevice(page) ? providerOf(pagemapOf(page)) : 0;
      if (provider === 0) this.#hostPages += change;
      else {
        this.#pages[provider] = (this.#pages[provider] as number) + change;
      }
    };
    return {
      ...pages,
      getReference: (page, references = 1) => {
        count(page, references);
        pages.getReference(page, references);
      },
      putReference: (page, references = 1) => {
        count(page, -references);
        pages.putReference(page, references);
      },
    };
  }

  /**
   * Returns what is still in use.
   *
   * @returns Names and numbers; all 0 when no I/O is in flight.
   */
  balance(): Readonly<Record<string, number>> {
    const sum = (of: Int32Array) => of.reduce((total, n) => total + n, 0);
    return {
      "page references": this.#hostPages,
      "P2P page references": sum(this.#pages),
      "provider references": sum(this.#users),
    };
  }
}
