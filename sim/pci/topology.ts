/**
 * The PCI tree of a machine: functions linked to the bridges above them, and
 * the questions that P2PDMA asks of it.
 */
import type {
  AcsRedirect,
  CpuDescription,
  DramDescription,
  PciKind,
  TopologyDescription,
} from "./topology_description.ts";
import {
  formatPciAddress,
  mapTypeKey,
  parsePciAddress,
  type PciAddress,
} from "./address.ts";
import { HOST_BRIDGES_7_2, type HostBridgeEntry } from "./host_bridge.ts";
import { checkTopology } from "./topology_check.ts";

/** A memory BAR of a function. */
export interface PciBar {
  /** Number of the BAR, 0 to 5. */
  readonly index: number;
  /** CPU physical address of its first byte. */
  readonly startPhys: bigint;
  /** Size in bytes. */
  readonly sizeBytes: number;
  /** PCI bus address of its first byte. */
  readonly busAddress: bigint;
  /** Whether the driver offers it as P2P memory. */
  readonly provider: boolean;
}

/** A host bridge with the functions on its root bus, in bus order. */
export interface PciHostBridge {
  /** Position in `Topology.hostBridges`. */
  readonly index: number;
  /** PCI domain. */
  readonly domain: number;
  /** Number of the root bus. */
  readonly rootBus: number;
  /** The functions on the root bus, lowest devfn first. */
  readonly rootFunctions: readonly PciFunction[];
}

/** One PCI function in the tree. */
export interface PciFunction {
  /** Position in `Topology.functions`. */
  readonly index: number;
  /** Address as numbers. */
  readonly address: PciAddress;
  /** Address as text, `0000:03:00.0`. */
  readonly bdf: string;
  /** Name for the output. */
  readonly name: string;
  /** Key in a provider's map type cache. */
  readonly key: number;
  /** What it is. */
  readonly kind: PciKind;
  /** Vendor, 16 bits. */
  readonly vendorId: number;
  /** Device, 16 bits. */
  readonly deviceId: number;
  /** The bridge above, or null on a root bus. */
  readonly upstream: PciFunction | null;
  /** The functions below a bridge, lowest address first. */
  readonly children: readonly PciFunction[];
  /** The host bridge above all. */
  readonly hostBridge: PciHostBridge;
  /** The bus below a bridge, or null. */
  readonly secondaryBus: number | null;
  /** ACS redirect bits that are set. */
  readonly acs: readonly AcsRedirect[];
  /** Memory BARs. */
  readonly bars: readonly PciBar[];
}

/**
 * A checked PCI tree.
 *
 * @example The bridge above an endpoint
 * ```ts
 * import { loadTopology } from "@bvec/lab";
 * import { assertEquals } from "@std/assert";
 *
 * const topology = loadTopology("one_switch");
 * assertEquals(topology.find("nvme0").upstream?.bdf, "0000:02:00.0");
 * ```
 */
export class Topology {
  /** Name for the output. */
  readonly name: string;
  /** The boot CPU. */
  readonly cpu: CpuDescription;
  /** Host memory, ascending. */
  readonly dram: readonly DramDescription[];
  /** Host bridges. */
  readonly hostBridges: readonly PciHostBridge[];
  /** The host bridges that the kernel trusts to route P2P traffic. */
  readonly hostBridgeWhitelist: readonly HostBridgeEntry[];
  /** All functions, in the order of their addresses. */
  readonly functions: readonly PciFunction[];
  readonly #byAddress = new Map<string, PciFunction>();
  readonly #description: TopologyDescription;

