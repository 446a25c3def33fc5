/**
 * Reads the PCI trees that the recorded kernels printed
 * (tests/data/kernel/p2p.*.topology.txt.gz).
 */
import { Topology } from "../../../sim/pci/topology.ts";
import type {
  BarDescription,
  CpuDescription,
  FunctionDescription,
  PciKind,
} from "../../../sim/pci/topology_description.ts";

/** What one recorded kernel said. */
export interface KernelTopology {
  /** The tree, linked from the sysfs paths. */
  readonly topology: Topology;
  /** Client and provider of each refusal in its log. */
  readonly refused: readonly (readonly [client: string, provider: string])[];
  /** Providers' BARs from its log, `first-last`. */
  readonly added: ReadonlyMap<string, string>;
  /** Bytes of P2P memory: size and what is available, by provider. */
  readonly memory: ReadonlyMap<string, readonly [number, number]>;
}

/** Reads a gzipped text of tests/data/kernel/. */
export async function readKernelData(name: string): Promise<string> {
  const url = new URL(`../../data/kernel/${name}`, import.meta.url);
  const bytes = await Deno.readFile(url);
  const stream = new Blob([bytes]).stream().pipeThrough(
    new DecompressionStream("gzip"),
  );
  return await new Response(stream).text();
}

/** Reads the tree, BARs and log of one kernel. */
export function readKernelTopology(
  text: string,
  cpu: CpuDescription,
): KernelTopology {
  const added = new Map<string, string>();
  for (
    const [, bdf = "", range = ""] of text.matchAll(
      /nvme (\S+): added peer-to-peer DMA memory (\S+)/g,
    )
  ) added.set(bdf, range.replaceAll("0x", ""));
  const memory = new Map<string, readonly [number, number]>();
  const nodes = [
    ...text.matchAll(
      /^(\S+) 0x(\w{4}):0x(\w{4}) class 0x(\w{6}) path pci0000:00\/(\S+)(.*)$/gm,
    ),
  ];
  const paths = new Map(nodes.map((node) => [node[1], node[5]?.split("/")]));
  const functions = nodes.map((node): FunctionDescription => {
    const [, address = "", vendor, device, kindClass = "", , rest = ""] = node;
    const size = /size=(\d+) available=(\d+)/.exec(rest);
    if (size !== null) memory.set(address, [Number(size[1]), Number(size[2])]);
    const path = paths.get(address) ?? [];
    const parent = path.at(-2);
    const below = [...paths.values()].find((other) => other?.at(-2) === address)
      ?.at(-1);
    const kind = kindOf(kindClass, {
      depth: path.length,
      hasParent: parent !== undefined,
    });
    return {
      address,
      kind,
      id: `${vendor}:${device}`,
      ...(parent !== undefined && { parent }),
      // A bridge without a device below has a bus of its own all the same.
      ...(kind !== "host" && kind !== "endpoint" && {
        secondaryBus: below === undefined
          ? 0xf0 + path.length
          : parseInt(below.slice(5, 7), 16),
      }),
      ...providerBar(added.get(address)),
    };
  });
  const topology = new Topology({
    name: "recorded",
    cpu,
    dram: [],
    hostBridges: [{ domain: 0, rootBus: 0 }],
    functions,
  });
  const refused = [
    ...text.matchAll(
      /nvme (\S+): cannot be used for peer-to-peer DMA as the client and provider \((\S+)\)/g,
    ),
  ].map(([, client = "", provider = ""]) => [client, provider] as const);
  return { topology, refused, added, memory };
}

function kindOf(
  kindClass: string,
  { depth, hasParent }: { depth: number; hasParent: boolean },
): PciKind {
  if (kindClass === "060000") return "host";
  if (kindClass !== "060400") return "endpoint";
  if (!hasParent) return "root_port";
  return depth % 2 === 0 ? "switch_upstream" : "switch_downstream";
}

function providerBar(
  range: string | undefined,
): { bars?: BarDescription[]; providerBars?: number[] } {
  if (range === undefined) return {};
  const [first = "", last = ""] = range.split("-");
  const startPhys = BigInt(`0x${first}`);
  const sizeBytes = Number(BigInt(`0x${last}`) - startPhys + 1n);
  return {
    bars: [{ index: 2, startPhys, sizeBytes }],
    providerBars: [2],
  };
}
