/**
 * What the text of a topology file says, once its form is known to be right:
 * addresses are text in hexadecimal there, because they need 64 bits, and sizes
 * bytes or text such as `64MiB`.
 */
import { Topology } from "./topology.ts";
import type {
  AcsRedirect,
  CpuDescription,
  PciKind,
  TopologyDescription,
} from "./topology_description.ts";

/** The file as JSON. */
export interface TopologyText {
  /** Version of the form. */
  readonly schemaVersion: 1;
  /** Name for the output. */
  readonly name: string;
  /** The boot CPU. */
  readonly cpu: CpuDescription;
  /** Host memory. */
  readonly dram: readonly {
    readonly startPhys: string;
    readonly size: number | string;
  }[];
  /** Host bridges; domain 0 by default. */
  readonly hostBridges: readonly {
    readonly domain?: number | string | undefined;
    readonly rootBus: number | string;
  }[];
  /** PCI functions. */
  readonly functions: readonly {
    readonly address: string;
    readonly name?: string | undefined;
    readonly kind: PciKind;
    readonly id: string;
    readonly parent?: string | undefined;
    readonly secondaryBus?: number | string | undefined;
    readonly acs?: readonly AcsRedirect[] | undefined;
    readonly bars?:
      | readonly {
        readonly index: number;
        readonly startPhys: string;
        readonly size: number | string;
        readonly busAddress?: string | undefined;
      }[]
      | undefined;
    readonly providerBars?: readonly number[] | undefined;
  }[];
}

const UNITS: Readonly<Record<string, number>> = {
  B: 1,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

/**
 * Reads a size.
 *
 * @param size Bytes, or text such as `64MiB`.
 */
export function sizeOfText(size: number | string): number {
  if (typeof size === "number") return size;
  const count = parseInt(size);
  return count * (UNITS[size.slice(String(count).length)] ?? 1);
}

/**
 * Makes the description of a tree from its file.
 *
 * @param data The file as JSON.
 * @returns The description, which `Topology` checks.
 */
export function describeTopology(data: TopologyText): TopologyDescription {
  return {
    name: data.name,
    cpu: data.cpu,
    dram: data.dram.map(({ startPhys, size }) => ({
      startPhys: BigInt(startPhys),
      sizeBytes: sizeOfText(size),
    })),
    hostBridges: data.hostBridges.map(({ domain = 0, rootBus }) => ({
      domain: Number(domain),
      rootBus: Number(rootBus),
    })),
    functions: data.functions.map((read) => ({
      address: read.address,
      kind: read.kind,
      id: read.id,
      name: read.name,
      parent: read.parent,
      secondaryBus: read.secondaryBus === undefined
        ? undefined
        : Number(read.secondaryBus),
      acs: read.acs ?? [],
      bars: (read.bars ?? []).map((bar) => ({
        index: bar.index,
        startPhys: BigInt(bar.startPhys),
        sizeBytes: sizeOfText(bar.size),
        busAddress: bar.busAddress === undefined
          ? undefined
          : BigInt(bar.busAddress),
      })),
      providerBars: read.providerBars ?? [],
    })),
  };
}

/**
 * Makes the tree of a file that has been read before: `readTopologyFile()`
 * looks at its form.
 */
export function toldTopology(text: string): Topology {
  return new Topology(describeTopology(JSON.parse(text)));
}