  /**
   * Links a description into a tree.
   *
   * @param description The topology as data.
   * @param hostBridgeWhitelist The kernel's list; default: that of 7.2.
   * @throws {TopologyError} If it contradicts itself.
   */
  constructor(
    description: TopologyDescription,
    hostBridgeWhitelist: readonly HostBridgeEntry[] = HOST_BRIDGES_7_2,
  ) {
    checkTopology(description);
    this.#description = description;
    this.hostBridgeWhitelist = hostBridgeWhitelist;
    this.name = description.name;
    this.cpu = description.cpu;
    this.dram = [...description.dram].sort((a, b) =>
      a.startPhys < b.startPhys ? -1 : 1
    );
    const hosts = description.hostBridges.map((host, index) => ({
      ...host,
      index,
      rootFunctions: [] as PciFunction[],
    }));
    const sorted = description.functions
      .map((described) => ({
        described,
        address: parsePciAddress(described.address),
      }))
      .sort((a, b) => mapTypeKey(a.address) - mapTypeKey(b.address));
    const nodes = sorted.map(({ described, address }, index) => ({
      parent: described.parent,
      node: {
        ...functionOf(described, address),
        index,
        upstream: null as PciFunction | null,
        children: [] as PciFunction[],
        hostBridge: hosts[0] as PciHostBridge,
      },
    }));
    const byAddress = new Map(nodes.map(({ node }) => [node.bdf, node]));
    for (const { node, parent } of nodes) {
      this.#byAddress.set(node.bdf, node);
      if (parent === undefined) continue;
      const above = byAddress.get(formatPciAddress(parsePciAddress(parent)));
      if (above === undefined) continue; // checkTopology() refused it
      node.upstream = above;
      above.children.push(node);
    }
    for (const { node } of nodes) {
      let top: PciFunction = node;
      while (top.upstream !== null) top = top.upstream;
      const host = hosts.find((host) =>
        host.domain === top.address.domain && host.rootBus === top.address.bus
      );
      if (host === undefined) continue; // checkTopology() refused it
      node.hostBridge = host;
      if (node.upstream === null) host.rootFunctions.push(node);
    }
    this.hostBridges = hosts;
    this.functions = nodes.map(({ node }) => node);
  }

  /**
   * Finds a function by its address or its name.
   *
   * @param name `0000:03:00.0`, `03:00.0`, or a name of the description.
   * @returns The function.
   * @throws {RangeError} If there is none.
   */
  find(name: string): PciFunction {
    const found = this.functions.find((node) => node.name === name) ??
      this.#byAddress.get(name) ?? this.#byAddress.get(`0000:${name}`);
    if (found === undefined) {
      throw new RangeError(
        `Cannot find PCI function "${name}" in topology "${this.name}", expected one of: ${
          this.functions.map((node) => node.bdf).join(", ")
        }`,
      );
    }
    return found;
  }

  /**
   * Returns the same tree with another CPU.
   *
   * @param cpu The boot CPU.
   * @returns A new topology.
   */
  withCpu(cpu: CpuDescription): Topology {
    const description = { ...this.#description, cpu };
    return new Topology(description, this.hostBridgeWhitelist);
  }

  /**
   * Returns the same tree as another kernel sees it.
   *
   * @param whitelist The host bridges that it trusts to route P2P traffic.
   * @returns A new topology, or this one if it already has that list.
   */
  withHostBridges(whitelist: readonly HostBridgeEntry[]): Topology {
    return whitelist === this.hostBridgeWhitelist
      ? this
      : new Topology(this.#description, whitelist);
  }
}

/** A function as described, which is in no tree yet. */
function functionOf(
  described: TopologyDescription["functions"][number],
  address: PciAddress,
) {
  const [vendorId = 0, deviceId = 0] = described.id.split(":").map((half) =>
    parseInt(half, 16)
  );
  const bdf = formatPciAddress(address);
  return {
    address,
    bdf,
    name: described.name ?? bdf,
    key: mapTypeKey(address),
    kind: described.kind,
    vendorId,
    deviceId,
    secondaryBus: described.secondaryBus ?? null,
    acs: described.acs ?? [],
    bars: (described.bars ?? []).map((bar) => ({
      index: bar.index,
      startPhys: bar.startPhys,
      sizeBytes: bar.sizeBytes,
      busAddress: bar.busAddress ?? bar.startPhys,
      provider: described.providerBars?.includes(bar.index) ?? false,
    })),
  };
}
