/**
 * A topology as data for `--json` and as text of at most 80 columns.
 */
import { routeP2p } from "../../sim/pci/distance.ts";
import { cpuRoutesP2p, hostBridgeFunction } from "../../sim/pci/host_bridge.ts";
import { MAP_TYPE, type MapType, mapTypeName } from "../../sim/pci/map_type.ts";
import type { P2pProvider } from "../../sim/pci/provider.ts";
import type { PciFunction, Topology } from "../../sim/pci/topology.ts";
import { mostOf } from "../text/extremes.ts";

type TopologyReport = ReturnType<typeof topologyReport>;

/**
 * Describes a topology and the ways to its providers.
 *
 * @param topology The tree, as the kernel sees it.
 * @returns Data that JSON can hold.
 */
export function topologyReport(
  topology: Topology,
  providers: readonly P2pProvider[],
  kernel: string,
) {
  const endpoints = topology.functions.filter((node) =>
    node.kind === "endpoint"
  );
  return {
    schemaVersion: 1,
    name: topology.name,
    // Whose whitelist of host bridges is used.
    kernel,
    cpu: { ...topology.cpu, routesP2p: cpuRoutesP2p(topology.cpu) },
    // Their trees depth first.
    hostBridges: topology.hostBridges.map((host) => ({
      domain: host.domain,
      rootBus: host.rootBus,
      functions: host.rootFunctions.flatMap((node) => describeTree(node, 0)),
    })),
    providers: providers.map(({ bar, busOffset, device }) => ({
      provider: device.function.bdf,
      name: device.function.name,
      bar: bar.index,
      startPhys: hex(bar.startPhys),
      busAddress: hex(bar.busAddress),
      sizeBytes: bar.sizeBytes,
      // Bus address minus CPU address, modulo 2^64.
      busOffset: hex(busOffset),
      clients: endpoints.map((client) =>
        describeClient(topology, { provider: device.function, client })
      ),
    })),
  };
}

interface FunctionReport {
  readonly address: string;
  readonly name: string;
  readonly kind: string;
  /** Vendor and device. */
  readonly id: string;
  /** How deep below the root bus, from 0. */
  readonly depth: number;
  /** ACS redirect bits. */
  readonly acs: readonly string[];
}

function describeTree(node: PciFunction, depth: number): FunctionReport[] {
  const id = (node.vendorId << 16 | node.deviceId) >>> 0;
  const text = id.toString(16).padStart(8, "0");
  return [
    {
      address: node.bdf,
      name: node.name,
      kind: node.kind,
      id: `${text.slice(0, 4)}:${text.slice(4)}`,
      depth,
      acs: node.acs,
    },
    ...node.children.flatMap((child) => describeTree(child, depth + 1)),
  ];
}

function describeClient(
  topology: Topology,
  pair: { provider: PciFunction; client: PciFunction },
) {
  const { mapType, distance, commonAncestor, redirects } = routeP2p(
    topology,
    pair,
  );
  const below = commonAncestor === pair.client
    ? "its own memory"
    : commonAncestor === null
    ? ""
    : `below ${shortBdf(commonAncestor)}`;
  return {
    client: pair.client.bdf,
    name: pair.client.name,
    distance,
    mapType: mapTypeName(mapType),
    // Functions on the way whose ACS redirects.
    redirects: redirects.map((node) => node.bdf),
    reason: mapType === MAP_TYPE.busAddr
      ? below
      : redirected(commonAncestor, redirects) +
        bridgeVerdict(topology, pair, mapType),
  };
}

/** Which ACS bits turned traffic away from the common bridge, if any is. */
function redirected(
  common: PciFunction | null,
  redirects: readonly PciFunction[],
): string {
  const first = redirects[0];
  if (common === null || first === undefined) return "";
  const more = redirects.length > 1 ? ` +${redirects.length - 1}` : "";
  return `ACS ${shortBdf(first)}${more}; `;
}

function bridgeVerdict(
  topology: Topology,
  { provider, client }: { provider: PciFunction; client: PciFunction },
  mapType: MapType,
): string {
  if (cpuRoutesP2p(topology.cpu)) return "CPU routes";
  if (mapType === MAP_TYPE.throughHostBridge) return "bridge listed";
  const hosts = [provider.hostBridge, client.hostBridge];
  return hosts.every((host) => hostBridgeFunction(host) !== null)
    ? "bridge unlisted"
    : "no bridge function";
}

const KINDS: Readonly<Record<string, string>> = {
  "host": "host bridge",
  "root_port": "root port",
  "switch_upstream": "switch up",
  "switch_downstream": "switch down",
  "endpoint": "endpoint",
};

/**
 * Writes a topology as text.
 *
 * @returns Lines of at most 80 columns.
 */
export function formatTopology(report: TopologyReport): string {
  const { cpu } = report;
  const lines = [
    `${report.name}: CPU ${cpu.vendor} family 0x${cpu.family.toString(16)}, ${
      cpu.routesP2p
        ? "routes P2P between root ports"
        : `${report.kernel} must list its host bridge`
    }`,
  ];
  for (const host of report.hostBridges) {
    const domain = host.domain.toString(16).padStart(4, "0");
    const bus = host.rootBus.toString(16).padStart(2, "0");
    lines.push("", `root bus ${domain}:${bus}`);
    for (const node of host.functions) {
      const left = "  ".repeat(node.depth + 1) + node.address;
      const name = node.name === node.address ? "" : node.name;
      const acs = node.acs.length > 0 ? "ACS redirect" : "";
      lines.push(
        `${left.padEnd(28)} ${node.id} ${
          (KINDS[node.kind] ?? node.kind).padEnd(12)
        } ${name} ${acs}`,
      );
    }
  }
  if (report.providers.length === 0) {
    lines.push("", "no function offers P2P memory");
  }
  const width = mostOf([
    22,
    ...report.providers.flatMap(({ clients }) =>
      clients.map(({ client, name }) => named(client, name).length)
    ),
  ]);
  for (const provider of report.providers) {
    const mib = provider.sizeBytes / 2 ** 20;
    const size = mib >= 1 ? `${mib} MiB` : `${provider.sizeBytes / 1024} KiB`;
    lines.push(
      "",
      `memory of ${
        named(provider.provider, provider.name)
      } BAR ${provider.bar}`,
      `  ${size} at ${provider.startPhys}, on the bus ${provider.busAddress}`,
      `  ${"client".padEnd(width)} dist  ${"map type".padEnd(16)} why`,
    );
    for (const client of provider.clients) {
      lines.push(
        `  ${named(client.client, client.name).padEnd(width)} ${
          String(client.distance).padStart(4)
        }  ${client.mapType.padEnd(16)} ${client.reason}`,
      );
    }
  }
  return lines.map((line) => cut(line.trimEnd())).join("\n") + "\n";
}

function named(address: string, name: string): string {
  return name === address ? address : `${address} ${name}`;
}

function cut(line: string): string {
  return line.length > 80 ? `${line.slice(0, 77)}...` : line;
}

function shortBdf(node: PciFunction): string {
  return node.bdf.slice(5);
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}
