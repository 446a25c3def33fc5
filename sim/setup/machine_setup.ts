/**
 * The machine of a run as plain data that a message to a worker can carry, and
 * what each side makes of it.
 */
import type { AssemblyOptions } from "./assembly.ts";
import type { QueueSettings } from "../block/queue_settings.ts";
import { defaultMemoryMap, type MemoryMap } from "../memory/memory_map.ts";
import type { ControllerOptions } from "../nvme/controller.ts";
import { loadTopology } from "../pci/presets.ts";
import type { P2pProducer } from "../workload/p2p_producer.ts";
import type { RangeStructure } from "../recognition/recognise_range.ts";
import type { Topology } from "../pci/topology.ts";
import { readTopologyFile } from "../pci/topology_file.ts";
import { topologyMemoryMap } from "../pci/topology_memory.ts";

/** A PCI tree: the name of a preset, or a file with its text. */
export interface TopologySource {
  /** Name of the preset, or path of the file. */
  readonly name: string;
  /** Text of the file; absent for a preset. */
  readonly text?: string;
}

/** What blocks carry beside their data: T10 PI of type 1. */
export type IntegrityKind = "t10";

/**
 * What stands around the path: the controller, the buses, and how the kernel
 * was built and booted.
 */
export interface MachineSetup {
  /** Whether the controller takes SGLs. */
  readonly sgl: boolean;
  /** sgl_threshold in bytes, 0 for never; 32 KiB if absent. */
  readonly sglThresholdBytes?: number;
  /** Whether a translating IOMMU is in front of it. */
  readonly iommu: boolean;
  /** Bits of its DMA mask, 24 to 64; 64 if absent. */
  readonly dmaMaskBits?: number;
  /** Whether everything is bounced (`swiotlb=force`); not if absent. */
  readonly forceBounce?: boolean;
  /**
   * Bytes of the bounce pool, 0 for none; if absent 64 MiB where bouncing is
   * forced or the mask has 32 bits or less, else none.
   */
  readonly bouncePoolBytes?: number;
  /** Whether the controller takes SGLs for metadata, too; not if absent. */
  readonly metadataSgl?: boolean;
  /** What protects blocks; nothing if absent. */
  readonly integrity?: IntegrityKind;
  /** Whether struct pages are one piece of virtual memory; so if absent. */
  readonly vmemmap?: boolean;
  /** What recognition `range` looks into; a sorted array if absent. */
  readonly ranges?: RangeStructure;
  /** How P2P memory is handed on; page by page if absent. */
  readonly p2pProducer?: P2pProducer;
  /** Physical address at which host memory begins; the ABI's own if absent. */
  readonly memoryStart?: number;
  /** Settings of the queue other than those of NVMe. */
  readonly settings?: Partial<QueueSettings>;
  /** The PCI tree; all BARs behind one switch with the controller if absent. */
  readonly topology?: TopologySource;
  /** Name of the controller's function in that tree. */
  readonly client?: string;
}

/** A controller that takes PRPs alone and reaches everything. */
export const PLAIN_MACHINE: MachineSetup = { sgl: false, iommu: false };

/** IO_TLB_DEFAULT_SIZE (include/linux/swiotlb.h). */
const DEFAULT_POOL_BYTES = 64 << 20;

/** What a machine adds to what a path is put together from. */
export type MachineParts = Pick<
  AssemblyOptions,
  "controller" | "vmemmap" | "ranges" | "settings" | "p2pProducer"
>;

/**
 * Gives what a path takes from its machine.
 *
 * @param machine The machine.
 * @returns Controller, page array, ranges and settings of the queue.
 * @throws {RangeError} If the client is not in the tree.
 */
export function machineParts(machine: MachineSetup): MachineParts {
  const { vmemmap, ranges, settings, p2pProducer } = machine;
  return {
    controller: controllerOf(machine),
    ...(vmemmap === undefined ? {} : { vmemmap }),
    ...(ranges === undefined ? {} : { ranges }),
    ...(settings === undefined ? {} : { settings }),
    ...(p2pProducer === undefined ? {} : { p2pProducer }),
  };
}

/**
 * Gives the controller of a machine.
 *
 * @param machine The machine.
 * @returns The controller's options.
 * @throws {RangeError} If the client is not in the tree.
 */
export function controllerOf(machine: MachineSetup): ControllerOptions {
  const { sgl, iommu, topology: source, client } = machine;
  const { sglThresholdBytes, dmaMaskBits, forceBounce } = machine;
  const bouncePoolBytes = bouncePoolOf(machine);
  const topology = source === undefined ? undefined : topologyOf(source);
  if (client !== undefined) topology?.find(client);
  return {
    sgl,
    iommu,
    ...(sglThresholdBytes === undefined ? {} : { sglThresholdBytes }),
    ...(dmaMaskBits === undefined ? {} : { maskBits: dmaMaskBits }),
    ...(forceBounce === undefined ? {} : { forceBounce }),
    ...(bouncePoolBytes === 0 ? {} : { bouncePoolBytes }),
    ...(machine.integrity === undefined ? {} : { integrity: true }),
    ...(machine.metadataSgl === true ? { metadataSgl: true } : {}),
    ...(topology === undefined ? {} : { topology }),
    ...(client === undefined ? {} : { client }),
  };
}

/**
 * Gives the size of a machine's bounce pool.
 *
 * @param machine The machine.
 * @returns Bytes; 0 for none.
 */
export function bouncePoolOf(machine: MachineSetup): number {
  const { bouncePoolBytes, iommu, forceBounce, dmaMaskBits = 64 } = machine;
  if (bouncePoolBytes !== undefined) return bouncePoolBytes;
  return !iommu && (forceBounce === true || dmaMaskBits <= 32)
    ? DEFAULT_POOL_BYTES
    : 0;
}

/**
 * Gives the memory map of a machine: its tree's, or the default one.
 *
 * @param machine The machine.
 * @param options Width of pointers, how much host memory there must be, and the
 *   order of its folios.
 * @returns The memory map.
 */
export function memoryMapOf(
  machine: MachineSetup,
  options: { is64Bit: boolean; leastDramBytes: number; folioOrder: number },
): MemoryMap {
  const { is64Bit, ...memory } = options;
  const usual = defaultMemoryMap(is64Bit, memory);
  const { memoryStart } = machine;
  const own = memoryStart === undefined ? usual : {
    ...usual,
    dram: usual.dram.map(({ sizeBytes }) => ({
      startPhys: BigInt(memoryStart),
      sizeBytes,
    })),
  };
  if (machine.topology === undefined || !is64Bit) return own;
  const { providers } = topologyMemoryMap(topologyOf(machine.topology));
  return { ...own, providers };
}

function topologyOf(source: TopologySource): Topology {
  return source.text === undefined
    ? loadTopology(source.name)
    : readTopologyFile(source.text, source.name);
}
