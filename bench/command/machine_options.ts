/**
 * The queue limits of a machine: `--device`, which names them, and `--limit`,
 * for every command that has a path.
 */
import type { Command } from "commander";
import type { Abi } from "../../layouts/abi.ts";
import type { QueueLimits } from "../../sim/block/queue_limits.ts";
import { DEFAULT_KERNEL } from "../../sim/kernel/profile.ts";
import type { MemoryMap } from "../../sim/memory/memory_map.ts";
import { memoryMapOf } from "../../sim/setup/machine_setup.ts";
import { topologyNames } from "../../sim/pci/presets.ts";
import { deviceLimits } from "../../sim/setup/device_limits.ts";
import type { MachineSetup } from "../../sim/setup/machine_fields.ts";
import { bounces } from "../machine_check.ts";
import { entryNames, type GivenSetup } from "../setup/options.ts";

/** Names of the machine's options, for the end of a help text. */
export function machineNames(): [string, Iterable<string>][] {
  return [
    ["queue limits (--limit)", entryNames("--limit")],
    ["queue attributes (--setting)", entryNames("--setting")],
    ["topologies", topologyNames],
  ];
}

/**
 * Gives the limits of the queue on a machine.
 *
 * @param command The command, parsed.
 * @param setup What was given: its limits are those set one by one, unless they
 *   are those of a file, which has all.
 * @param on The ABIs, and how much host memory buffers need.
 * @returns The limits, checked.
 * @throws {RangeError} If a name is not known, a value is none, or limits
 *   contradict each other.
 */
export function machineLimits(
  command: Command,
  setup: GivenSetup & { readonly machine: MachineSetup },
  on: { abis: readonly Abi[]; leastDramBytes: number },
): QueueLimits {
  const { machine, kernel = DEFAULT_KERNEL, limits = {} } = setup;
  const mapOf = (abi: Abi): MemoryMap =>
    memoryMapOf(machine, {
      is64Bit: abi.pointerBytes === 8,
      leastDramBytes: on.leastDramBytes,
      folioOrder: 0, // only where memory lies is asked
    });
  return deviceLimits(command.opts<{ device: string }>().device, {
    kernel,
    limits,
    sgl: machine.sgl,
    iommu: machine.iommu,
    metadataSgl: machine.metadataSgl === true,
    bounces: on.abis.some((abi) => bounces(machine, mapOf(abi))),
  });
}
