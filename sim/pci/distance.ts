/**
 * The walk that decides how a client reaches a provider's memory: distance,
 * ACS redirects on the way and the map type that follows
 * (blockspec 3.2; `calc_map_type_and_dist()` in drivers/pci/p2pdma.c).
 */
import { cpuRoutesP2p, whitelistAllows } from "./host_bridge.ts";
import { MAP_TYPE, type MapType } from "./map_type.ts";
import type { PciFunction, Topology } from "./topology.ts";

/** What the walk found. */
export interface P2pRoute {
  readonly mapType: MapType;
  /** Hops from both to the common ancestor, or beyond both root ports. */
  readonly distance: number;
  /** The lowest function above both, or null. */
  readonly commonAncestor: PciFunction | null;
  /** The functions on the way whose ACS redirects, provider's side first. */
  readonly redirects: readonly PciFunction[];
}

/**
 * Walks from a provider and a client to what they share.
 *
 * The common ancestor's own ACS bits count, because the provider's side tests
 * a node before it looks for it on the client's side.
 *
 * @param provider The function whose memory it is.
 * @param client The function that does the DMA.
 *
 * @example Two functions below one switch
 * ```ts
 * import { loadTopology } from "@bvec/lab";
 * import { routeP2p } from "./distance.ts";
 * import { MAP_TYPE } from "./map_type.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const topology = loadTopology("one_switch");
 * const route = routeP2p(topology, {
 *   provider: topology.find("nvme0"),
 *   client: topology.find("nvme1"),
 * });
 * assertEquals(route.distance, 4);
 * assertEquals(route.mapType, MAP_TYPE.busAddr);
 * ```
 */
export function routeP2p(
  topology: Topology,
  { provider, client }: { provider: PciFunction; client: PciFunction },
): P2pRoute {
  const redirects: PciFunction[] = [];
  let hopsA = 0;
  for (let a: PciFunction | null = provider; a !== null; a = a.upstream) {
    if (a.acs.length > 0) redirects.push(a);
    let hopsB = 0;
    for (let b: PciFunction | null = client; b !== null; b = b.upstream) {
      if (a === b) {
        addRedirectsBelow(client, { ancestor: a, redirects });
        const distance = hopsA + hopsB;
        return {
          mapType: redirects.length === 0
            ? MAP_TYPE.busAddr
            : throughHostBridge(topology, { provider, client }),
          distance,
          commonAncestor: a,
          redirects,
        };
      }
      hopsB++;
    }
    hopsA++;
  }
  return {
    mapType: throughHostBridge(topology, { provider, client }),
    distance: hopsA + depth(client),
    commonAncestor: null,
    redirects,
  };
}

function addRedirectsBelow(
  client: PciFunction,
  { ancestor, redirects }: { ancestor: PciFunction; redirects: PciFunction[] },
): void {
  for (
    let b: PciFunction | null = client;
    b !== null && b !== ancestor;
    b = b.upstream
  ) {
    if (b.acs.length > 0) redirects.push(b);
  }
}

function throughHostBridge(
  topology: Topology,
  { provider, client }: { provider: PciFunction; client: PciFunction },
): MapType {
  return cpuRoutesP2p(topology.cpu) ||
      whitelistAllows(topology.hostBridgeWhitelist, provider, client)
    ? MAP_TYPE.throughHostBridge
    : MAP_TYPE.notSupported;
}

function depth(client: PciFunction): number {
  let hops = 0;
  for (let b: PciFunction | null = client; b !== null; b = b.upstream) hops++;
  return hops;
}
