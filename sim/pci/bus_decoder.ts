/**
 * Where a memory request of a PCI function ends: the switches on its way and
 * then the root complex decode its address to a BAR or to DRAM.
 *
 * This is the device's side of the oracle (design.md, rule 5): it knows
 * nothing of map types that the driver chose. A request goes to a peer's
 * window at the first switch above both, unless ACS redirects on the way;
 * everything else reaches the root complex, which decodes CPU addresses, and
 * passes it on to a BAR only if the host bridge routes between ports.
 */
import { routeP2p } from "./distance.ts";
import { MAP_TYPE } from "./map_type.ts";
import type { PciBar, PciFunction, Topology } from "./topology.ts";

/** What a bus address stands for. */
export const TARGET = {
  /** Nothing answers: the device sees an unsupported request. */
  none: 0,
  /** Host memory. */
  dram: 1,
  /** A BAR reached through a switch, or the function's own. */
  peer: 2,
  /** A BAR reached through the host bridge. */
  hostBridge: 3,
} as const;

/** A number of `TARGET`. */
export type BusTarget = typeof TARGET[keyof typeof TARGET];

/** A BAR with the function that owns it. */
export interface OwnedBar {
  readonly owner: PciFunction;
  readonly bar: PciBar;
}

const PAGE_SHIFT = 12n;

interface Window {
  readonly start: bigint;
  readonly sizeBytes: number;
  readonly phys: bigint;
  readonly target: BusTarget;
  readonly owned: OwnedBar | null;
}

/**
 * Decodes the addresses of one requester. `decode()` allocates nothing; its
 * answer is in the fields. Page numbers are below 2^52 and thus exact as
 * numbers.
 */
export class BusDecoder {
  /** Low half of the CPU physical address. */
  physLo: number = 0;
  /** High half of the CPU physical address. */
  physHi: number = 0;
  /** Number of the window in `owned`; -1 for none. */
  window: number = -1;
  /** The BAR of each window, null for DRAM. */
  readonly owned: readonly (OwnedBar | null)[];
  readonly #first: Float64Array;
  readonly #last: Float64Array;
  readonly #physPage: Float64Array;
  readonly #target: Uint8Array;

  /**
   * Collects what the requester can reach.
   *
   * @param requester The function that sends the requests.
   */
  constructor(topology: Topology, requester: PciFunction) {
    const windows = requestWindows(topology, requester);
    this.owned = windows.map((window) => window.owned);
    this.#first = Float64Array.from(
      windows,
      (window) => Number(window.start >> PAGE_SHIFT),
    );
    this.#last = Float64Array.from(
      windows,
      ({ start, sizeBytes }) =>
        Number((start + BigInt(sizeBytes) - 1n) >> PAGE_SHIFT),
    );
    this.#physPage = Float64Array.from(
      windows,
      (window) => Number(window.phys >> PAGE_SHIFT),
    );
    this.#target = Uint8Array.from(windows, (window) => window.target);
  }

  /**
   * Decodes an address.
   *
   * @param sizeBytes Bytes from there, 1 or more.
   * @returns What answers; `none` also where the bytes leave the window.
   */
  decode(lo: number, hi: number, sizeBytes: number): BusTarget {
    const page = (hi >>> 0) * 2 ** 20 + (lo >>> 12);
    const offset = lo & 4095;
    const lastPage = page + Math.floor((offset + sizeBytes - 1) / 4096);
    const first = this.#first;
    for (let i = 0; i < first.length; i++) {
      const start = first[i] ?? 0;
      if (page < start || page > (this.#last[i] ?? 0)) continue;
      this.window = i;
      if (lastPage > (this.#last[i] ?? 0)) return TARGET.none;
      const physPage = (this.#physPage[i] ?? 0) + (page - start);
      this.physLo = (physPage * 4096 | 0) | offset;
      this.physHi = physPage / 2 ** 20 | 0;
      return (this.#target[i] ?? 0) as BusTarget;
    }
    this.window = -1;
    return TARGET.none;
  }
}

/** What a request can hit, in the order in which it is decoded. */
function requestWindows(topology: Topology, requester: PciFunction): Window[] {
  const peers: Window[] = [];
  const behindHost: Window[] = [];
  for (const owner of topology.functions) {
    for (const bar of owner.bars) {
      const { mapType } = routeP2p(topology, {
        provider: owner,
        client: requester,
      });
      const common = {
        sizeBytes: bar.sizeBytes,
        phys: bar.startPhys,
        owned: { owner, bar },
      };
      // The root complex is reached whenever no switch took the request; a
      // switch that takes bus addresses does not stop CPU addresses.
      if (mapType === MAP_TYPE.busAddr || owner === requester) {
        peers.push({
          ...common,
          start: bar.busAddress,
          target: TARGET.peer,
        });
      } else if (mapType === MAP_TYPE.throughHostBridge) {
        behindHost.push({
          ...common,
          start: bar.startPhys,
          target: TARGET.hostBridge,
        });
      }
    }
  }
  const dram = topology.dram.map((range) => ({
    start: range.startPhys,
    sizeBytes: range.sizeBytes,
    phys: range.startPhys,
    target: TARGET.dram,
    owned: null,
  }));
  return [...peers, ...behindHost, ...dram];
}
