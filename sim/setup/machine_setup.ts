/**
 * The machine of a run as plain data that a message to a worker can carry, and
 * what each side makes of it.
 */
import { defaultMemoryMap, type MemoryMap } from "../memory/memory_map.ts";
import type { ControllerOptions } from "../nvme/controller.ts";
import { loadTopology } from "../pci/presets.ts";
import type { Topology } from "../pci/topology.ts";
import { readTopologyFile } from "../pci/topology_file.ts";
import { topologyMemoryMap } from "../pci/topology_memory.ts";
import {
  bouncePoolOf,
  type MachineSetup,
  type PathMachine,
  pathMachineShape,
  type TopologySource,
} from "./machine_fields.ts";

export { bouncePoolOf } from "./machine_fields.ts";
export type {
  IntegrityKind,
  MachineSetup,
  TopologySource,
} from "./machine_fields.ts";

/** A controller that takes PRPs alone and reaches everything. */
export const PLAIN_MACHINE: MachineSetup = { sgl: false, iommu: false };

/** What a machine adds to what a path is put together from. */
export interface MachineParts extends PathMachine {
  /** What the controller can do. */
  readonly controller: ControllerOptions;
}

/** Fields that go into a path as they are. */
const PATH_KEYS = Object.keys(pathMachineShape) as (keyof PathMachine)[];

/**
 * Gives what a path takes from its machine.
 *
 * @returns Controller, page array, ranges and settings of the queue.
 * @throws {RangeError} If the client is not in the tree.
 */
export function machineParts(machine: MachineSetup): MachineParts {
  const asTheyAre: PathMachine = Object.fromEntries(
    PATH_KEYS.filter((key) => machine[key] !== undefined)
      .map((key) => [key, machine[key]]),
  );
  return { controller: controllerOf(machine), ...asTheyAre };
}

/**
 * Gives the controller of a machine.
 *
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
    sglThresholdBytes,
    maskBits: dmaMaskBits,
    forceBounce,
    bouncePoolBytes,
    integrity: machine.integrity !== undefined,
    metadataSgl: machine.metadataSgl,
    topology,
    client,
  };
}

/**
 * Gives the memory map of a machine: its tree's, or the default one.
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
