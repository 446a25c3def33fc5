/**
 * What a topology must keep: every function hangs in exactly one tree, bus
 * numbers are unique, and no two address ranges overlap.
 */
import type {
  FunctionDescription,
  PciKind,
  TopologyDescription,
} from "./topology_description.ts";
import {
  formatPciAddress,
  parsePciAddress,
  type PciAddress,
} from "./address.ts";
import { refuseTopology, type TopologyPath } from "./topology_error.ts";
import { checkAddressRanges } from "./topology_ranges.ts";

/** Which kinds may hang below which. */
const PARENT_KINDS: Record<PciKind, readonly PciKind[]> = {
  "host": [],
  "root_port": [],
  "switch_upstream": ["root_port", "switch_downstream"],
  "switch_downstream": ["switch_upstream"],
  "endpoint": ["root_port", "switch_downstream", "switch_upstream"],
};

interface Placed {
  readonly described: FunctionDescription;
  readonly address: PciAddress;
  readonly path: TopologyPath;
}

/**
 * Checks a topology.
 *
 * @throws {TopologyError} At the first contradiction.
 */
export function checkTopology(topology: TopologyDescription): void {
  const placed = new Map<string, Placed>();
  topology.functions.forEach((described, i) => {
    const path = ["functions", i];
    const address = readAddress(described.address, [...path, "address"]);
    const bdf = formatPciAddress(address);
    if (placed.has(bdf)) {
      refuseTopology(`function ${bdf} is given twice, expected each once`, [
        ...path,
        "address",
      ]);
    }
    if (!/^[0-9a-f]{4}:[0-9a-f]{4}$/i.test(described.id)) {
      refuseTopology(`id is "${described.id}", expected one like "8086:2030"`, [
        ...path,
        "id",
      ]);
    }
    placed.set(bdf, { described, address, path });
  });
  checkBuses(topology, placed);
  for (const node of placed.values()) checkParent(node, placed, topology);
  checkAddressRanges(topology);
}

function readAddress(text: string, path: TopologyPath): PciAddress {
  try {
    return parsePciAddress(text);
  } catch {
    return refuseTopology(
      `address is "${text}", expected one like "0000:3b:00.0"`,
      path,
    );
  }
}

function checkBuses(
  topology: TopologyDescription,
  placed: ReadonlyMap<string, Placed>,
): void {
  const owners = new Map<string, string>();
  const claim = (
    domain: number,
    bus: number,
    { owner, path }: { owner: string; path: TopologyPath },
  ) => {
    const key = `${domain.toString(16).padStart(4, "0")}:${
      bus.toString(16).padStart(2, "0")
    }`;
    const before = owners.get(key);
    if (before !== undefined) {
      refuseTopology(
        `bus ${key} is below both ${before} and ${owner}, expected one bridge above each bus`,
        path,
      );
    }
    owners.set(key, owner);
  };
  if (topology.hostBridges.length === 0) {
    refuseTopology("there is no host bridge, expected at least one", [
      "hostBridges",
    ]);
  }
  topology.hostBridges.forEach((host, i) =>
    claim(host.domain, host.rootBus, {
      owner: `host bridge ${i}`,
      path: ["hostBridges", i, "rootBus"],
    })
  );
  for (const [bdf, { described, address, path }] of placed) {
    const isBridge = described.kind !== "host" && described.kind !== "endpoint";
    if (isBridge && described.secondaryBus === undefined) {
      refuseTopology(
        `bridge ${bdf} has no secondaryBus, expected the bus below it`,
        path,
      );
    }
    if (described.secondaryBus === undefined) continue;
    const at = [...path, "secondaryBus"];
    if (!isBridge) {
      refuseTopology(
        `${described.kind} ${bdf} has a secondaryBus, expected none`,
        at,
      );
    }
    claim(address.domain, described.secondaryBus, { owner: bdf, path: at });
  }
}

function checkParent(
  node: Placed,
  placed: ReadonlyMap<string, Placed>,
  topology: TopologyDescription,
): void {
  const { described, address, path } = node;
  const bdf = formatPciAddress(address);
  if (described.parent === undefined) {
    const onRoot = topology.hostBridges.some((host) =>
      host.domain === address.domain && host.rootBus === address.bus
    );
    if (!onRoot) {
      refuseTopology(
        `function ${bdf} has no parent and its bus is not a root bus, expected a parent`,
        path,
      );
    }
    if (described.kind.startsWith("switch_")) {
      refuseTopology(
        `${described.kind} ${bdf} has no parent, expected the port above it`,
        path,
      );
    }
    return;
  }
  const at = [...path, "parent"];
  const above = placed.get(
    formatPciAddress(readAddress(described.parent, at)),
  );
  if (above === undefined) {
    return refuseTopology(
      `parent "${described.parent}" of ${bdf} is unknown, expected a function of this topology`,
      at,
    );
  }
  checkNoCycle(node, placed);
  const allowed = PARENT_KINDS[described.kind];
  if (!allowed.includes(above.described.kind)) {
    refuseTopology(
      `parent ${described.parent} of ${described.kind} ${bdf} is of kind ${above.described.kind}, expected ${
        allowed.length === 0 ? "a root bus" : allowed.join(" or ")
      }`,
      at,
    );
  }
  const { domain } = above.address;
  if (
    above.described.secondaryBus !== address.bus || domain !== address.domain
  ) {
    refuseTopology(
      `function ${bdf} is not on the bus below its parent ${described.parent}, expected bus ${
        hexBus(above.described.secondaryBus)
      }`,
      at,
    );
  }
}

function checkNoCycle(
  start: Placed,
  placed: ReadonlyMap<string, Placed>,
): void {
  const way: string[] = [];
  let node: Placed | undefined = start;
  while (node !== undefined) {
    const bdf = formatPciAddress(node.address);
    if (way.includes(bdf)) {
      refuseTopology(
        `parents form a cycle: ${[...way, bdf].join(" -> ")}, expected a tree`,
        [...start.path, "parent"],
      );
    }
    way.push(bdf);
    const { parent }: FunctionDescription = node.described;
    if (parent === undefined) return;
    node = placed.get(
      formatPciAddress(readAddress(parent, [...node.path, "parent"])),
    );
  }
}

function hexBus(bus: number | undefined): string {
  return (bus ?? 0).toString(16).padStart(2, "0");
}
