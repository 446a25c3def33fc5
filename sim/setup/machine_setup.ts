/**
 * The machine of a run as plain data that a message to a worker can carry. A
 * file's tree is read here; `machine_parts.ts` is what a worker makes of it.
 */
import { defaultMemoryMap, type MemoryMap } from "../memory/memory_map.ts";
import type { ControllerOptions } from "../nvme/controller.ts";
import { loadTopology } from "../pci/presets.ts";
import type { Topology } from "../pci/topology.ts";
import { readTopologyFile } from "../pci/topology_file.ts";
import { topologyMemoryMap } from "../pci/topology_memory.ts";
import type { MachineSetup, TopologySource } from "./machine_fields.ts";
import { controllerParts } from "./machine_parts.ts";

export type {
  IntegrityKind,
  MachineSetup,
  TopologySource,
} from "./machine_fields.ts";

/** A controller that takes PRPs alone and reaches everything. */
export const PLAIN_MACHINE: MachineSetup = { sgl: false, iommu: false };

/**
 * Returns the controller of a machine.
 *
 * @throws {RangeError} If the client is not in the tree.
 */
export function controllerOf(machine: MachineSetup): ControllerOptions {
  const { topology } = machine;
  return controllerParts(
    machine,
    topology === undefined ? undefined : topologyOf(topology),
  );
}

/**
 * Returns the memory map of a machine: its tree's, or the default one.
 *
 * @param options Width of pointers, how much host memory there must be, and the
 *   order of its folios.
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
