/**
 * What a worker makes of the machine of a setup, whose form and whose tree are
 * known to be right.
 */
import type { ControllerOptions } from "../nvme/controller.ts";
import { loadTopology } from "../pci/presets.ts";
import type { Topology } from "../pci/topology.ts";
import { toldTopology } from "../pci/topology_text.ts";
import { bouncePoolOf } from "./bounce_pool.ts";
import type { MachineSetup } from "./machine_fields.ts";
import type { PathMachine } from "./path_machine_fields.ts";

/** What a machine adds to what a path is put together from. */
export interface MachineParts extends PathMachine {
  /** What the controller can do. */
  readonly controller: ControllerOptions;
}

/** Fields that go into a path unchanged. */
const PATH_KEYS = Object.keys(
  {
    vmemmap: true,
    initOnAlloc: true,
    ranges: true,
    settings: true,
    p2pProducer: true,
    ownKernel: true,
  } satisfies Record<keyof PathMachine, true>,
) as (keyof PathMachine)[];

/**
 * Returns what a path takes from its machine.
 *
 * @throws {RangeError} If the client is not in the tree.
 */
export function machineParts(machine: MachineSetup): MachineParts {
  const asTheyAre: PathMachine = Object.fromEntries(
    PATH_KEYS.filter((key) => machine[key] !== undefined)
      .map((key) => [key, machine[key]]),
  );
  return { controller: controllerParts(machine), ...asTheyAre };
}

/**
 * Returns the controller of a machine.
 *
 * @param topology Its tree; default: that of its preset or its text.
 * @throws {RangeError} If the client is not in the tree.
 */
export function controllerParts(
  machine: MachineSetup,
  topology: Topology | undefined = treeOf(machine),
): ControllerOptions {
  const { sgl, iommu, client } = machine;
  const { sglThresholdBytes, dmaMaskBits, forceBounce } = machine;
  const bouncePoolBytes = bouncePoolOf(machine);
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

function treeOf({ topology }: MachineSetup): Topology | undefined {
  if (topology === undefined) return undefined;
  return topology.text === undefined
    ? loadTopology(topology.name)
    : toldTopology(topology.text);
}
