/**
 * The PCI tree of a recorded machine, from what its kernel printed, and the
 * routes that a client there has to providers' memory.
 */
import { pathProfile } from "../../sim/kernel/profile.ts";
import type { MemoryMap } from "../../sim/memory/memory_map.ts";
import type { KernelMemory } from "../../sim/memory/kernel_memory.ts";
import { P2pMapState } from "../../sim/pci/map_state.ts";
import type { P2pRoutes } from "../../sim/pci/p2p_routes.ts";
import { P2pdma } from "../../sim/pci/p2pdma.ts";
import { Topology } from "../../sim/pci/topology.ts";
import type {
  FunctionDescription,
  PciKind,
} from "../../sim/pci/topology_description.ts";
import { Xarray } from "../../sim/pci/xarray.ts";

export interface RecordedTopology {
  readonly topology: Topology;
  /** Address of the function whose memory a kind of buffer is. */
  readonly providerOf: (kind: string) => string;
  /** Address of the function that a client's name stands for. */
  readonly clientOf: (name: string) => string;
}

/** Nodes of a provider's xarray of map types. */
const NODES = 16;

/**
 * Reads the tree, the providers' BARs and the names.
 *
 * @param text The `.topology.txt` of a file of rows.
 * @param of The boot CPU: `amd` is a Zen; and the kernel.
 */
export function recordedTopology(
  text: string,
  { cpu, kernel }: { cpu: "intel" | "amd"; kernel: string },
): RecordedTopology {
  const pairs = (pattern: RegExp) =>
    new Map([...text.matchAll(pattern)].map(([, a = "", b = ""]) => [a, b]));
  const bars = pairs(/nvme (\S+): added peer-to-peer DMA memory (\S+)/g);
  const kinds = pairs(
    /(\/dev\/p2p-\w+) -> \/sys\/bus\/pci\/devices\/(\S+?)\//g,
  );
  const clients = pairs(/^NVME (\w+) \w+ (\S+)/gm);
  const nodes = [
    ...text.matchAll(
      /^(\S+) 0x(\w{4}):0x(\w{4}) class 0x(\w{6}) path pci(\w{4}:\w{2})\/(\S+)/gm,
    ),
  ].map((
    [, address = "", vendor, device, kind = "", root = "", path = ""],
  ) => ({
    address,
    id: `${vendor}:${device}`,
    kind,
    root,
    path: path.split("/"),
  }));
  const roots = new Set(nodes.map(({ root }) => root));
  // A bridge without a device below still has a bus of its own.
  let freeBus = 0xff;
  const functions = nodes.map(({ address, id, kind: word, path }) => {
    const parent = path.at(-2);
    const kind = kindOf(word, path);
    const below = nodes.find((other) => other.path.at(-2) === address);
    const isBridge = kind !== "host" && kind !== "endpoint";
    const secondaryBus = below !== undefined
      ? parseInt(below.address.slice(5, 7), 16)
      : isBridge
      ? freeBus--
      : 0;
    const description: FunctionDescription = {
      address,
      kind,
      id,
      parent,
      ...(isBridge ? { secondaryBus } : {}),
      ...providerBar(bars.get(address)),
    };
    return description;
  });
  return {
    topology: new Topology({
      name: "recorded",
      cpu: { vendor: cpu, family: cpu === "amd" ? 0x17 : 6 },
      dram: [],
      hostBridges: [...roots].map((root) => ({
        domain: parseInt(root.slice(0, 4), 16),
        rootBus: parseInt(root.slice(5), 16),
      })),
      functions,
    }, pathProfile(kernel).hostBridges),
    providerOf: (kind) => kinds.get(kind.replace("p2p:", "")) ?? "",
    clientOf: (name) => clients.get(name) ?? "",
  };
}

/**
 * @param from The machine, the map whose providers are named by kind of
 *   buffer, and the client's name.
 */
export function recordedRoutes(
  memory: KernelMemory,
  from: { machine: RecordedTopology; map: MemoryMap; client: string },
): P2pRoutes {
  const { topology, providerOf, clientOf } = from.machine;
  const p2pdma = new P2pdma(topology, {
    memoryOf: () => ({
      view: memory.view,
      at: memory.reserve("p2pdma xarray", Xarray.sizeBytes(NODES)),
      nodes: NODES,
    }),
  });
  const clientAddress = clientOf(from.client);
  const client = clientAddress === "" ? null : topology.find(clientAddress);
  const state = new P2pMapState();
  const providers = from.map.providers.map(({ name }) => {
    const address = providerOf(name);
    const device = topology.find(address);
    return p2pdma.devices.find((found) => found.function === device)
      ?.providers[0] ?? null;
  });
  return {
    mapType: (provider) => {
      state.reset();
      return state.lookup(client, providers[provider - 1] ?? null);
    },
    // QEMU's bus addresses are the CPU's.
    offsetLo: new Int32Array(providers.length + 1),
    offsetHi: new Int32Array(providers.length + 1),
  };
}

function kindOf(word: string, path: readonly string[]): PciKind {
  if (word === "060000") return "host";
  if (word !== "060400") return "endpoint";
  if (path.length === 1) return "root_port";
  return path.length % 2 === 0 ? "switch_upstream" : "switch_downstream";
}

function providerBar(
  range: string | undefined,
): Pick<FunctionDescription, "bars" | "providerBars"> {
  const [, first, last] = /(\w+)-(?:0x)?(\w+)/.exec(
    range?.replaceAll("0x", "") ?? "",
  ) ?? [];
  if (first === undefined || last === undefined) return {};
  const startPhys = BigInt(`0x${first}`);
  const sizeBytes = Number(BigInt(`0x${last}`) - startPhys + 1n);
  return { bars: [{ index: 2, startPhys, sizeBytes }], providerBars: [2] };
}
