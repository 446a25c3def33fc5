/**
 * The machine of a run as plain data that a message to a worker can carry, and
 * what each side makes of it.
 */
import { defaultMemoryMap, type MemoryMap } from "../sim/machine.ts";
import type { ControllerOptions } from "../sim/nvme/controller.ts";
import { loadTopology, topologyNames } from "../sim/pci/presets.ts";
import type { Topology } from "../sim/pci/topology.ts";
import { readTopologyFile } from "../sim/pci/topology_file.ts";
import { topologyMemoryMap } from "../sim/pci/topology_memory.ts";

/** A PCI tree: the name of a preset, or a file with its text. */
export interface TopologySource {
  /** Name of the preset, or path of the file. */
  readonly name: string;
  /** Text of the file; absent for a preset. */
  readonly text?: string;
}

/** What stands around the path: the controller and the buses. */
export interface MachineSetup {
  /** Whether the controller takes SGLs. */
  readonly sgl: boolean;
  /** Whether a translating IOMMU is in front of it. */
  readonly iommu: boolean;
  /** The PCI tree; all BARs behind one switch with the controller if absent. */
  readonly topology?: TopologySource;
  /** Name of the controller's function in that tree. */
  readonly client?: string;
}

/** A controller that takes PRPs alone and reaches everything. */
export const PLAIN_MACHINE: MachineSetup = { sgl: false, iommu: false };

/**
 * Gives the controller of a machine.
 *
 * @param machine The machine.
 * @returns The controller's options.
 * @throws {RangeError} If the client is not in the tree.
 */
export function controllerOf(machine: MachineSetup): ControllerOptions {
  const { sgl, iommu, topology: source, client } = machine;
  if (source === undefined) return { sgl, iommu };
  const topology = topologyOf(source);
  if (client !== undefined) topology.find(client);
  return { sgl, iommu, topology, ...(client === undefined ? {} : { client }) };
}

/**
 * Gives the memory map of a machine: its tree's, or the default one.
 *
 * @param machine The machine.
 * @param options Width of pointers, and how much host memory there must be.
 * @returns The memory map.
 */
export function memoryMapOf(
  machine: MachineSetup,
  options: { is64Bit: boolean; leastDramBytes: number },
): MemoryMap {
  const { is64Bit, leastDramBytes } = options;
  const own = defaultMemoryMap(is64Bit, { leastDramBytes });
  if (machine.topology === undefined || !is64Bit) return own;
  const { providers } = topologyMemoryMap(topologyOf(machine.topology));
  return { dram: own.dram, providers };
}

/**
 * Reads the source of a topology.
 *
 * @param nameOrPath Name of a preset, or path of a file.
 * @returns The source, checked.
 * @throws {RangeError} If it is neither.
 */
export async function readTopologySource(
  nameOrPath: string,
): Promise<TopologySource> {
  if (topologyNames.includes(nameOrPath)) return { name: nameOrPath };
  let text: string;
  try {
    text = await Deno.readTextFile(nameOrPath);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RangeError(
      `Cannot read topology "${nameOrPath}": ${reason}, expected a file or ` +
        `one of: ${topologyNames.join(", ")}`,
    );
  }
  readTopologyFile(text, nameOrPath);
  return { name: nameOrPath, text };
}

function topologyOf(source: TopologySource): Topology {
  return source.text === undefined
    ? loadTopology(source.name)
    : readTopologyFile(source.text, source.name);
}
