/**
 * A PCI topology as plain data: what a topology file holds and a preset is.
 * `topology.ts` checks it and links it into a tree.
 */

/** What a PCI function is in the tree. */
export type PciKind =
  | "host"
  | "root_port"
  | "switch_upstream"
  | "switch_downstream"
  | "endpoint";

/** A bit of the ACS control register that sends peer traffic upstream. */
export type AcsRedirect =
  | "request_redirect"
  | "completion_redirect"
  | "egress_control";

/** The boot CPU, as far as P2PDMA asks for it. */
export interface CpuDescription {
  /** `intel`, `amd`, `hygon`, `arm` ... */
  readonly vendor: string;
  /** The x86 family, such as 0x17 for Zen; 0 elsewhere. */
  readonly family: number;
}

/** A range of physical addresses that is host memory. */
export interface DramDescription {
  /** First physical address. */
  readonly startPhys: bigint;
  /** Size in bytes. */
  readonly sizeBytes: number;
}

/** A memory BAR. */
export interface BarDescription {
  /** Number of the BAR, 0 to 5. */
  readonly index: number;
  /** CPU physical address of its first byte. */
  readonly startPhys: bigint;
  /** Size in bytes, a multiple of 4096. */
  readonly sizeBytes: number;
  /** PCI bus address of its first byte; default: `startPhys`. */
  readonly busAddress?: bigint | undefined;
}

/** One PCI function. */
export interface FunctionDescription {
  /** Address, such as `0000:03:00.0`. */
  readonly address: string;
  /** A name for the output, such as `nvme0`; default: the address. */
  readonly name?: string | undefined;
  /** What it is. */
  readonly kind: PciKind;
  /** Vendor and device, such as `8086:2030`. */
  readonly id: string;
  /** Address of the bridge above; none on a root bus. */
  readonly parent?: string | undefined;
  /** The bus below, for a root port or a switch port. */
  readonly secondaryBus?: number | undefined;
  /** ACS redirect bits that are set; default: none. */
  readonly acs?: readonly AcsRedirect[] | undefined;
  /** Memory BARs; default: none. */
  readonly bars?: readonly BarDescription[] | undefined;
  /** Numbers of the BARs that the driver offers as P2P memory. */
  readonly providerBars?: readonly number[] | undefined;
}

/** A host bridge and its root bus. */
export interface HostBridgeDescription {
  /** PCI domain. */
  readonly domain: number;
  /** Number of the root bus. */
  readonly rootBus: number;
}

/** A whole topology. */
export interface TopologyDescription {
  /** Name for the output. */
  readonly name: string;
  /** The boot CPU. */
  readonly cpu: CpuDescription;
  /** Host memory. */
  readonly dram: readonly DramDescription[];
  /** Host bridges. */
  readonly hostBridges: readonly HostBridgeDescription[];
  /** All functions, in bus order. */
  readonly functions: readonly FunctionDescription[];
}
